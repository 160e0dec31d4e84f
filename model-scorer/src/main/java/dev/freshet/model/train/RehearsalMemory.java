package dev.freshet.model.train;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * A bounded sample of earlier lists with a positive label, in which newer ones are more likely: a
 * list's chance halves with every half-life that passes. Sampling without replacement by weight
 * (Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006) with a weight that
 * grows with the round (Cormode et al., "Forward decay", 2009): each list has a value of its own
 * that never changes, and those with the largest stay. What is remembered is therefore a function
 * of the set of lists and their rounds, not of the order in which they came.
 *
 * <p>Not thread safe.
 */
public final class RehearsalMemory {
  private static final int KIND = 0x464C524D; // FLRM
  private static final int VERSION = 1;
  private static final int FRAME_BYTES = 4 * Integer.BYTES;
  private static final int LIST_BYTES = 2 * Long.BYTES + 2 * Integer.BYTES;

  /** Orders lists so that those that stay longest come first. */
  private record Entry(double value, long round, LearningExample example) {
    static final Comparator<Entry> ORDER =
        Comparator.comparingDouble(Entry::value)
            .reversed()
            .thenComparing(Entry::example, LearningExample.ORDER)
            .thenComparingLong(Entry::round);
  }

  private final int capacity;
  private final double growth;
  private final long seed;
  private final TreeSet<Entry> entries;
  private long listBytes;

  /** An empty memory of {@link LearningOptions#rehearsalLists} lists at most. */
  public RehearsalMemory(LearningOptions options) {
    capacity = options.rehearsalLists();
    growth = StrictMath.log(2) / options.rehearsalHalfLife();
    seed = options.seed();
    entries = new TreeSet<>(Entry.ORDER);
  }

  /** Returns an independent copy of this memory. The lists themselves are shared. */
  public RehearsalMemory copy() {
    return new RehearsalMemory(this);
  }

  private RehearsalMemory(RehearsalMemory other) {
    capacity = other.capacity;
    growth = other.growth;
    seed = other.seed;
    entries = new TreeSet<>(other.entries);
    listBytes = other.listBytes;
  }

  /**
   * Offers lists; those without a positive label are left out. Offering a list again in the same
   * round changes nothing.
   *
   * @param round whose examples they are
   */
  public void add(long round, Collection<LearningExample> examples) {
    for (LearningExample example : examples) {
      if (example.list().hasPositive()) {
        add(round, example);
      }
    }
  }

  private void add(long round, LearningExample example) {
    Entry entry = new Entry(growth * round + gumbel(example.key()), round, example);
    if (!entries.add(entry)) {
      return;
    }
    listBytes += bytes(example.list());
    if (entries.size() > capacity) {
      listBytes -= bytes(entries.pollLast().example().list());
    }
  }

  /** Returns how many lists are remembered. */
  public int size() {
    return entries.size();
  }

  /** Returns how long {@link #toBytes} is now; in memory it is little more. */
  public long bytes() {
    return FRAME_BYTES + listBytes;
  }

  /** Returns the lists in an order that depends on their content alone. */
  List<RankingExample> lists() {
    List<RankingExample> lists = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      lists.add(entry.example().list());
    }
    return lists;
  }

  /** Returns this memory as bytes: the same for the same lists, on every machine. */
  public byte[] toBytes() {
    CheckedBytes.Writer writer = new CheckedBytes.Writer(KIND, VERSION, Math.toIntExact(bytes()));
    writer.putInt(entries.size());
    for (Entry entry : entries) {
      RankingExample list = entry.example().list();
      writer.putLong(entry.round());
      writer.putLong(entry.example().key());
      writer.putInt(list.count());
      writer.putInt(list.features());
      writer.putFloats(list.rows());
      writer.putFloats(list.labels());
      writer.putFloats(list.weights());
    }
    return writer.toBytes();
  }

  /**
   * Reads what {@link #toBytes} wrote. If the options have changed since, the new ones apply: a
   * smaller memory drops at once the lists that do not fit.
   *
   * @throws IllegalArgumentException if the bytes are of something else or of another version, or
   *     are damaged
   */
  public static RehearsalMemory read(byte[] bytes, LearningOptions options) {
    CheckedBytes.Reader reader = new CheckedBytes.Reader("a memory of lists", KIND, VERSION, bytes);
    RehearsalMemory memory = new RehearsalMemory(options);
    int size = reader.getInt();
    for (int i = 0; i < size; i++) {
      long round = reader.getLong();
      long key = reader.getLong();
      int count = reader.getInt();
      int features = reader.getInt();
      reader.require(
          count >= 1 && features >= 1 && (long) count * features <= bytes.length,
          "a list has %d rows of %d features".formatted(count, features));
      float[] rows = reader.getFloats(count * features);
      float[] labels = reader.getFloats(count);
      float[] weights = reader.getFloats(count);
      memory.add(round, new LearningExample(key, new RankingExample(rows, count, labels, weights)));
    }
    reader.end();
    return memory;
  }

  private static long bytes(RankingExample list) {
    return LIST_BYTES
        + (long) Float.BYTES * (list.rows().length + list.labels().length + list.weights().length);
  }

  /**
   * A draw from the Gumbel distribution, a function of the key and the seed. The order of such
   * draws plus the logarithm of a weight is that of sampling by weight.
   */
  private double gumbel(long key) {
    double uniform = ((mix(key + mix(seed)) >>> 11) + 0.5) * 0x1p-53;
    return -StrictMath.log(-StrictMath.log(uniform));
  }

  /** Mixes all bits (Steele et al., "Fast splittable pseudorandom number generators", 2014). */
  static long mix(long bits) {
    long mixed = bits + 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
