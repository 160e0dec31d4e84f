package dev.freshet.replay.reader;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Reads the lines of a Metarank event file, plain or gzipped. Blank lines are skipped. */
final class MetarankReader implements RecordPosition, Closeable {
  /** Decimal numbers stay as they are written: a price of 0.1 is no binary fraction. */
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build()
          .readerFor(JsonNode.class);

  private final Path file;
  private final LineReader lines;
  private LineReader.Line line = new LineReader.Line(1, new byte[0]);

  MetarankReader(Path file) throws IOException {
    this.file = file;
    this.lines = new LineReader(file);
  }

  /**
   * The next event, null at the end.
   *
   * @throws UnreadableRecordException if the line is no JSON object
   */
  JsonNode next() throws IOException, UnreadableRecordException {
    LineReader.Line next;
    do {
      next = lines.next();
      if (next == null) {
        return null;
      }
    } while (next.isBlank());
    line = next;
    JsonNode event;
    try {
      event = JSON.readTree(line.bytes());
    } catch (JacksonException e) {
      throw malformed("is not JSON: " + e.getOriginalMessage() + ".");
    }
    if (!event.isObject()) {
      throw malformed("is not a JSON object.");
    }
    return event;
  }

  private static UnreadableRecordException malformed(String message) {
    return new UnreadableRecordException(
        UnreadableReason.MALFORMED_LINE, message + " Mend the line: one event a line is expected.");
  }

  @Override
  public long offset() {
    return line.number();
  }

  @Override
  public String place() {
    return file + ":" + line.number();
  }

  @Override
  public byte[] raw() {
    return RecordReader.join(List.of(line));
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
