package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.client.FreshetHome;
import dev.freshet.config.FreshetConfig;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.protocol.kafka.TopicCreation;
import dev.freshet.protocol.kafka.TopicPlan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The zip that {@code package} makes: complete, and without what it is not to have. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class DistributionITCase {

  private static final long MOST_BYTES = 100_000_000;

  @TempDir private static Path folder;
  private Path zip;
  private Path home;

  @BeforeAll
  void unpack() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      zip = files.filter(file -> file.toString().endsWith(".zip")).findFirst().orElseThrow();
    }
    try (ZipFile archive = new ZipFile(zip.toFile())) {
      Enumeration<? extends ZipEntry> entries = archive.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        Path file = folder.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          try (InputStream in = archive.getInputStream(entry)) {
            Files.copy(in, file);
          }
        }
      }
    }
    try (Stream<Path> folders = Files.list(folder)) {
      home = folders.filter(Files::isDirectory).findFirst().orElseThrow();
    }
    assertThat(home.resolve("bin/freshet").toFile().setExecutable(true)).isTrue();
  }

  private record Run(int status, String output) {}

  private Run freshet(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/freshet").toString()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(folder, "run", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("FRESHET_CACHE", folder.resolve("cache").toString());
    Process process = builder.start();
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
    return new Run(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }

  @Test
  void holdsNoFlinkRuntimeNoBrokerAndNoRedisAndIsSmall() throws IOException {
    assertThat(Files.size(zip)).isLessThan(MOST_BYTES);
    try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
      for (Path jar : jars.toList()) {
        try (ZipFile classes = new ZipFile(jar.toFile())) {
          for (String absent :
              List.of(
                  "org/apache/flink/runtime/minicluster/MiniCluster.class",
                  "org/apache/flink/streaming/api/environment/StreamExecutionEnvironment.class",
                  "kafka/server/KafkaRaftServer.class",
                  "redis/embedded/RedisServer.class",
                  "dev/freshet/local/EmbeddedStack.class",
                  "dev/freshet/cli/local/DemoCommand.class",
                  "META-INF/services/dev.freshet.cli.EmbeddedParts")) {
            assertThat(classes.getEntry(absent)).as("%s in %s", absent, jar).isNull();
          }
        }
      }
    }
  }

  @Test
  void tellsItsVersionAndItsCommands() throws Exception {
    assertThat(freshet("--version"))
        .isEqualTo(new Run(0, "Freshet " + FreshetHome.VERSION + System.lineSeparator()));
    Run help = freshet("--help");
    assertThat(help.status()).isZero();
    assertThat(help.output())
        .contains("models", "topics", "recommend", "replay", "--flink")
        .contains("are in a checkout")
        .doesNotContain("./freshet demo");
    try (Stream<Path> cache = Files.list(folder.resolve("cache"))) {
      assertThat(cache.map(Path::toString)).anyMatch(file -> file.endsWith(".jsa"));
    }
  }

  @Test
  void generatesReadsAndSaysWhatReplayNeeds() throws Exception {
    String recorded = folder.resolve("recorded").toString();
    Run generated = freshet("generate", "--actions", "100", "--out", recorded);
    assertThat(generated.output()).contains("100 actions");
    Run replay = freshet("replay", recorded + "/actions.csv");
    assertThat(replay.status()).isEqualTo(1);
    assertThat(replay.output())
        .contains("Read 100 actions")
        .contains("There is no Flink in this distribution");
  }

  @Test
  void listsTheModelsOfABroker() throws Exception {
    Path data = Files.createDirectories(folder.resolve("kafka"));
    try (EmbeddedKafka kafka = EmbeddedKafka.start(data)) {
      TopicCreation.create(
          KafkaConnection.plain(kafka.bootstrapServers()),
          TopicPlan.recording(FreshetConfig.defaults().topics().byKey(), TopicPlan.PARTITIONS));
      Run models = freshet("models", "list", "--kafka", kafka.bootstrapServers());
      assertThat(models.status()).as(models.output()).isZero();
    }
  }
}
