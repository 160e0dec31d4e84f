package dev.freshet.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.config.TimeSource;
import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.input.Decoded;
import dev.freshet.protocol.event.RejectReason;
import dev.freshet.protocol.event.UserActionDecoder;
import dev.freshet.schema.UserAction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserActionDecodingTest {

  private static EventDeserializer<UserAction, FeatureEvent> deserializer(TimeSource timeSource) {
    return deserializer(timeSource, List.of("page"));
  }

  private static EventDeserializer<UserAction, FeatureEvent> deserializer(
      TimeSource timeSource, List<String> contextEntries) {
    EventDeserializer<UserAction, FeatureEvent> deserializer =
        new EventDeserializer<>(new UserActionDecoder(Records.RULES, timeSource, contextEntries));
    deserializer.open(null);
    return deserializer;
  }

  private static Decoded<FeatureEvent> decode(byte[] value) {
    return Records.decode(deserializer(TimeSource.EVENT), Records.record(value));
  }

  private static void assertRejected(byte[] value, RejectReason reason, String... message) {
    ConsumerRecord<byte[], byte[]> record = Records.record(value);
    Decoded<FeatureEvent> decoded = Records.decode(deserializer(TimeSource.EVENT), record);
    assertThat(decoded.value).isNull();
    assertThat(decoded.deadLetter.getReason()).isEqualTo(reason.name());
    for (String part : message) {
      assertThat(decoded.deadLetter.getError()).contains(part);
    }
    assertThat(decoded.deadLetter).matches(letter -> Records.isOf(letter, record), "is of it");
  }

  private static byte[] bytes(UserAction.Builder action) {
    return Records.bytes(action.build());
  }

  @Test
  void aGoodRecordBecomesAnAction() {
    Decoded<FeatureEvent> decoded = decode(bytes(Records.action()));
    assertThat(decoded.deadLetter).isNull();
    assertThat(decoded.value.eventId).isEqualTo("e1");
    assertThat(decoded.value.user).isEqualTo("u1");
    assertThat(decoded.value.item).isEqualTo("i1");
    assertThat(decoded.value.action).isEqualTo("view");
    assertThat(decoded.value.session).isEqualTo("s1");
    assertThat(decoded.value.time).isEqualTo(Records.TIME.toEpochMilli());
    assertThat(decoded.value.value).isEqualTo(2.5);
    assertThat(decoded.value.context).containsExactly("page=home");
  }

  @Test
  void withoutAValueThereIsNoNumber() {
    assertThat(decode(bytes(Records.action().setValue(null))).value.value).isNaN();
    assertThat(decode(bytes(Records.action().setValue(0.0))).value.value).isZero();
  }

  @Test
  void ofTheContextWhatIsWantedIsKeptSorted() {
    Map<String, String> context = Map.of("b", "2", "a", "1", "a-", "3", "c", "", "unwanted", "4");
    byte[] bytes = bytes(Records.action().setContext(context));
    assertThat(context(bytes, "c", "a", "b", "a-", "absent"))
        .containsExactly("a-=3", "a=1", "b=2", "c=");
    assertThat(context(bytes)).isEmpty();
    assertThat(context(bytes(Records.action().setContext(Map.of())), "a")).isEmpty();
  }

  private static String[] context(byte[] bytes, String... wanted) {
    EventDeserializer<UserAction, FeatureEvent> deserializer =
        deserializer(TimeSource.EVENT, List.of(wanted));
    return Records.decode(deserializer, Records.record(bytes)).value.context;
  }

  @Test
  void itemAndSessionMayBeAbsent() {
    Decoded<FeatureEvent> decoded = decode(bytes(Records.action().setItem(null).setSession(null)));
    assertThat(decoded.deadLetter).isNull();
    assertThat(decoded.value.item).isNull();
    assertThat(decoded.value.session).isNull();
  }

  @Test
  void aRecordWithoutAValueIsRejected() {
    assertRejected(null, RejectReason.NO_VALUE, "UserAction");
  }

  @Test
  void bytesThatAreNotAvroAreRejected() {
    assertRejected(
        "{\"user\": \"u1\"}".getBytes(StandardCharsets.UTF_8), RejectReason.NOT_AVRO, "14 bytes");
    assertRejected(new byte[0], RejectReason.NOT_AVRO, "0 bytes");
  }

  @Test
  void aTruncatedRecordIsRejected() {
    byte[] whole = bytes(Records.action());
    for (int length = 0; length < whole.length; length++) {
      assertRejected(Arrays.copyOf(whole, length), RejectReason.NOT_AVRO, length + " bytes");
    }
  }

  @Test
  void bytesAfterTheRecordAreRejected() {
    byte[] whole = bytes(Records.action());
    assertRejected(
        Arrays.copyOf(whole, whole.length + 1), RejectReason.NOT_AVRO, "another schema?");
  }

  @Test
  void emptyIdsAreRejectedWithTheirField() {
    assertRejected(bytes(Records.action().setEventId("")), RejectReason.EMPTY_ID, "'event_id'");
    assertRejected(bytes(Records.action().setUser("")), RejectReason.EMPTY_ID, "'user'");
    assertRejected(bytes(Records.action().setItem("")), RejectReason.EMPTY_ID, "'item'");
    assertRejected(bytes(Records.action().setAction("")), RejectReason.EMPTY_ID, "'action'");
    assertRejected(bytes(Records.action().setSession("")), RejectReason.EMPTY_ID, "'session'");
  }

  @Test
  void idsThatAreTooLongAreRejectedWithTheirField() {
    String longest = "x".repeat(16);
    assertThat(decode(bytes(Records.action().setUser(longest))).deadLetter).isNull();
    String tooLong = longest + "x";
    for (UserAction.Builder action :
        new UserAction.Builder[] {
          Records.action().setEventId(tooLong),
          Records.action().setUser(tooLong),
          Records.action().setItem(tooLong),
          Records.action().setAction(tooLong),
          Records.action().setSession(tooLong),
          Records.action().setRecommendationId(tooLong)
        }) {
      assertRejected(bytes(action), RejectReason.ID_TOO_LONG, "17 characters", "is 16");
    }
    assertRejected(
        bytes(Records.action().setUser("y".repeat(1_000_000))),
        RejectReason.ID_TOO_LONG,
        "1000000 characters");
  }

  @Test
  void aTimeBeforeTheEarliestIsRejected() {
    assertThat(decode(bytes(Records.action().setEventTime(Records.EARLIEST))).deadLetter).isNull();
    assertRejected(
        bytes(Records.action().setEventTime(Records.EARLIEST.minusMillis(1))),
        RejectReason.TIME_TOO_EARLY,
        "events.earliest");
  }

  @Test
  void aTimeTooFarAheadOfTheClockIsRejected() {
    Instant now = Instant.now();
    assertThat(decode(bytes(Records.action().setEventTime(now.plusSeconds(30)))).deadLetter)
        .isNull();
    assertRejected(
        bytes(Records.action().setEventTime(now.plusSeconds(600))),
        RejectReason.TIME_IN_FUTURE,
        "events.max-future");
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, Long.MIN_VALUE + 1, -1, Long.MAX_VALUE - 1, Long.MAX_VALUE})
  void absurdTimesAreRejectedWithoutOverflow(long time) {
    RejectReason reason = time < 0 ? RejectReason.TIME_TOO_EARLY : RejectReason.TIME_IN_FUTURE;
    assertRejected(
        bytes(Records.action().setEventTime(Instant.ofEpochMilli(time))), reason, "(" + time + ")");
  }

  @Test
  void theRecordTimeCountsWhereItIsTheTimeSource() {
    EventDeserializer<UserAction, FeatureEvent> deserializer = deserializer(TimeSource.RECORD);
    byte[] absurd = bytes(Records.action().setEventTime(Instant.ofEpochMilli(Long.MAX_VALUE)));
    Decoded<FeatureEvent> decoded = Records.decode(deserializer, Records.record(absurd));
    assertThat(decoded.deadLetter).isNull();
    assertThat(decoded.value.time).isEqualTo(Records.RECORD_TIME);

    ConsumerRecord<byte[], byte[]> timeless = Records.record(absurd, ConsumerRecord.NO_TIMESTAMP);
    decoded = Records.decode(deserializer, timeless);
    assertThat(decoded.deadLetter.getReason()).isEqualTo(RejectReason.TIME_TOO_EARLY.name());
    assertThat(decoded.deadLetter).matches(letter -> Records.isOf(letter, timeless), "is of it");
  }

  /** A length or count that is far beyond the record must not be allocated. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        100_000,
        1_000_000_000,
        Integer.MAX_VALUE - 8L,
        Integer.MAX_VALUE,
        Long.MAX_VALUE,
        -1
      })
  void aLengthBeyondTheRecordIsRejected(long length) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(text, null);
    encoder.writeLong(length);
    encoder.writeFixed(new byte[100]);
    assertRejected(text.toByteArray(), RejectReason.NOT_AVRO);

    byte[] whole = bytes(Records.action().setContext(Map.of()));
    ByteArrayOutputStream map = new ByteArrayOutputStream();
    map.write(whole, 0, whole.length - 1);
    encoder = EncoderFactory.get().directBinaryEncoder(map, encoder);
    encoder.writeLong(length);
    encoder.writeFixed(new byte[100]);
    assertRejected(map.toByteArray(), RejectReason.NOT_AVRO);
  }

  @Property(tries = 2000)
  void anyBytesGiveAnActionOrADeadLetter(@ForAll byte[] bytes) {
    assertActionOrDeadLetter(bytes);
  }

  @Property(tries = 2000)
  void aDamagedRecordGivesAnActionOrADeadLetter(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = bytes(Records.action());
    for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    assertActionOrDeadLetter(
        random.nextInt(3) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
  }

  private static void assertActionOrDeadLetter(byte[] bytes) {
    ConsumerRecord<byte[], byte[]> record = Records.record(bytes);
    Decoded<FeatureEvent> decoded = Records.decode(deserializer(TimeSource.EVENT), record);
    if (decoded.deadLetter != null) {
      assertThat(decoded.value).isNull();
      assertThat(RejectReason.values())
          .extracting(RejectReason::name)
          .contains(decoded.deadLetter.getReason());
      assertThat(decoded.deadLetter).matches(letter -> Records.isOf(letter, record), "is of it");
    } else {
      FeatureEvent action = decoded.value;
      assertThat(action.eventId).isNotEmpty().hasSizeLessThanOrEqualTo(16);
      assertThat(action.user).isNotEmpty().hasSizeLessThanOrEqualTo(16);
      assertThat(action.action).isNotEmpty().hasSizeLessThanOrEqualTo(16);
      assertThat(action.item)
          .satisfiesAnyOf(item -> assertThat(item).isNull(), item -> assertThat(item).isNotEmpty());
      assertThat(action.time)
          .isBetween(Records.EARLIEST.toEpochMilli(), System.currentTimeMillis() + 60_000);
    }
  }
}
