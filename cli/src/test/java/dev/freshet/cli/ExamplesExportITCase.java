package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.client.AvroTopicWriter;
import dev.freshet.client.example.ExampleLists;
import dev.freshet.client.example.ExamplesFile;
import dev.freshet.client.example.OrderedExamples;
import dev.freshet.config.FreshetConfig;
import dev.freshet.config.TopicsConfig;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.protocol.kafka.TopicCreation;
import dev.freshet.protocol.kafka.TopicPlan;
import dev.freshet.schema.TrainingExample;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code freshet examples export} from files and from a real Kafka. */
class ExamplesExportITCase {

  @TempDir private static Path kafkaFolder;
  @TempDir private Path folder;
  private static EmbeddedKafka kafka;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void startKafka() throws Exception {
    kafka = EmbeddedKafka.start(kafkaFolder);
    TopicsConfig topics = FreshetConfig.defaults().topics();
    TopicCreation.create(
        KafkaConnection.plain(kafka.bootstrapServers()),
        TopicPlan.recording(topics.byKey(), TopicPlan.PARTITIONS));
    try (AvroTopicWriter writer =
        new AvroTopicWriter(KafkaConnection.plain(kafka.bootstrapServers()), 0)) {
      // Backwards, of different users and so on different partitions, and some of them twice.
      for (int i = 39; i >= 0; i--) {
        for (int copy = 0; copy < (i % 4 == 0 ? 2 : 1); copy++) {
          TrainingExample example = ExampleLists.example("r%02d".formatted(i), i);
          example.setUser("u" + i % 7);
          writer.send(topics.trainingExamples(), example.getUser(), i, example);
        }
      }
      writer.flush();
    }
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  private int export(Object... arguments) {
    List<String> all = new ArrayList<>(List.of("examples", "export"));
    Arrays.stream(arguments).map(Object::toString).forEach(all::add);
    CommandLine commandLine = Freshet.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(all.toArray(String[]::new));
  }

  private static List<String> lists(Path csv) throws IOException {
    return Files.readAllLines(csv).stream()
        .skip(1)
        .map(row -> row.split(",")[0])
        .distinct()
        .toList();
  }

  @Test
  void theTopicIsExportedInOrderAndWithoutRepetitions() throws IOException {
    Path csv = folder.resolve("examples.csv");
    assertThat(export("--kafka", kafka.bootstrapServers(), "--out", csv)).as("%s", err).isZero();

    assertThat(lists(csv))
        .containsExactlyElementsOf(IntStream.range(0, 40).mapToObj("r%02d"::formatted).toList());
    assertThat(Files.readAllLines(csv)).hasSize(1 + 3 * 40);
    assertThat(out.toString()).contains("40 lists, 120 rows, 2 features");
    // No temporary file is left.
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(csv);
    }
  }

  @Test
  void aFileIsExportedWithinTimes() throws IOException {
    Path csv = folder.resolve("table");
    assertThat(
            export(
                file(),
                "--out",
                csv,
                "--format",
                "csv",
                "--from",
                "1970-01-01T00:00:00.005Z",
                "--to",
                "1970-01-01T00:00:00.007Z"))
        .as("%s", err)
        .isZero();

    assertThat(lists(csv)).containsExactly("r5", "r6");
  }

  @Test
  void whatCannotBeDoneIsSaid() throws IOException {
    Path file = file();
    assertRefused("does not tell the format", file, "--out", folder.resolve("table"));
    assertRefused("There is no file", folder.resolve("no.avro"), "--out", folder.resolve("x.csv"));
    assertRefused("There is no folder", file, "--out", folder.resolve("no/x.csv"));
    assertRefused(
        "that --from, --to and --placement leave",
        file,
        "--placement",
        "cart",
        "--out",
        folder.resolve("x.csv"));
    assertRefused(
        "is not before --to",
        file,
        "--from",
        "2026-01-02",
        "--to",
        "2026-01-01",
        "--out",
        folder.resolve("x.csv"));
    Path garbage = Files.writeString(folder.resolve("garbage.avro"), "user,item\n");
    assertRefused(
        "cannot be read to its end as training examples",
        garbage,
        "--out",
        folder.resolve("x.csv"));
    assertThat(folder.resolve("x.csv")).doesNotExist();
  }

  private void assertRefused(String message, Object... arguments) {
    err.getBuffer().setLength(0);
    assertThat(export(arguments)).isOne();
    assertThat(err.toString()).contains(message);
  }

  private Path file() throws IOException {
    Path file = folder.resolve("examples.avro");
    try (OrderedExamples examples = new OrderedExamples(folder)) {
      for (int i = 0; i < 10; i++) {
        examples.add(ExampleLists.example("r" + i, i));
      }
      examples.seal();
      ExamplesFile.write(file, examples);
    }
    return file;
  }
}
