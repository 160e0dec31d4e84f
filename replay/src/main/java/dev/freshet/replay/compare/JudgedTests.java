package dev.freshet.replay.compare;

import dev.freshet.evaluation.RankMetric;
import dev.freshet.features.FeatureEvent;
import dev.freshet.replay.judge.JudgedFile;
import dev.freshet.replay.judge.Labels;
import dev.freshet.replay.reader.ReplayInputException;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** The tests of one placement behind the warm-up, as {@link JudgedFile} has them: 21 bytes each. */
final class JudgedTests {

  private final Labels<Long> users;
  private int size;
  private long[] events = new long[1024];
  private long[] wanted = new long[1024];
  private int[] user = new int[1024];
  private byte[] rank = new byte[1024];

  private JudgedTests(Labels<Long> users) {
    this.users = users;
  }

  /**
   * Reads a file.
   *
   * @return the tests by placement, in the order of the file
   * @throws ReplayInputException if it is missing or not such a file; the message says what to do
   */
  static Map<String, JudgedTests> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new ReplayInputException(
          file
              + " is missing: a replay writes it to its --out. One of an older Freshet must be run"
              + " again.");
    }
    Labels<Long> users = new Labels<>();
    Map<String, JudgedTests> placements = new LinkedHashMap<>();
    try (CSVParser lines =
        CSVParser.builder()
            .setReader(
                new BufferedReader(
                    new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(file), 1 << 16),
                        StandardCharsets.UTF_8),
                    1 << 16))
            .setFormat(JudgedFile.FORMAT)
            .get()) {
      boolean head = true;
      for (CSVRecord line : lines) {
        if (head) {
          head = false;
          if (!line.toList().equals(JudgedFile.COLUMNS)) {
            throw new ReplayInputException(
                "%s has the columns %s, not %s: was it written by another version?"
                    .formatted(file, line.toList(), JudgedFile.COLUMNS));
          }
        } else if (line.get(9).equals("0")) {
          placements.computeIfAbsent(line.get(2), placement -> new JudgedTests(users)).add(line);
        }
      }
    } catch (UncheckedIOException
        | EOFException
        | ZipException
        | NumberFormatException
        | ArrayIndexOutOfBoundsException e) {
      throw new ReplayInputException(
          file + " is damaged (" + e.getMessage() + "): run the replay again.", e);
    }
    return Collections.unmodifiableMap(placements);
  }

  private void add(CSVRecord line) {
    if (size == events.length) {
      int larger = size * 3 / 2;
      events = Arrays.copyOf(events, larger);
      wanted = Arrays.copyOf(wanted, larger);
      user = Arrays.copyOf(user, larger);
      rank = Arrays.copyOf(rank, larger);
    }
    long userHash = FeatureEvent.hash(line.get(1));
    events[size] = FeatureEvent.hash(line.get(0));
    wanted[size] = FeatureEvent.hash(line.get(4)) * 31 + Long.parseLong(line.get(3)) + userHash;
    user[size] = users.numberOf(userHash);
    int parsed = Integer.parseInt(line.get(5));
    if (parsed < 0 || parsed > RankMetric.DEEPEST) {
      throw new NumberFormatException(
          "line " + line.getRecordNumber() + ": a rank of " + parsed + " is not within 0 and 20");
    }
    rank[size] = (byte) parsed;
    size++;
  }

  int size() {
    return size;
  }

  /** How many users there are in the whole file. */
  int users() {
    return users.size();
  }

  /** The user's number within the file. */
  int user(int index) {
    return user[index];
  }

  int rank(int index) {
    return rank[index];
  }

  /** Whether two tests are of the same action, that is of the same id, user, item and time. */
  boolean isSame(int index, JudgedTests other, int otherIndex) {
    return events[index] == other.events[otherIndex] && wanted[index] == other.wanted[otherIndex];
  }

  /** Index of the first test that is not the other's of the same index; -1: all are. */
  int firstDifference(JudgedTests other) {
    int common = Math.min(size, other.size);
    for (int index = 0; index < common; index++) {
      if (!isSame(index, other, index)) {
        return index;
      }
    }
    return size == other.size ? -1 : common;
  }
}
