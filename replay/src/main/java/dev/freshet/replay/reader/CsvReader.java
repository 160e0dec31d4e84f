package dev.freshet.replay.reader;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads CSV with a header line. A record that does not parse costs its first line only: reading
 * goes on with the line behind it, even when an open quote had swallowed more.
 *
 * <p>The parser is fed with one character per byte, so that the original bytes are at hand for a
 * dead letter; fields become text when they are asked for.
 */
final class CsvReader implements RecordReader {
  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT.builder().setIgnoreEmptyLines(false).get();

  /** A quoted field that goes on for more lines than this was not meant to. */
  private static final int MOST_LINES = 1_000;

  private final Path file;
  private final LineReader lines;
  private final Map<String, Integer> header = new LinkedHashMap<>();
  private Feed feed;
  private Iterator<CSVRecord> parser;
  private CSVRecord record;
  private List<LineReader.Line> recordLines = List.of();

  CsvReader(Path file) throws IOException {
    this.file = file;
    this.lines = new LineReader(file);
    try {
      start();
      readHeader();
    } catch (IOException | RuntimeException e) {
      lines.close();
      throw e;
    }
  }

  private void start() throws IOException {
    feed = new Feed();
    // Not closed: closing the parser would close nothing but the feed, which holds nothing.
    parser = CSVParser.builder().setReader(feed).setFormat(FORMAT).get().iterator();
  }

  private void readHeader() throws IOException {
    try {
      if (!parse()) {
        throw new ReplayInputException(
            file + ": is empty. A header line with the names of the columns is expected.");
      }
      for (int column = 0; column < record.size(); column++) {
        if (header.put(text(record.get(column)).strip(), column) != null) {
          throw new ReplayInputException(
              file + ": two columns are called '" + record.get(column) + "'. Rename one of them.");
        }
      }
    } catch (UnreadableRecordException e) {
      throw new ReplayInputException(
          place() + ": the header line cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public Collection<String> columns() {
    return header.keySet();
  }

  @Override
  public boolean next() throws IOException, UnreadableRecordException {
    if (!parse()) {
      return false;
    }
    if (record.size() != header.size()) {
      if (recordLines.size() > 1) {
        resumeBehindFirstLine();
      }
      throw new UnreadableRecordException(
          UnreadableReason.MALFORMED_LINE,
          "has "
              + record.size()
              + " columns where the header has "
              + header.size()
              + ". Mend the line; a field that holds a comma must be in double quotes.");
    }
    return true;
  }

  private boolean parse() throws IOException, UnreadableRecordException {
    do {
      feed.taken = new ArrayList<>(1);
      try {
        if (!parser.hasNext()) {
          return false;
        }
        record = parser.next();
        noteLines();
      } catch (UncheckedIOException e) {
        IOException cause = e.getCause();
        if (!(cause instanceof CSVException || cause instanceof OpenQuoteException)) {
          throw cause;
        }
        noteLines();
        resumeBehindFirstLine();
        throw new UnreadableRecordException(
            UnreadableReason.MALFORMED_LINE,
            "broken quoting: "
                + cause.getMessage()
                + ". Mend the line; a double quote within quotes is written twice.");
      }
    } while (recordLines.size() == 1 && recordLines.get(0).isBlank());
    return true;
  }

  private void noteLines() {
    // None taken: a carriage return within the line had ended the record before this one.
    if (!feed.taken.isEmpty()) {
      recordLines = feed.taken;
    }
  }

  private void resumeBehindFirstLine() throws IOException {
    lines.giveBack(recordLines.subList(1, recordLines.size()));
    recordLines = List.of(recordLines.get(0));
    start();
  }

  @Override
  public Object value(String column) throws UnreadableRecordException {
    return text(record.get(header.get(column)));
  }

  /** The text of which the characters are the UTF-8 bytes. */
  private static String text(String bytes) throws UnreadableRecordException {
    for (int i = 0; i < bytes.length(); i++) {
      if (bytes.charAt(i) >= 0x80) {
        try {
          return StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
              .toString();
        } catch (CharacterCodingException e) {
          throw new UnreadableRecordException(
              UnreadableReason.MALFORMED_LINE, "is not UTF-8. Convert the file to UTF-8.");
        }
      }
    }
    return bytes;
  }

  @Override
  public long offset() {
    return recordLines.get(0).number();
  }

  @Override
  public String place() {
    return file + ":" + offset();
  }

  @Override
  public byte[] raw() {
    return RecordReader.join(recordLines);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  /** A quoted field did not end within reason. */
  private static final class OpenQuoteException extends IOException {
    private static final long serialVersionUID = 1L;

    OpenQuoteException() {
      super("a quoted field does not end within " + MOST_LINES + " lines");
    }
  }

  /** Gives the parser one line at a time, so that it is known which lines a record came from. */
  private final class Feed extends Reader {
    private List<LineReader.Line> taken = new ArrayList<>(1);
    private byte[] line = new byte[0];
    private int position;

    @Override
    public int read(char[] target, int offset, int length) throws IOException {
      if (position == line.length) {
        if (taken.size() == MOST_LINES) {
          throw new OpenQuoteException();
        }
        LineReader.Line next = lines.next();
        if (next == null) {
          return -1;
        }
        taken.add(next);
        line = next.bytes();
        position = 0;
      }
      int count = Math.min(length, line.length - position);
      for (int i = 0; i < count; i++) {
        target[offset + i] = (char) (line[position + i] & 0xff);
      }
      position += count;
      return count;
    }

    @Override
    public void close() {}
  }
}
