package dev.freshet.replay.reader;

import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Recorded actions of one or more files, ordered by event time; those of one time in the order of
 * the files and of the records within them.
 *
 * <p>An action without an id gets one from its position, {@code FILE-RECORD}, both counted and
 * padded with zeros so that the order of the ids is the order of the records: equal records are not
 * duplicates, and reading again gives the same ids.
 *
 * <p>Held as Avro binary, about 20 bytes and the action's own a piece. Immutable; an iterator is
 * for one thread.
 *
 * <pre>{@code
 * RecordedEvents events =
 *     RecordedEvents.read(List.of(Path.of("ratings.csv")), ReadOptions.defaults(), deadLetters::add);
 * for (UserAction action : events) { ... }
 * }</pre>
 */
public final class RecordedEvents implements Iterable<UserAction> {
  private final TimedRecords<UserAction> records = new TimedRecords<>(UserAction.class);
  private final List<String> notes = new ArrayList<>();
  private final Map<UnreadableReason, Long> rejected;

  private RecordedEvents(Map<UnreadableReason, Long> rejected) {
    this.rejected = rejected;
  }

  /**
   * Reads the files.
   *
   * @param deadLetters takes every record that cannot become an action, in the order of reading:
   *     reason is a {@link UnreadableReason}, topic the file's name, partition -1, offset the line
   *     number counted from 1 with the header (of an Avro file the block's byte position), value
   *     the line or block as it was
   * @throws ReplayInputException if a file is missing, or its format, its columns or its unit of
   *     time cannot be found out; the message says what to do
   * @throws IOException if a file cannot be read to its end
   */
  public static RecordedEvents read(
      List<Path> files, ReadOptions options, Consumer<DeadLetter> deadLetters) throws IOException {
    Rejects rejects = new Rejects(deadLetters);
    RecordedEvents events = new RecordedEvents(rejects.counts());
    int digits = Integer.toString(Math.max(0, files.size() - 1)).length();
    for (int i = 0; i < files.size(); i++) {
      String number = Integer.toString(i);
      String prefix = "0".repeat(digits - number.length()) + number + "-";
      EventFile file = new EventFile(files.get(i), options);
      file.read(prefix, events::add, rejects);
      events.notes.add(file.note());
    }
    events.records.sort();
    return events;
  }

  /**
   * Reads the events of other kinds of files.
   *
   * @param reading gives the actions in the files' order, and says for each file what it was taken
   *     for
   */
  static RecordedEvents of(Reading reading, Rejects rejects) throws IOException {
    RecordedEvents events = new RecordedEvents(rejects.counts());
    events.notes.addAll(reading.read(events::add));
    events.records.sort();
    return events;
  }

  /** Reads files and returns notes on them. */
  @FunctionalInterface
  interface Reading {
    List<String> read(Consumer<UserAction> actions) throws IOException;
  }

  private void add(UserAction action) {
    records.add(action, action.getEventTime().toEpochMilli());
  }

  /** Number of actions. */
  public int size() {
    return records.size();
  }

  /** How many records were rejected, by reason; without the reasons of none. */
  public Map<UnreadableReason, Long> rejected() {
    return Map.copyOf(rejected);
  }

  /** For each file what it was taken for: format, columns, unit of time. To be shown. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** Event time of the first action that the predicate accepts. */
  public Optional<Instant> firstEventTime(Predicate<UserAction> accepted) {
    for (UserAction action : this) {
      if (accepted.test(action)) {
        return Optional.of(action.getEventTime());
      }
    }
    return Optional.empty();
  }

  /** The actions in order of event time; every call of {@code next} gives a new object. */
  @Override
  public Iterator<UserAction> iterator() {
    return records.iterator();
  }
}
