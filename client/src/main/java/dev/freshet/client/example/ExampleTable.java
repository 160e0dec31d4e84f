package dev.freshet.client.example;

import dev.freshet.schema.TrainingExample;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of training examples that is being written: a row for each candidate, in the examples'
 * order. A value that is not known, NaN in the example, is missing in the table.
 */
interface ExampleTable extends Closeable {

  /** The columns that every table has, in their order; the features follow. */
  List<String> COLUMNS =
      List.of(
          "recommendation_id",
          "user",
          "placement",
          "served_time",
          "label_time",
          "model_version",
          "item",
          "source",
          "score",
          "position",
          "propensity",
          "label",
          "label_item",
          "label_action");

  /** Writes the rows of an example, which has the features that the table was begun with. */
  void write(TrainingExample example) throws IOException;

  /** Begins a table. A file of that name is replaced. */
  static ExampleTable begin(Path file, TableFormat format, boolean gzip, List<String> features)
      throws IOException {
    List<String> columns = columns(features);
    return switch (format) {
      case CSV -> new CsvExampleTable(file, gzip, columns);
      case PARQUET -> new ParquetExampleTable(file, columns);
    };
  }

  /**
   * The names of all columns. A feature that is called as one of the others is {@code
   * feature_NAME}.
   */
  static List<String> columns(List<String> features) {
    List<String> columns = new ArrayList<>(COLUMNS);
    for (String feature : features) {
      String column = feature;
      while (columns.contains(column)) {
        column = "feature_" + column;
      }
      columns.add(column);
    }
    return List.copyOf(columns);
  }
}
