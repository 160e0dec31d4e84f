package dev.freshet.ranking.replica;

import dev.freshet.features.FeatureEvent;
import dev.freshet.yaml.Nullable;
import java.util.Arrays;

/**
 * Gives each text a small number, so that everything else about it lives in plain arrays: items are
 * numbered by their ids, attribute values by themselves. Open addressing with linear probing, on
 * the 64-bit hash that the whole of Freshet has of a text ({@link FeatureEvent#hash}); lookups
 * neither box nor allocate.
 *
 * <p>The table comes in segments that grow each by itself, so that no text waits for a whole table.
 */
public final class ItemIndex {

  public static final int ABSENT = -1;

  private static final int SEGMENT_BITS = 8;
  private static final int SMALLEST_SEGMENT = 4;

  private static final int CHUNK_BITS = 12;
  private static final int CHUNK = 1 << CHUNK_BITS;

  /** Number plus one by slot, for each segment; 0: free. The length is a power of two. */
  private final int[][] segments;

  private final int[] segmentSizes = new int[1 << SEGMENT_BITS];
  private final LongColumn hashes = new LongColumn(0);
  private String[][] ids = new String[0][];
  private int numbers;
  private int size;

  /** Numbers that belong to nothing and may be given, the last first. */
  private int[] released = new int[0];

  private int releasedCount;
  private long idBytes;

  ItemIndex() {
    segments = new int[1 << SEGMENT_BITS][SMALLEST_SEGMENT];
  }

  /** Texts and free numbers alone: a snapshot contains no more. */
  private ItemIndex(ItemIndex original) {
    segments = null;
    ids = Chunks.copy(original.ids, String[]::clone);
    numbers = original.numbers;
    released = original.released.clone();
    releasedCount = original.releasedCount;
  }

  /** A deep copy of the texts and the free numbers, in which nothing can be found. */
  ItemIndex frozen() {
    return new ItemIndex(this);
  }

  /** How many texts have a number. */
  int size() {
    return size;
  }

  /** All numbers ever given are below this. */
  int numbers() {
    return numbers;
  }

  /** The text of a number, null if it belongs to none. */
  String id(int number) {
    return ids[number >>> CHUNK_BITS][number & (CHUNK - 1)];
  }

  /** The {@link FeatureEvent#hash} of a number's text. */
  long hash(int number) {
    return hashes.get(number);
  }

  /** The text's number, or {@link #ABSENT}. */
  int find(String id) {
    return find(id, 0);
  }

  /** The number of a text's end from a char on, or {@link #ABSENT}. */
  int find(String text, int from) {
    return find(FeatureEvent.hash(text, from), text, from);
  }

  private int find(long hash, String text, int from) {
    int[] segment = segments[segment(hash)];
    int mask = segment.length - 1;
    for (int slot = (int) hash & mask; segment[slot] != 0; slot = (slot + 1) & mask) {
      int number = segment[slot] - 1;
      if (hashes.get(number) == hash && isEndOf(id(number), text, from)) {
        return number;
      }
    }
    return ABSENT;
  }

  private static boolean isEndOf(String id, String text, int from) {
    return from == 0
        ? id.equals(text)
        : id.length() == text.length() - from && text.startsWith(id, from);
  }

  /**
   * The number of a text with this {@link FeatureEvent#hash}, or {@link #ABSENT}. Of two texts with
   * the same hash, which chance alone doesn't bring about, it may be either's.
   */
  int find(long hash) {
    int[] segment = segments[segment(hash)];
    int mask = segment.length - 1;
    for (int slot = (int) hash & mask; segment[slot] != 0; slot = (slot + 1) & mask) {
      if (hashes.get(segment[slot] - 1) == hash) {
        return segment[slot] - 1;
      }
    }
    return ABSENT;
  }

  /** The text's number; a text that had none is given one. */
  int findOrAdd(String id) {
    return findOrAdd(id, 0);
  }

