package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;
import java.util.Arrays;

/**
 * All sessions of the events: those that pauses make, and beside them those that the producer
 * names, by the hash of their id. Of the latter the {@value #MAX_NAMED} with the smallest hashes
 * are kept. That is a choice that depends on the set of ids alone, and so does what is counted for
 * a kept one, since it was among the smallest ever since its first event.
 */
final class Sessions implements Accumulator {
  /** Named sessions that are kept at most. */
  static final int MAX_NAMED = 16;

  private final long gap;
  private final SessionType.Give give;

  /** Stretches of events with no pause longer than the gap, oldest first. */
  private long[] first = new long[2];

  private long[] last = new long[2];
  private long[] count = new long[2];
  private int size;

  /** Hashes of the producer's session ids, ascending as unsigned numbers. */
  private final long[] name = new long[MAX_NAMED];

  private final long[] namedFirst = new long[MAX_NAMED];
  private final long[] namedLast = new long[MAX_NAMED];
  private final long[] namedCount = new long[MAX_NAMED];
  private int named;

  Sessions(long gap, SessionType.Give give) {
    this.gap = gap;
    this.give = give;
  }

  @Override
  public void clear() {
    size = 0;
    named = 0;
  }

  @Override
  public boolean isEmpty() {
    return size == 0;
  }

  @Override
  public void add(FeatureEvent event) {
    include(event.time, event.time, 1);
    if (event.session != null) {
      includeNamed(FeatureEvent.hash(event.session), event.time, event.time, 1);
    }
  }

  @Override
  public void merge(Accumulator other) {
    Sessions from = (Sessions) other;
    for (int i = 0; i < from.size; i++) {
      include(from.first[i], from.last[i], from.count[i]);
    }
    for (int i = 0; i < from.named; i++) {
      includeNamed(from.name[i], from.namedFirst[i], from.namedLast[i], from.namedCount[i]);
    }
  }

  /** Joins a stretch of events with those that it touches. */
  private void include(long from, long to, long events) {
    int start = 0;
    while (start < size && from - last[start] > gap) {
      start++;
    }
    long newFirst = from;
    long newLast = to;
    long newCount = events;
    int end = start;
    while (end < size && first[end] - newLast <= gap) {
      newFirst = Math.min(newFirst, first[end]);
      newLast = Math.max(newLast, last[end]);
      newCount += count[end];
      end++;
    }
    replace(start, end);
    first[start] = newFirst;
    last[start] = newLast;
    count[start] = newCount;
  }

  /** Makes one place of those from {@code start} to before {@code end}. */
  private void replace(int start, int end) {
    requireRoom();
    System.arraycopy(first, end, first, start + 1, size - end);
    System.arraycopy(last, end, last, start + 1, size - end);
    System.arraycopy(count, end, count, start + 1, size - end);
    size += 1 - (end - start);
  }

  /** Makes room for one stretch more. */
  private void requireRoom() {
    if (size == first.length) {
      first = Arrays.copyOf(first, 2 * size);
      last = Arrays.copyOf(last, 2 * size);
      count = Arrays.copyOf(count, 2 * size);
    }
  }

  private void includeNamed(long hash, long from, long to, long events) {
    int at = 0;
    while (at < named && Long.compareUnsigned(name[at], hash) < 0) {
      at++;
    }
    if (at < named && name[at] == hash) {
      namedFirst[at] = Math.min(namedFirst[at], from);
      namedLast[at] = Math.max(namedLast[at], to);
      namedCount[at] += events;
      return;
    }
    if (at == MAX_NAMED) {
      return;
    }
    int moved = Math.min(named, MAX_NAMED - 1) - at;
    System.arraycopy(name, at, name, at + 1, moved);
    System.arraycopy(namedFirst, at, namedFirst, at + 1, moved);
    System.arraycopy(namedLast, at, namedLast, at + 1, moved);
    System.arraycopy(namedCount, at, namedCount, at + 1, moved);
    name[at] = hash;
    namedFirst[at] = from;
    namedLast[at] = to;
    namedCount[at] = events;
    named = Math.min(named + 1, MAX_NAMED);
  }

  /**
   * The stretches, the oldest by its time and each further one by the pause before it, then to the
   * end the named sessions, by their distance from the two ends.
   */
  @Override
  public void write(ByteWriter out) {
    out.writeVarint(size);
    for (int i = 0; i < size; i++) {
      if (i == 0) {
        out.writeSigned(first[0]);
      } else {
        out.writeVarint(first[i] - last[i - 1]);
      }
      out.writeVarint(last[i] - first[i]);
      out.writeVarint(count[i]);
    }
    for (int i = 0; i < named; i++) {
      out.writeLong(name[i]);
      out.writeVarint(namedFirst[i] - first[0]);
      out.writeVarint(last[size - 1] - namedLast[i]);
      out.writeVarint(namedCount[i]);
    }
  }

  @Override
  public void read(ByteReader in) {
    size = 0;
    int stretches = in.readLength();
    if (stretches == 0) {
      throw new FeatureLayoutException("no stretch of events");
    }
    while (size < stretches) {
      requireRoom();
      first[size] = size == 0 ? in.readSigned() : last[size - 1] + in.readVarint();
      last[size] = first[size] + in.readVarint();
      count[size] = in.readVarint();
      if (last[size] < first[size]
          || count[size] <= 0
          || (size > 0 && first[size] - last[size - 1] <= gap)) {
        throw new FeatureLayoutException("a stretch of events that can't be");
      }
      size++;
    }
    named = 0;
    while (in.hasRemaining()) {
      if (named == MAX_NAMED) {
        throw new FeatureLayoutException("more than " + MAX_NAMED + " named sessions");
      }
      name[named] = in.readLong();
      namedFirst[named] = first[0] + in.readVarint();
      namedLast[named] = last[size - 1] - in.readVarint();
      namedCount[named] = in.readVarint();
      if (namedFirst[named] < first[0]
          || namedLast[named] < namedFirst[named]
          || namedLast[named] > last[size - 1]
          || namedCount[named] <= 0
          || (named > 0 && Long.compareUnsigned(name[named - 1], name[named]) >= 0)) {
        throw new FeatureLayoutException("a named session that can't be");
      }
      named++;
    }
  }

  /** As of a time more than the gap after its newest event, the session is over. */
  @Override
  public Object valueAt(long time) {
    if (size == 0 || time - last[size - 1] > gap) {
      return give == SessionType.Give.START ? null : 0L;
    }
    int at = newestNamed();
    long start = at < 0 ? first[size - 1] : namedFirst[at];
    return switch (give) {
      case POSITION -> at < 0 ? count[size - 1] : namedCount[at];
      case LENGTH -> last[size - 1] - start;
      case START -> start;
    };
  }

  /** The named session of the newest event; -1 if it has none, or one that isn't kept. */
  private int newestNamed() {
    for (int i = 0; i < named; i++) {
      if (namedLast[i] == last[size - 1]) {
        return i;
      }
    }
    return -1;
  }
}
