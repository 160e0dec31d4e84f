package dev.freshet.replay.judge;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * {@code judged.csv.gz}: a line for each test, by placement in the order of the configuration, and
 * within one by (event time, event id). The same replay gives the same bytes.
 *
 * <p>Columns: event_id, user, placement, event_time (milliseconds since 1970-01-01T00:00:00Z), item
 * (that was wanted), rank (1 to 20; 0: a miss), model_version (of the list; empty: there was none),
 * variant (empty without a split), source (that proposed the item; empty for a miss), warmup (1: a
 * test of the warm-up, which counts in no figure; else 0).
 */
public final class JudgedFile {

  /** Its name in a replay's folder. */
  public static final String NAME = "judged.csv.gz";

  public static final List<String> COLUMNS =
      List.of(
          "event_id",
          "user",
          "placement",
          "event_time",
          "item",
          "rank",
          "model_version",
          "variant",
          "source",
          "warmup");

  public static final CSVFormat FORMAT = CSVFormat.DEFAULT.builder().setRecordSeparator('\n').get();

  private JudgedFile() {}

  /**
   * Begins a file. It appears under its name with {@link Writer#commit}; one of that name is
   * replaced.
   */
  public static Writer write(Path file) throws IOException {
    return new Writer(file);
  }

  /** Writes tests. */
  public static final class Writer implements Consumer<JudgedAction>, AutoCloseable {
    private final Path file;
    private final Path part;
    private final CSVPrinter csv;

    private Writer(Path file) throws IOException {
      this.file = file;
      part = file.resolveSibling(file.getFileName() + ".part");
      csv =
          FORMAT.print(
              new BufferedWriter(
                  new OutputStreamWriter(
                      new GZIPOutputStream(Files.newOutputStream(part), 1 << 16),
                      StandardCharsets.UTF_8),
                  1 << 16));
      csv.printRecord(COLUMNS);
    }

    @Override
    public void accept(JudgedAction test) {
      try {
        csv.printRecord(
            test.eventId(),
            test.user(),
            test.placement(),
            test.eventTime().toEpochMilli(),
            test.item(),
            test.rank(),
            test.modelVersion(),
            test.variant(),
            test.source(),
            test.warmup() ? 1 : 0);
      } catch (IOException e) {
        throw new UncheckedIOException(part + " cannot be written", e);
      }
    }

    /** All is there. */
    public void commit() throws IOException {
      csv.close();
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
      csv.close();
      Files.deleteIfExists(part);
    }
  }
}
