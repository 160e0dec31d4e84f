package dev.freshet.replay.reader;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one JSON object a line. Blank lines hold nothing and are skipped. */
final class JsonLinesReader implements RecordReader {
  private static final String REMEDY = " Mend the line: one JSON object a line is expected.";

  private final JsonFactory json = new JsonFactory();
  private final Path file;
  private final LineReader lines;
  private final Map<String, Object> fields = new LinkedHashMap<>();
  private LineReader.Line line = new LineReader.Line(1, new byte[0]);

  JsonLinesReader(Path file) throws IOException {
    this.file = file;
    this.lines = new LineReader(file);
  }

  @Override
  public Collection<String> columns() {
    return fields.keySet();
  }

  @Override
  public boolean next() throws IOException, UnreadableRecordException {
    LineReader.Line next;
    do {
      next = lines.next();
      if (next == null) {
        return false;
      }
    } while (next.isBlank());
    line = next;
    fields.clear();
    try (JsonParser parser = json.createParser(line.bytes())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed("is not a JSON object.");
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        parser.nextToken();
        fields.put(name, value(parser));
      }
      if (parser.nextToken() != null) {
        throw malformed("holds more than one JSON object.");
      }
    } catch (JsonProcessingException e) {
      throw malformed("is not JSON: " + e.getOriginalMessage() + ".");
    } catch (CharConversionException e) {
      throw malformed("is not UTF-8: " + e.getMessage() + ".");
    }
    return true;
  }

  private static UnreadableRecordException malformed(String message) {
    return new UnreadableRecordException(UnreadableReason.MALFORMED_LINE, message + REMEDY);
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_NULL -> null;
      case START_OBJECT -> {
        parser.skipChildren();
        yield new Unusable("an object");
      }
      case START_ARRAY -> array(parser);
      // Numbers as they are written: an id of 0012 or 1e3 is not ours to change.
      default -> parser.getText();
    };
  }

  private static Object array(JsonParser parser) throws IOException {
    List<String> values = new ArrayList<>();
    boolean nested = false;
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (token == null) {
        throw new JsonEOFException(parser, JsonToken.START_ARRAY, "unexpected end within an array");
      }
      if (token.isStructStart()) {
        parser.skipChildren();
        nested = true;
      } else if (token != JsonToken.VALUE_NULL) {
        values.add(parser.getText());
      }
    }
    return nested ? new Unusable("an array of arrays or objects") : values;
  }

  @Override
  public Object value(String column) {
    return fields.get(column);
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
