package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.client.AvroTopicWriter;
import dev.freshet.client.model.ModelControl;
import dev.freshet.client.model.PlanChange;
import dev.freshet.config.BundledCatalog;
import dev.freshet.config.FreshetConfig;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.model.ModelMetadata;
import dev.freshet.model.train.MlpRanker;
import dev.freshet.model.train.OnnxExport;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.protocol.kafka.TopicCreation;
import dev.freshet.protocol.kafka.TopicPlan;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.PlanStep;
import dev.freshet.schema.PlanVariant;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code freshet models} on a real Kafka. */
class ModelsCommandITCase {

  @TempDir private static Path folder;
  private static EmbeddedKafka kafka;
  private static int runs;
  private Path config;
  private FreshetConfig settings;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  @BeforeAll
  static void startKafka() throws Exception {
    kafka = EmbeddedKafka.start(folder.resolve("kafka"));
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  /** Topics of its own for each test. */
  @BeforeEach
  void createTopics() throws Exception {
    runs++;
    StringBuilder text =
        new StringBuilder("kafka: {bootstrap-servers: '" + kafka.bootstrapServers() + "'}\n");
    text.append("topics:\n");
    for (String topic : FreshetConfig.defaults().topics().byKey().keySet()) {
      text.append("  %s: t%d-%s%n".formatted(topic, runs, topic));
    }
    config = Files.writeString(folder.resolve("freshet-" + runs + ".yaml"), text.toString());
    settings = FreshetConfig.load(config, Map.of());
    TopicCreation.create(
        KafkaConnection.plain(kafka.bootstrapServers()),
        TopicPlan.recording(settings.topics().byKey(), TopicPlan.PARTITIONS));
  }

  private static Path model(String version, long seed, List<String> features) throws IOException {
    byte[] onnx =
        OnnxExport.toOnnx(
            new MlpRanker(features.size(), new int[] {4}, seed),
            new ModelMetadata(
                "default",
                version,
                features,
                Optional.empty(),
                new TreeMap<>(Map.of("epochs", "3"))));
    return Files.write(folder.resolve("m" + version + "-" + seed + ".onnx"), onnx);
  }

  private static Path model(String version) throws IOException {
    return model(version, 1, RankingFeatures.NAMES);
  }

  private int models(Object... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("models"));
    Arrays.stream(arguments).map(Object::toString).forEach(all::add);
    all.addAll(List.of("--config", config.toString()));
    CommandLine commandLine = Freshet.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(all.toArray(String[]::new));
  }

  private void assertRefused(String message, Object... arguments) {
    assertThat(models(arguments)).isOne();
    assertThat(err.toString()).contains(message);
  }

  @Test
  void theLifeOfAModel() throws Exception {
    assertThat(models("list")).isZero();
    assertThat(out.toString()).contains("No model has been published");

    assertThat(models("publish", model("1"), "--activate", "--in", "0s", "--reason", "begin"))
        .isZero();
    assertThat(out.toString())
        .contains(
            "default 1, " + RankingFeatures.NAMES.size() + " features",
            "published on topic",
            "begin");
    assertThat(models("publish", model("2"))).isZero();
    assertThat(out.toString()).contains("It serves nobody yet");
    assertThat(models("publish", model("2"))).isZero();
    assertThat(out.toString()).contains("was there already");
    assertThat(err.toString()).isEmpty();
    Path unwanted = folder.resolve("new.onnx");
    assertThat(Freshet.commandLine().execute("models", "new", "--out", unwanted.toString()))
        .isZero();
    assertThat(models("publish", unwanted)).isZero();
    assertThat(err.toString()).contains("a model of the name untrained, but with default");

    assertThat(models("shadow", "2", "--in", "1m")).isZero();
    assertThat(models("split", "2=10%", "--in", "2m")).isZero();
    assertThat(models("activate", "2", "--in", "3m", "--reason", "it is better")).isZero();
    assertThat(out.toString())
        .containsPattern("\\* now +\\S+Z +1 +- +\\S+Z +begin")
        .containsPattern("> next +\\S+Z +1 +2 ")
        .containsPattern("> next +\\S+Z +2 10%, 1 90% +- ")
        .containsPattern("> next +\\S+Z +2 +- +\\S+Z +it is better");
    assertRefused("--replace", "activate", "1", "--in", "1m");

    assertThat(models("list")).isZero();
    assertThat(out.toString())
        .contains("Model default: 2 versions", "epochs=3")
        .containsPattern(" 1 +\\* serves ")
        .containsPattern(" 2 +> shadow ");
    assertThat(models("rollback", "--in", "4m")).isZero();
    assertThat(out.toString()).containsPattern("> next +\\S+Z +2 10%, 1 90% +- +\\S+Z +-\\R$");

    assertRefused("serves or shadows", "delete", "2");
    assertThat(models("activate", "1", "--in", "1s", "--replace")).isZero();
    assertThat(out.toString()).doesNotContain("10%");
    assertRefused("says so already", "activate", "1");
  }

