package dev.freshet.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.config.TimeSource;
import dev.freshet.jobs.input.Decoded;
import dev.freshet.protocol.event.ListRequest;
import dev.freshet.protocol.event.RecommendationRequestDecoder;
import dev.freshet.protocol.event.RejectReason;
import dev.freshet.schema.RecommendationRequest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class RecommendationRequestDecodingTest {

  private static EventDeserializer<RecommendationRequest, ListRequest> deserializer(
      TimeSource timeSource) {
    EventDeserializer<RecommendationRequest, ListRequest> deserializer =
        new EventDeserializer<>(
            new RecommendationRequestDecoder(
                Records.RULES, timeSource, List.of("similar", "home")));
    deserializer.open(null);
    return deserializer;
  }

  private static Decoded<ListRequest> decode(byte[] value) {
    return Records.decode(deserializer(TimeSource.EVENT), Records.record(value));
  }

  private static Decoded<ListRequest> decode(RecommendationRequest.Builder request) {
    return decode(Records.bytes(request.build()));
  }

  private static void assertRejected(
      RecommendationRequest.Builder request, RejectReason reason, String... message) {
    ConsumerRecord<byte[], byte[]> record = Records.record(Records.bytes(request.build()));
    Decoded<ListRequest> decoded = Records.decode(deserializer(TimeSource.EVENT), record);
    assertThat(decoded.value).isNull();
    assertThat(decoded.deadLetter.getReason()).isEqualTo(reason.name());
    assertThat(decoded.deadLetter.getError()).contains(message);
    assertThat(decoded.deadLetter).matches(letter -> Records.isOf(letter, record), "is of it");
  }

  @Test
  void aGoodRecordBecomesARequest() {
    Decoded<ListRequest> decoded = decode(Records.request());
    assertThat(decoded.deadLetter).isNull();
    assertThat(decoded.value.requestId).isEqualTo("r1");
    assertThat(decoded.value.user).isEqualTo("u1");
    assertThat(decoded.value.placement).isEqualTo("home");
    assertThat(decoded.value.time).isEqualTo(Records.TIME.toEpochMilli());
    assertThat(decoded.value.candidates).containsExactly("i2", "i1");
    assertThat(decoded.value.item).isEqualTo("i3");
  }

  @Test
  void candidatesAndContextMayBeAbsent() {
    Decoded<ListRequest> decoded =
        decode(Records.request().setCandidates(null).setContext(Map.of()));
    assertThat(decoded.deadLetter).isNull();
    assertThat(decoded.value.candidates).isNull();
    assertThat(decoded.value.item).isNull();
    assertThat(decode(Records.request().setCandidates(List.of())).value.candidates).isEmpty();
  }

  @Test
  void withoutAValueOrWithOtherBytesItIsRejected() {
    assertThat(decode((byte[]) null).deadLetter.getReason()).isEqualTo("NO_VALUE");
    assertThat(decode(new byte[] {1, 2, 3}).deadLetter.getReason()).isEqualTo("NOT_AVRO");
    assertThat(decode(Records.bytes(Records.action().build())).deadLetter.getReason())
        .isEqualTo("NOT_AVRO");
  }

  @Test
  void emptyIdsAreRejectedWithTheirField() {
    assertRejected(Records.request().setRequestId(""), RejectReason.EMPTY_ID, "'request_id'");
    assertRejected(Records.request().setUser(""), RejectReason.EMPTY_ID, "'user'");
    assertRejected(Records.request().setPlacement(""), RejectReason.EMPTY_ID, "'placement'");
    assertRejected(
        Records.request().setCandidates(List.of("i1", "")), RejectReason.EMPTY_ID, "'candidates'");
    assertRejected(
        Records.request().setContext(Map.of("item", "")), RejectReason.EMPTY_ID, "'context.item'");
  }

  @Test
  void idsThatAreTooLongAreRejectedWithTheirField() {
    String tooLong = "x".repeat(17);
    for (RecommendationRequest.Builder request :
        List.of(
            Records.request().setRequestId(tooLong),
            Records.request().setUser(tooLong),
            Records.request().setPlacement(tooLong),
            Records.request().setCandidates(List.of("i1", tooLong)),
            Records.request().setContext(Map.of("item", tooLong)))) {
      assertRejected(request, RejectReason.ID_TOO_LONG, "17 characters", "is 16");
    }
  }

  @Test
  void anUnknownPlacementIsRejectedWithThoseThatThereAre() {
    assertRejected(
        Records.request().setPlacement("hmoe"),
        RejectReason.UNKNOWN_PLACEMENT,
        "no placement 'hmoe'",
        "Did you mean 'home'?");
    assertRejected(
        Records.request().setPlacement("checkout"),
        RejectReason.UNKNOWN_PLACEMENT,
        "There are home, similar.");
  }

  @Test
  void tooManyCandidatesAreRejected() {
    List<String> most = Collections.nCopies(RecommendationRequestDecoder.MAX_CANDIDATES, "i");
    assertThat(decode(Records.request().setCandidates(most)).value.candidates).hasSize(1_000);
    assertRejected(
        Records.request().setCandidates(Collections.nCopies(1_001, "i")),
        RejectReason.TOO_MANY_CANDIDATES,
        "1001 candidates",
        "at most 1000");
  }

  @Test
  void timesAreJudgedAsThoseOfActions() {
    assertRejected(
        Records.request().setEventTime(Records.EARLIEST.minusMillis(1)),
        RejectReason.TIME_TOO_EARLY,
        "events.earliest");
    assertRejected(
        Records.request().setEventTime(Instant.now().plusSeconds(600)),
        RejectReason.TIME_IN_FUTURE,
        "events.max-future");
    byte[] absurd =
        Records.bytes(Records.request().setEventTime(Instant.ofEpochMilli(Long.MAX_VALUE)).build());
    assertThat(Records.decode(deserializer(TimeSource.RECORD), Records.record(absurd)).value.time)
        .isEqualTo(Records.RECORD_TIME);
  }

  @Property(tries = 2000)
  void aDamagedRecordGivesARequestOrADeadLetter(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = Records.bytes(Records.request().build());
    for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    Decoded<ListRequest> decoded =
        decode(random.nextInt(3) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
    assertThat(decoded.value == null).isNotEqualTo(decoded.deadLetter == null);
    if (decoded.value != null) {
      assertThat(decoded.value.placement).isEqualTo("home");
      assertThat(decoded.value.requestId).isNotEmpty().hasSizeLessThanOrEqualTo(16);
      assertThat(decoded.value.user).isNotEmpty().hasSizeLessThanOrEqualTo(16);
    }
  }
}
