package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.config.FreshetConfig;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.SelfSignedCertificates;
import dev.freshet.jobs.RecommendationJob;
import dev.freshet.local.EmbeddedStack;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Every command that connects to Kafka, and the job, on a broker that demands TLS and a login. The
 * commands run in the order in which an operator needs them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(180)
class SecuredKafkaITCase {

  private static final String USER = "freshet";
  private static final String PASSWORD = "a-secret";

  @TempDir private static Path folder;
  private SelfSignedCertificates certificates;
  private EmbeddedKafka kafka;
  private EmbeddedStack stack;
  private Path properties;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  @BeforeAll
  void start() throws Exception {
    certificates = SelfSignedCertificates.create(folder);
    kafka = EmbeddedKafka.startSecured(folder, certificates, USER, PASSWORD);
    stack =
        EmbeddedStack.start(1, Optional.of(kafka.bootstrapServers()), Optional.empty(), part -> {});
    properties = write("client.properties", kafka.clientProperties());
  }

  @AfterAll
  void stop() {
    stack.close();
    kafka.close();
    certificates.close();
  }

  private static Path write(String name, Map<String, String> values) throws IOException {
    Properties file = new Properties();
    file.putAll(values);
    Path path = folder.resolve(name);
    try (var writer = Files.newBufferedWriter(path)) {
      file.store(writer, null);
    }
    return path;
  }

  private int execute(Path kafkaProperties, String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(
        List.of(
            "--kafka", kafka.bootstrapServers(), "--kafka-properties", kafkaProperties.toString()));
    CommandLine freshet = Freshet.commandLine();
    freshet.setOut(new PrintWriter(out));
    freshet.setErr(new PrintWriter(err));
    return freshet.execute(all.toArray(String[]::new));
  }

  private void run(String... arguments) {
    assertThat(execute(properties, arguments)).withFailMessage(() -> out + "\n" + err).isZero();
  }

  @Test
  @Order(1)
  void theTopicsAreCreatedAndTheJobRuns() throws Exception {
    run("topics", "create", "--partitions", "2", "--dry-run");
    assertThat(out.toString()).containsPattern("user-actions +2 +default +7 d +delete +missing");
    run("topics", "create", "--partitions", "2");
    assertThat(out.toString()).contains("user-actions");
    run("topics", "create");
    assertThat(out.toString())
        .contains("All topics exist.", "user-actions exists with 2 partitions, not 4");

    Map<String, String> keys = new HashMap<>();
    keys.put("kafka.bootstrap-servers", kafka.bootstrapServers());
    keys.put("redis.address", stack.redis());
    keys.put("ranking.explanations", "true");
    keys.put("training.examples", "true");
    kafka.clientProperties().forEach((name, value) -> keys.put("kafka.properties." + name, value));
    FreshetConfig config = FreshetConfig.of(keys);
    StreamExecutionEnvironment env =
        stack.flink().environment(RecommendationJob.flinkConfiguration(config));
    RecommendationJob.define(env, config);
    stack.flink().submit(env).awaitRunning();
  }

  @Test
  @Order(2)
  void shoppersActAndAreAnswered() {
    run("produce", "--rate", "50", "--duration", "5s");
    assertThat(out.toString()).containsPattern("[1-9]\\d* actions");
    // Waits for an answer, however slow the machine is.
    run("topics", "tail", "recommendations", "--from-beginning", "--limit", "1");
    assertThat(out.toString()).contains("\"recommendation_id\"");
  }

  @Test
  @Order(3)
  void listsAreAskedForAndExplained() {
    run("recommend", "u0001", "--timeout", "60s");
    run("explain", "--user", "u0001");
  }

  @Test
  @Order(4)
  void modelsAreListedAndPublished() {
    run("models", "list");
    Path model = folder.resolve("ranker.onnx");
    assertThat(Freshet.commandLine().execute("models", "new", "--out", model.toString())).isZero();
    run("models", "publish", model.toString());
    run("models", "list");
  }

  @Test
  @Order(5)
  void examplesAreExportedAndFeaturesChecked() {
    run("examples", "export", "--out", folder.resolve("examples.csv").toString());
    assertThat(folder.resolve("examples.csv")).isNotEmptyFile();
    // The result depends on when the job read the catalog; what counts here is that it is read.
    execute(properties, "features", "check", "--redis", stack.redis());
    assertThat(out.toString()).contains("Stored features against the topics", "user    actions");
  }

  @Test
  @Order(6)
  void aRecordingIsReplayed() throws Exception {
    Path actions = folder.resolve("actions.csv");
    Files.writeString(
        actions,
        """
        user,item,time
        a,lamp,2024-05-01T10:00:00Z
        a,desk,2024-05-01T10:01:00Z
        b,lamp,2024-05-01T10:02:00Z
        """);
    run("replay", actions.toString(), "--out", folder.resolve("out").toString());
    assertThat(out.toString()).contains("3 actions, 3 recommendations, 0 dead letters");
  }

  @Test
  @Order(7)
  void aWrongPasswordIsAClearErrorWithoutThePassword() throws Exception {
    Map<String, String> wrong = new HashMap<>(kafka.clientProperties());
    wrong.computeIfPresent("sasl.jaas.config", (key, login) -> login.replace(PASSWORD, "mistaken"));
    Path file = write("wrong.properties", wrong);
    for (String[] command :
        List.of(
            new String[] {"topics", "create"},
            new String[] {"topics", "tail", "recommendations"},
            new String[] {"recommend", "u0001"},
            new String[] {"models", "list"},
            new String[] {"produce", "--duration", "1s"})) {
      long start = System.nanoTime();
      assertThat(execute(file, command)).as(command[0]).isNotZero();
      assertThat(err.toString())
          .as(command[0])
          .contains("refuses the login", "sasl.jaas.config")
          .doesNotContain("mistaken");
      assertThat((System.nanoTime() - start) / 1e9).as(command[0] + " seconds").isLessThan(30);
    }
  }

  @Test
  @Order(8)
  void withoutThePropertiesTheErrorNamesSecurity() throws Exception {
    Path none = write("none.properties", Map.of());
    assertThat(execute(none, "topics", "create")).isNotZero();
    assertThat(err.toString()).contains("security.protocol", "--kafka-properties");
  }
}
