package dev.freshet.cli;

import dev.freshet.client.example.ExampleExport;
import dev.freshet.client.example.ExampleSelection;
import dev.freshet.client.example.OrderedExamples;
import dev.freshet.client.example.TableFormat;
import dev.freshet.client.example.TopicExamples;
import dev.freshet.config.FreshetConfig;
import dev.freshet.schema.TrainingExample;
import dev.freshet.schema.TrustedSchemas;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.DataFileReader;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet examples export}: training examples as a table. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description =
        "Writes training examples as CSV or Parquet: a row for each candidate of a list, a column"
            + " for each feature. They are read from the examples.avro of replays or, when none is"
            + " named, from the topic training-examples of a running Freshet, up to where it ends"
            + " now; repetitions are left out and the lists are ordered by the time of their label.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet examples export OUT/examples.avro --out examples.parquet",
      "  ./freshet examples export OUT/examples.avro --out examples.csv.gz --placement home",
      "  ./freshet examples export --kafka broker:9092 --from 2026-01-01 --out january.parquet",
      "",
      "What is not known is an empty cell (CSV) or null (Parquet). Needs little memory; from a topic"
          + " also a temporary file beside --out, about as large as the topic."
    })
final class ExamplesExportCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Mixin private Connection connection;

  @Parameters(arity = "0..*", paramLabel = "FILE", description = "examples.avro of replays")
  private List<Path> files = List.of();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Table to write: .csv, .csv.gz or .parquet. One of that name is replaced.")
  private Path out;

  @Option(
      names = "--format",
      paramLabel = "csv|parquet",
      description = "Format of the table. Default: by the name of --out.")
  private TableFormat format;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = InstantConverter.class,
      description = "Only lists whose label's event time is this or later.")
  private Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = InstantConverter.class,
      description = "Only lists whose label's event time is before this.")
  private Instant to;

  @Option(
      names = "--placement",
      paramLabel = "NAME",
      description = "Only lists of this placement. Default: of all.")
  private String placement;

  @Override
  public void run() {
    if (from != null && to != null && !from.isBefore(to)) {
      throw new CommandException("--from " + from + " is not before --to " + to + ".");
    }
    TableFormat chosen =
        Optional.ofNullable(format)
            .or(() -> TableFormat.of(out))
            .orElseThrow(
                () ->
                    new CommandException(
                        "The name of "
                            + out
                            + " does not tell the format. End it with .csv, .csv.gz or .parquet, or"
                            + " add --format."));
    Path folder = out.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new CommandException("There is no folder " + folder + ". Make it, or choose --out.");
    }
    ExampleSelection selection =
        new ExampleSelection(
            Optional.ofNullable(from), Optional.ofNullable(to), Optional.ofNullable(placement));
    try (ExampleExport export = new ExampleExport(out, chosen, selection)) {
      String origin = files.isEmpty() ? readTopic(export, folder) : readFiles(export);
      if (export.lists() == 0) {
        throw new CommandException(
            "There are no examples in %s%s."
                .formatted(origin, isNarrowed() ? " that --from, --to and --placement leave" : ""));
      }
      export.finish();
      PrintWriter console = spec.commandLine().getOut();
      console.printf(
          Locale.ROOT,
          "%s: %,d lists, %,d rows, %d features%n",
          out,
          export.lists(),
          export.rows(),
          export.features().size());
      console.flush();
    } catch (IllegalArgumentException e) {
      throw new CommandException(e.getMessage());
    } catch (IOException e) {
      throw new CommandException("Cannot write " + out + ": " + e.getMessage());
    }
  }

  private boolean isNarrowed() {
    return from != null || to != null || placement != null;
  }

  private String readFiles(ExampleExport export) throws IOException {
    Console console = new Console(spec.commandLine().getOut());
    for (Path file : files) {
      if (!Files.exists(file)) {
        throw new CommandException(
            "There is no file " + file + ". 'freshet replay --examples' writes it.");
      }
      try (DataFileReader<TrainingExample> reader = open(file);
          ProgressBar bar = console.progress("Exporting", "KiB", Files.size(file) >> 10)) {
        for (TrainingExample example : reader) {
          export.add(example, file.toString());
          bar.update(reader.tell() >> 10);
        }
      } catch (AvroRuntimeException e) {
        throw unreadable(file, e);
      }
    }
    return files.toString();
  }

  private static DataFileReader<TrainingExample> open(Path file) {
    try {
      return new DataFileReader<>(file.toFile(), TrustedSchemas.reader(TrainingExample.class));
    } catch (AvroRuntimeException | IOException e) {
      throw unreadable(file, e);
    }
  }

  private static CommandException unreadable(Path file, Exception e) {
    return new CommandException(
        "%s cannot be read to its end as training examples: %s. Is it what 'freshet replay --examples' wrote?"
            .formatted(file, e.getMessage()));
  }

  private String readTopic(ExampleExport export, Path folder) throws IOException {
    if (!connection.isGiven()) {
      throw new CommandException(
          "Name an examples.avro, or with --kafka or --config the Kafka that has the topic"
              + " training-examples.");
    }
    FreshetConfig config = connection.config();
    String topic = config.topics().trainingExamples();
    String kafka = config.kafka().bootstrapServers();
    Console console = new Console(spec.commandLine().getOut());
    try (OrderedExamples examples = new OrderedExamples(folder)) {
      try (PartialReading reading = new PartialReading(console)) {
        TopicExamples.read(config, examples, reading);
      } catch (KafkaException e) {
        throw new CommandException(
            "Kafka on %s cannot be read: %s. Is it running, and is that its address?"
                .formatted(kafka, e.getMessage()));
      }
      try (ProgressBar bar = console.progress("Writing", "lists", examples.size())) {
        long done = 0;
        for (TrainingExample example : examples) {
          export.add(example, "The topic " + topic);
          bar.update(++done);
        }
      }
    }
    return "the topic " + topic + " on " + kafka;
  }

  /** A bar from the first record on: before it the total is not known. */
  private static final class PartialReading implements TopicExamples.Progress, AutoCloseable {
    private final Console console;
    private ProgressBar bar;

    PartialReading(Console console) {
      this.console = console;
    }

    @Override
    public void read(long records, long total) {
      if (bar == null) {
        bar = console.progress("Reading", "lists", total);
      }
      bar.update(records);
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
      }
    }
  }
}
