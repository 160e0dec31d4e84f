package dev.freshet.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written is what is read, for every generated class. */
class RoundTripTest {
  private static final Instant TIME = Instant.parse("2024-02-29T12:00:00.123Z");

  @ParameterizedTest
  @MethodSource("records")
  void everyFieldSurvives(SpecificRecord written) throws IOException {
    SpecificRecord read = roundTrip(written);

    assertThat(read).isEqualTo(written).hasSameClassAs(written);
  }

  @Test
  void everyGeneratedClassIsHere() {
    assertThat(records().map(SpecificRecord::getClass))
        .doesNotHaveDuplicates()
        .hasSameSizeAs(SchemaDocumentationTest.schemas().toList());
  }

  @Test
  void aModelRecordHoldsEither() throws IOException {
    assertThat(roundTrip(new ModelRecord(release())).getContent()).isEqualTo(release());
    assertThat(roundTrip(new ModelRecord(plan())).getContent()).isEqualTo(plan());
  }

  @Test
  void whatIsNotSetIsTheDefault() throws IOException {
    UserAction read =
        roundTrip(
            UserAction.newBuilder()
                .setEventId("e")
                .setUser("u")
                .setAction("view")
                .setEventTime(TIME)
                .build());

    assertThat(read.getItem()).isNull();
    assertThat(read.getSession()).isNull();
    assertThat(read.getValue()).isNull();
    assertThat(read.getRecommendationId()).isNull();
    assertThat(read.getContext()).isEmpty();
  }

  static Stream<SpecificRecord> records() {
    return Stream.of(
        UserAction.newBuilder()
            .setEventId("e1")
            .setUser("ünï\uD83D\uDE00")
            .setItem("i1")
            .setAction("rating")
            .setEventTime(TIME)
            .setSession("s")
            .setValue(4.5)
            .setRecommendationId("r")
            .setContext(Map.of("device", "phone"))
            .build(),
        ItemUpdate.newBuilder()
            .setEventId("e2")
            .setItem("i1")
            .setEventTime(TIME)
            .setDeleted(true)
            .setAttributes(Map.of("genre", List.of("drama", "war"), "year", List.of("1999")))
            .build(),
        RecommendationRequest.newBuilder()
            .setRequestId("q")
            .setUser("u")
            .setPlacement("home")
            .setEventTime(TIME)
            .setCandidates(List.of("i2", "i1"))
            .setContext(Map.of("query", "boots"))
            .build(),
        Recommendation.newBuilder()
            .setRecommendationId("r")
            .setEventId("e1")
            .setUser("u")
            .setPlacement("home")
            .setEventTime(TIME)
            .setModelVersion("7")
            .setModel("default")
            .setVariant("challenger")
            .setItems(
                List.of(
                    new RankedItem("i1", 0.25f, "popular"), new RankedItem("i2", -1f, "recent")))
            .setLate(true)
            .setEmissionTime(TIME.plusMillis(5))
            .build(),
        DeadLetter.newBuilder()
            .setReason("malformed")
            .setError("What is wrong")
            .setTopic("user-actions")
            .setPartition(3)
            .setOffset(Long.MAX_VALUE)
            .setRecordTime(TIME)
            .setKey(ByteBuffer.wrap(new byte[] {0}))
            .setValue(ByteBuffer.wrap(new byte[] {1, -1, 127}))
            .build(),
        TrainingExample.newBuilder()
            .setRecommendationId("r")
            .setUser("u")
            .setPlacement("home")
            .setServedTime(TIME)
            .setLabelTime(TIME.plusSeconds(9))
            .setModelVersion("7")
            .setFeatureNames(List.of("a"))
            .setFeatures(ByteBuffer.wrap(new byte[] {0, 0, -128, 63}))
            .setCandidates(List.of(new ExampleCandidate("i1", "popular", 0.5f, 1, 1f, 1f)))
            .setLabelItem("i1")
            .setLabelAction("click")
            .build(),
        release(),
        plan(),
        new ModelRecord(plan()),
        Explanation.newBuilder()
            .setRecommendationId("r1")
            .setEventId("e1")
            .setUser("u1")
            .setPlacement("home")
            .setEventTime(TIME)
            .setModel("default")
            .setModelVersion("7")
            .setVariant("challenger")
            .setCandidates(120)
            .setFeatureNames(List.of("a", "b"))
            .setFeatures(ByteBuffer.wrap(new byte[] {0, 0, -128, 63, 0, 0, 0, 64}))
            .setItems(List.of(new ExplainedItem("i1", 0.5f, List.of("knn", "popular"))))
            .build(),
        Evaluation.newBuilder()
            .setPlacement("home")
            .setModel("default")
            .setModelVersion("7")
            .setVariant("")
            .setStartTime(TIME)
            .setEndTime(TIME.plusSeconds(60))
            .setTests(9L)
            .setRanks(List.of(1L, 2L))
            .setHitRate10(0.5)
            .setMrr10(0.25)
            .setNdcg10(0.3)
            .setHitsBySource(Map.of("popular", 3L))
            .setHitRate5(0.25)
            .setItems10(60L)
            .build(),
        TrainingRound.newBuilder()
            .setModel("default")
            .setRound(12)
            .setEndTime(TIME)
            .setState(ByteBuffer.wrap(new byte[] {1, -1}))
            .setLists(400)
            .setListsWithoutPositive(3)
            .setLoss(2.25)
            .setOutcome("LEARNED")
            .setHeldOut(new HeldOutFigures(40L, 8.5, 8.25, 1.5))
            .setVerdict("ACTIVATE")
            .setVersion("r000012")
            .build());
  }

  private static ModelRelease release() {
    return ModelRelease.newBuilder()
        .setName("default")
        .setVersion("7")
        .setSha256("00ff")
        .setOnnx(ByteBuffer.wrap(new byte[] {8, 9}))
        .setFeatureNames(List.of("a", "b"))
        .setCatalogHash("aa")
        .setLineage(Map.of("rounds", "3"))
        .setPublishedTime(TIME)
        .build();
  }

  private static ModelPlan plan() {
    return new ModelPlan(
        "default",
        List.of(
            new PlanStep(TIME, List.of(new PlanVariant("", "7", 10_000)), List.of(), "", TIME),
            new PlanStep(
                TIME.plusSeconds(1),
                List.of(new PlanVariant("8", "8", 500), new PlanVariant("7", "7", 9_500)),
                List.of("9"),
                "ann: try it",
                TIME)),
        TIME);
  }

  @SuppressWarnings("unchecked") // the class of a record writes and reads that record
  private static <R extends SpecificRecord> R roundTrip(R written) throws IOException {
    Class<R> type = (Class<R>) written.getClass();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new SpecificDatumWriter<>(type).write(written, encoder);
    encoder.flush();
    return TrustedSchemas.reader(type)
        .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
  }
}
