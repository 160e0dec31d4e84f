package dev.freshet.replay.reader;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** Cuts a file into lines without touching their bytes. */
final class LineReader implements Closeable {
  /**
   * The bound is above the length of any record; a file without line ends is recognised before
   * memory is full.
   */
  private static final int LONGEST_LINE = 1 << 28;

  /** A line with its end ({@code \n}), except for the last one of a file. Numbers start at 1. */
  @SuppressWarnings("ArrayRecordComponent") // Lines are never compared.
  record Line(long number, byte[] bytes) {
    boolean isBlank() {
      for (byte b : bytes) {
        if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
          return false;
        }
      }
      return true;
    }
  }

  private final Path file;
  private final InputStream in;
  private final Deque<Line> returned = new ArrayDeque<>();
  private byte[] buffer = new byte[1 << 16];
  private int start;
  private int end;
  private long lines;

  /** Number of bytes by which the last {@link #fill} moved the buffer's content to the front. */
  private int shifted;

  LineReader(Path file) throws IOException {
    this.file = file;
    this.in = RecordReader.bytes(file);
  }

  /** The next line, null at the end. */
  Line next() throws IOException {
    if (!returned.isEmpty()) {
      return returned.pop();
    }
    int scanned = start;
    while (true) {
      for (int i = scanned; i < end; i++) {
        if (buffer[i] == '\n') {
          return take(i + 1);
        }
      }
      scanned = end;
      if (!fill()) {
        return start == end ? null : take(end);
      }
      scanned -= shifted;
    }
  }

  /** Gives lines back, to be read again. */
  void giveBack(List<Line> again) {
    for (int i = again.size() - 1; i >= 0; i--) {
      returned.push(again.get(i));
    }
  }

  private Line take(int to) {
    lines++;
    int from = start;
    start = to;
    // A byte order mark says nothing in UTF-8.
    if (lines == 1
        && to - from >= 3
        && buffer[from] == (byte) 0xef
        && buffer[from + 1] == (byte) 0xbb
        && buffer[from + 2] == (byte) 0xbf) {
      from += 3;
    }
    return new Line(lines, Arrays.copyOfRange(buffer, from, to));
  }

  private boolean fill() throws IOException {
    shifted = start;
    System.arraycopy(buffer, start, buffer, 0, end - start);
    end -= start;
    start = 0;
    if (end == buffer.length) {
      if (end >= LONGEST_LINE) {
        throw new ReplayInputException(
            file
                + ": line "
                + (lines + 1)
                + " is longer than "
                + (LONGEST_LINE >> 20)
                + " MiB. Is the format right? One record a line is expected.");
      }
      buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }
    int read = in.read(buffer, end, buffer.length - end);
    if (read < 0) {
      return false;
    }
    end += read;
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
