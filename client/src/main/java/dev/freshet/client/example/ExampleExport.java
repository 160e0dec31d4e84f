package dev.freshet.client.example;

import dev.freshet.schema.TrainingExample;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

/**
 * Writes training examples as a table for other tools: a row for each candidate of a list, a column
 * for each feature. The table has the features of the first example; the file appears under its
 * name when {@link #finish} has been called, and one of that name is replaced.
 */
public final class ExampleExport implements Closeable {
  private final Path file;
  private final Path part;
  private final TableFormat format;
  private final ExampleSelection selection;
  private ExampleTable table;
  private List<String> features = List.of();
  private long lists;
  private long rows;

  /**
   * Creates an export that has written nothing yet.
   *
   * @param file the file to write; compressed with gzip when its name ends with {@code .gz}
   * @param selection the examples that are written, of those that are {@linkplain #add added}
   */
  public ExampleExport(Path file, TableFormat format, ExampleSelection selection) {
    this.file = file;
    this.part = file.resolveSibling(file.getFileName() + ".part");
    this.format = format;
    this.selection = selection;
  }

  /**
   * Writes an example if it is wanted.
   *
   * @param origin where it is from, for the error
   * @throws IllegalArgumentException if it has other features than the first one
   */
  public void add(TrainingExample example, String origin) throws IOException {
    if (!selection.includes(example)) {
      return;
    }
    if (table == null) {
      features = example.getFeatureNames();
      boolean gzip = file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".gz");
      table = ExampleTable.begin(part, format, gzip, features);
    } else if (!example.getFeatureNames().equals(features)) {
      throw new IllegalArgumentException(
          ("%s has examples of other features from %s on (recommendation %s): %s, and before it"
                  + " %s. One table has the same columns throughout: export them apart, with --from"
                  + " and --to.")
              .formatted(
                  origin,
                  example.getLabelTime(),
                  example.getRecommendationId(),
                  example.getFeatureNames(),
                  features));
    }
    table.write(example);
    lists++;
    rows += example.getCandidates().size();
  }

  /** Lists that were written. */
  public long lists() {
    return lists;
  }

  /** Candidates that were written. */
  public long rows() {
    return rows;
  }

  /** Names of the features, in the order of their columns; empty as long as there is no list. */
  public List<String> features() {
    return features;
  }

  /** Gives the file its name. Without any list there is no file, and one that was there stays. */
  public void finish() throws IOException {
    if (table != null) {
      table.close();
      table = null;
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Leaves nothing behind of a table that was not finished. */
  @Override
  public void close() throws IOException {
    if (table != null) {
      try {
        table.close();
      } finally {
        Files.deleteIfExists(part);
      }
    }
  }
}
