package dev.freshet.client.example;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The kinds of table that examples are written as. */
public enum TableFormat {
  /** Comma-separated with a header line, quoted as in RFC 4180, UTF-8. */
  CSV,
  /** Apache Parquet, columns compressed with Zstandard. */
  PARQUET;

  /** Returns the format that the file's extension names; that of CSV also with {@code .gz}. */
  public static Optional<TableFormat> of(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
      return Optional.of(CSV);
    }
    return name.endsWith(".parquet") ? Optional.of(PARQUET) : Optional.empty();
  }
}
