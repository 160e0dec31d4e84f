package dev.freshet.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.config.TimeSource;
import dev.freshet.jobs.input.Decoded;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.protocol.event.ItemUpdateDecoder;
import dev.freshet.protocol.event.RejectReason;
import dev.freshet.schema.ItemUpdate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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

class ItemUpdateDecodingTest {

  private static EventDeserializer<ItemUpdate, ItemEvent> deserializer(TimeSource timeSource) {
    EventDeserializer<ItemUpdate, ItemEvent> deserializer =
        new EventDeserializer<>(new ItemUpdateDecoder(Records.RULES, timeSource));
    deserializer.open(null);
    return deserializer;
  }

  private static Decoded<ItemEvent> decode(ItemUpdate.Builder update) {
    return Records.decode(
        deserializer(TimeSource.EVENT), Records.record(Records.bytes(update.build())));
  }

  private static void assertRejected(byte[] value, RejectReason reason, String... message) {
    ConsumerRecord<byte[], byte[]> record = Records.record(value);
    Decoded<ItemEvent> decoded = Records.decode(deserializer(TimeSource.EVENT), record);
    assertThat(decoded.value).isNull();
    assertThat(decoded.deadLetter.getReason()).isEqualTo(reason.name());
    for (String part : message) {
      assertThat(decoded.deadLetter.getError()).contains(part);
    }
    assertThat(decoded.deadLetter).matches(letter -> Records.isOf(letter, record), "is of it");
  }

  private static byte[] bytes(ItemUpdate.Builder update) {
    return Records.bytes(update.build());
  }

  @Test
  void aGoodRecordBecomesAnItemEvent() {
    ItemEvent event = decode(Records.update()).value;
    assertThat(event.event.eventId).isEqualTo("c1");
    assertThat(event.event.item).isEqualTo("i1");
    assertThat(event.event.time).isEqualTo(Records.TIME.toEpochMilli());
    assertThat(event.event.deleted).isTrue();
    assertThat(event.before).isNull();
    assertThat(event.event.attributes).containsExactly("genre=comedy", "genre=drama", "year=1999");
  }

  @Test
  void withoutAttributesThereAreNone() {
    assertThat(decode(Records.update().setAttributes(Map.of())).value.event.attributes).isEmpty();
    assertThat(
            decode(Records.update().setAttributes(Map.of("x", List.of()))).value.event.attributes)
        .isEmpty();
  }

  @Test
  void everyReasonKeepsTheRecord() {
    byte[] whole = bytes(Records.update());
    assertRejected(null, RejectReason.NO_VALUE, "ItemUpdate");
    assertRejected(new byte[] {7, 7}, RejectReason.NOT_AVRO, "2 bytes");
    assertRejected(Arrays.copyOf(whole, whole.length - 1), RejectReason.NOT_AVRO);
    assertRejected(Arrays.copyOf(whole, whole.length + 1), RejectReason.NOT_AVRO, "go on");
    assertRejected(bytes(Records.update().setEventId("")), RejectReason.EMPTY_ID, "'event_id'");
    assertRejected(bytes(Records.update().setItem("")), RejectReason.EMPTY_ID, "'item'");
    assertRejected(
        bytes(Records.update().setItem("x".repeat(17))), RejectReason.ID_TOO_LONG, "'item'");
    assertRejected(
        bytes(Records.update().setEventId("x".repeat(17))), RejectReason.ID_TOO_LONG, "'event_id'");
    assertRejected(
        bytes(Records.update().setEventTime(Instant.ofEpochMilli(Long.MIN_VALUE))),
        RejectReason.TIME_TOO_EARLY);
    assertRejected(
        bytes(Records.update().setEventTime(Instant.ofEpochMilli(Long.MAX_VALUE))),
        RejectReason.TIME_IN_FUTURE);
  }

  @Test
  void theRecordTimeCountsWhereItIsTheTimeSource() {
    ItemEvent event =
        Records.decode(deserializer(TimeSource.RECORD), Records.record(bytes(Records.update())))
            .value;
    assertThat(event.event.time).isEqualTo(Records.RECORD_TIME);
  }

  /** A count that is far beyond the record must not be allocated. */
  @ParameterizedTest
  @ValueSource(longs = {100_000, 1_000_000_000, Integer.MAX_VALUE - 8L, Long.MAX_VALUE, -1})
  void aNumberOfValuesBeyondTheRecordIsRejected(long count) throws IOException {
    byte[] whole = bytes(Records.update().setAttributes(Map.of()));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(whole, 0, whole.length - 1);
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    encoder.writeLong(1);
    encoder.writeString("genre");
    encoder.writeLong(count);
    encoder.writeFixed(new byte[50]);
    assertRejected(bytes.toByteArray(), RejectReason.NOT_AVRO);
  }

  @Property(tries = 2000)
  void anyBytesGiveAnUpdateOrADeadLetter(@ForAll byte[] bytes) {
    assertUpdateOrDeadLetter(bytes);
  }

  @Property(tries = 2000)
  void aDamagedRecordGivesAnUpdateOrADeadLetter(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = bytes(Records.update());
    for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    assertUpdateOrDeadLetter(
        random.nextInt(3) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
  }

  private static void assertUpdateOrDeadLetter(byte[] bytes) {
    ConsumerRecord<byte[], byte[]> record = Records.record(bytes);
    Decoded<ItemEvent> decoded = Records.decode(deserializer(TimeSource.EVENT), record);
    if (decoded.deadLetter != null) {
      assertThat(decoded.value).isNull();
      assertThat(RejectReason.values())
          .extracting(RejectReason::name)
          .contains(decoded.deadLetter.getReason());
      assertThat(decoded.deadLetter).matches(letter -> Records.isOf(letter, record), "is of it");
    } else {
      assertThat(decoded.value.event.eventId).isNotEmpty().hasSizeLessThanOrEqualTo(16);
      assertThat(decoded.value.event.item).isNotEmpty().hasSizeLessThanOrEqualTo(16);
      assertThat(decoded.value.event.attributes).isSorted();
    }
  }
}
