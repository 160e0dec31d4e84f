package dev.freshet.replay.reader;

import java.nio.file.Path;
import java.util.Locale;

/** How the records of a file are written. Any of them may be compressed with gzip. */
public enum FileFormat {
  /** Comma-separated with a header line, quoted as in RFC 4180, UTF-8. */
  CSV,
  /** One JSON object a line, UTF-8. */
  JSONL,
  /** An Avro object container file. */
  AVRO;

  /**
   * Returns the format that the file's extension names, with or without {@code .gz}.
   *
   * @throws ReplayInputException if it names none
   */
  public static FileFormat of(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".gz")) {
      name = name.substring(0, name.length() - ".gz".length());
    }
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "csv" -> CSV;
      case "jsonl", "ndjson", "json" -> JSONL;
      case "avro" -> AVRO;
      default ->
          throw new ReplayInputException(
              file
                  + ": the name does not tell the format. Add --format csv, --format jsonl or"
                  + " --format avro.");
    };
  }

  /**
   * The format of that name, as on the command line.
   *
   * @throws ReplayInputException if there is none
   */
  public static FileFormat parse(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "csv" -> CSV;
      case "jsonl" -> JSONL;
      case "avro" -> AVRO;
      default ->
          throw new ReplayInputException(
              "Unknown format '" + name + "'. Give --format csv, jsonl, avro or metarank.");
    };
  }
}