  @Test
  void whatCanNotBeIsRefusedWithTheReason() throws Exception {
    assertRefused("No model has been published yet", "activate", "1");
    byte[] onnx = Files.readAllBytes(model("1"));
    Path half = Files.write(folder.resolve("half.onnx"), Arrays.copyOf(onnx, onnx.length / 2));
    assertRefused("The model is refused: NOT_ONNX", "publish", half);
    assertRefused("UNKNOWN_FEATURE", "publish", model("1", 1, List.of("sources", "moon_phase")));
    assertThat(models("list")).isZero();
    assertThat(out.toString()).contains("No model has been published");

    assertThat(models("publish", model("1"))).isZero();
    assertRefused(
        "published before with other bytes", "publish", model("1", 2, RankingFeatures.NAMES));
    assertRefused("no version 9 of model default; published are 1", "activate", "9");
    assertRefused("There is no model x; there are default", "activate", "1", "--model", "x");
    assertRefused("comes first", "split", "1=10%");
    assertThat(models("split", "1=ten")).isEqualTo(2);
    assertThat(err.toString()).contains("'ten' is not a share");
    assertThat(models("show", "1")).isZero();
    assertThat(out.toString()).contains("default 1", "transition_share", "epochs");
    assertThat(models("delete", "1")).isZero();
    assertRefused("No model has been published yet", "activate", "1");
  }

  @Test
  void aChangeAtTheSameTimeIsNoticed() throws Exception {
    assertThat(models("publish", model("1"), "--activate")).isZero();
    assertThat(models("publish", model("2"))).isZero();
    FeatureCatalog catalog = BundledCatalog.get();
    ModelControl control = new ModelControl(settings, catalog, Clock.systemUTC());
    long from = System.currentTimeMillis() + 60_000;
    ModelControl.Change change =
        control.change(
            "default",
            "mine",
            contents -> {
              // Between the read and the write.
              new ModelControl(settings, catalog, Clock.systemUTC())
                  .change(
                      "default",
                      "theirs",
                      same -> new PlanChange(same, "default", from, false).shadow("2"));
              return new PlanChange(contents, "default", from, false).activate("2");
            });
    assertThat(change.contested()).isTrue();
    assertThat(
            control
                .change(
                    "default",
                    "",
                    contents -> new PlanChange(contents, "default", from + 1, false).activate("1"))
                .contested())
        .isFalse();
  }

  @Test
  void aRecordThatNobodyCanUseIsTold() throws Exception {
    assertThat(models("publish", model("1"), "--activate", "--in", "0s")).isZero();
    String topic = settings.topics().models();
    try (AvroTopicWriter writer =
        new AvroTopicWriter(KafkaConnection.plain(kafka.bootstrapServers()), 0)) {
      writer.send(topic, "release/default/2", -1, new byte[] {7, 7});
      writer.send(
          topic,
          "plan/default",
          -1,
          new ModelRecord(
              new ModelPlan(
                  "default",
                  List.of(
                      new PlanStep(
                          Instant.EPOCH,
                          List.of(new PlanVariant("1", "1", 5)),
                          List.of(),
                          "",
                          Instant.EPOCH)),
                  null)));
      writer.flush();
    }
    assertThat(models("list")).isZero();
    assertThat(out.toString())
        .contains("record at offset 2: not Avro", "record at offset 3: The plan can't be followed")
        .containsPattern("\\* now");
  }

  @Test
  void aMissingTopicIsToldWithTheRemedy() throws Exception {
    Files.writeString(config, Files.readString(config).replace("-models", "-nothing"));
    assertRefused("Create it with './freshet topics create", "list");
  }
}
