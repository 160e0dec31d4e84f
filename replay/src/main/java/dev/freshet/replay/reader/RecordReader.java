package dev.freshet.replay.reader;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Reads a file record by record. A record that cannot be read is thrown as rejected; reading goes
 * on behind it, and nothing of it is skipped silently.
 */
interface RecordReader extends RecordPosition, Closeable {
  /** A value that no column of a recorded event can hold, such as "an object". */
  record Unusable(String description) {}

  /** The names of the columns; of a file without a schema: those of the current record. */
  Collection<String> columns();

  /**
   * Goes to the next record; false at the end.
   *
   * @throws UnreadableRecordException if it cannot be read; its {@linkplain RecordPosition
   *     position} is that of the record
   * @throws IOException if the file cannot be read any further
   */
  boolean next() throws IOException, UnreadableRecordException;

  /** A {@link String}, a {@code List<String>}, an {@link Unusable}, or null. */
  Object value(String column) throws UnreadableRecordException;

  /** The unit of time that the file itself declares for the column. */
  default Optional<EventTimeUnit> declaredUnit(String column) {
    return Optional.empty();
  }

  static RecordReader open(Path file, FileFormat format) throws IOException {
    return switch (format) {
      case CSV -> new CsvReader(file);
      case JSONL -> new JsonLinesReader(file);
      case AVRO -> new AvroReader(file);
    };
  }

  /** The file's bytes, inflated when they are compressed with gzip. */
  static InputStream bytes(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new ReplayInputException(
          file
              + (Files.exists(file)
                  ? ": is not a regular file. Write its content to one first."
                  : ": there is no such file."));
    }
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    in.mark(2);
    boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return gzip ? new GZIPInputStream(in, 1 << 16) : in;
  }

  /** The bytes of lines that follow each other, without the last line's end. */
  static byte[] join(List<LineReader.Line> lines) {
    int length = 0;
    for (LineReader.Line line : lines) {
      length += line.bytes().length;
    }
    byte[] last = lines.get(lines.size() - 1).bytes();
    if (last.length > 0 && last[last.length - 1] == '\n') {
      length--;
      if (last.length > 1 && last[last.length - 2] == '\r') {
        length--;
      }
    }
    byte[] joined = new byte[length];
    int position = 0;
    for (LineReader.Line line : lines) {
      int part = Math.min(line.bytes().length, length - position);
      System.arraycopy(line.bytes(), 0, joined, position, part);
      position += part;
    }
    return joined;
  }
}