  /** The number of a text's end from a char on; if it had none, it is given one. */
  int findOrAdd(String text, int from) {
    long hash = FeatureEvent.hash(text, from);
    int number = find(hash, text, from);
    if (number == ABSENT) {
      number = releasedCount > 0 ? released[--releasedCount] : nextNumber();
      put(number, text.substring(from), hash);
    }
    return number;
  }

  private int nextNumber() {
    int chunk = numbers >>> CHUNK_BITS;
    if (chunk == ids.length) {
      ids = Arrays.copyOf(ids, Math.max(4, 2 * chunk));
    }
    if ((numbers & (CHUNK - 1)) == 0) {
      ids[chunk] = new String[CHUNK];
      hashes.ensure(numbers + CHUNK);
    }
    return numbers++;
  }

  private void put(int number, String id, long hash) {
    ids[number >>> CHUNK_BITS][number & (CHUNK - 1)] = id;
    hashes.set(number, hash);
    idBytes += HeapSize.string(id);
    size++;
    int segment = segment(hash);
    segmentSizes[segment]++;
    if (3 * segmentSizes[segment] > 2 * segments[segment].length) {
      grow(segment);
    }
    place(segments[segment], number, hash);
  }

  private void grow(int segment) {
    int[] before = segments[segment];
    int[] grown = new int[2 * before.length];
    for (int entry : before) {
      if (entry != 0) {
        place(grown, entry - 1, hashes.get(entry - 1));
      }
    }
    segments[segment] = grown;
  }

  private static void place(int[] segment, int number, long hash) {
    int mask = segment.length - 1;
    int slot = (int) hash & mask;
    while (segment[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    segment[slot] = number + 1;
  }

  /** Segments go by the high bits of the hash, slots by the low ones. */
  private static int segment(long hash) {
    return (int) (hash >>> (Long.SIZE - SEGMENT_BITS));
  }

  /** Forgets a number's text. The number itself isn't given again until it is released. */
  void remove(int number) {
    long hash = hashes.get(number);
    int segmentNumber = segment(hash);
    int[] segment = segments[segmentNumber];
    int mask = segment.length - 1;
    int hole = (int) hash & mask;
    while (segment[hole] != number + 1) {
      hole = (hole + 1) & mask;
    }
    // An entry that may stand in the hole moves there, or no search would find it behind the hole.
    for (int slot = (hole + 1) & mask; segment[slot] != 0; slot = (slot + 1) & mask) {
      int home = (int) hashes.get(segment[slot] - 1) & mask;
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        segment[hole] = segment[slot];
        hole = slot;
      }
    }
    segment[hole] = 0;
    segmentSizes[segmentNumber]--;
    idBytes -= HeapSize.string(id(number));
    ids[number >>> CHUNK_BITS][number & (CHUNK - 1)] = null;
    size--;
  }

  /** The number of a text that was removed may be given to another from now on. */
  void release(int number) {
    if (releasedCount == released.length) {
      released = Arrays.copyOf(released, Math.max(16, 2 * releasedCount));
    }
    released[releasedCount++] = number;
  }

  /** How many numbers belong to nothing and may be given. */
  int releasedCount() {
    return releasedCount;
  }

  /** A number that may be given, at a place from 0; the last one is given first. */
  int released(int place) {
    return released[place];
  }

  /**
   * Gives the next number, which must never have been given, to a text.
   *
   * @param text null: the number belongs to none
   */
  void restore(@Nullable String text) {
    int number = nextNumber();
    if (text != null) {
      put(number, text, FeatureEvent.hash(text));
    }
  }

  /** Roughly what it takes of the heap, with the texts. */
  long bytes() {
    long bytes =
        idBytes
            + hashes.bytes()
            + HeapSize.array(ids.length, HeapSize.REFERENCE)
            + ((numbers + CHUNK - 1) >>> CHUNK_BITS) * HeapSize.array(CHUNK, HeapSize.REFERENCE)
            + HeapSize.array(released.length, Integer.BYTES)
            + HeapSize.array(segments.length, HeapSize.REFERENCE)
            + HeapSize.array(segmentSizes.length, Integer.BYTES);
    for (int[] segment : segments) {
      bytes += HeapSize.array(segment.length, Integer.BYTES);
    }
    return bytes;
  }
}
