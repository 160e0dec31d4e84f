package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;
import java.util.Arrays;

/**
 * The texts of a field that weigh most, of which at most {@code capacity} are kept. Up to as many
 * different texts all weights are exact, in any order of events. Beyond that it is Space-Saving: a
 * new text takes the place of the lightest one and its weight, so a weight may be too high, never
 * too low, by at most (all weight added) / {@code capacity}, and a text of more than that is never
 * missing. After A. Metwally, D. Agrawal, A. El Abbadi: "Efficient Computation of Frequent and
 * Top-k Elements in Data Streams", ICDT 2005; merged, with the same bound, after M. Cafaro, M.
 * Pulimeno, P. Tempesta: "A parallel space saving algorithm for frequent items and the Hurwitz zeta
 * distribution", Information Sciences 329, 2016.
 *
 * <p>A weight is some words, of which subclasses know the meaning; zero is all words zero.
 */
abstract class FrequentTexts implements Accumulator {
  private static final int MAX_SIZE = 1_000;
  private static final int MAX_CAPACITY = 10_000;

  private final EventField field;
  private final int capacity;
  private final int words;

  /** Sorted by text. */
  final TextEntries entries;

  /** Scratch: the weight to be added. */
  private final long[] weight;

  /** Scratch: the weight of the lightest text, here and in the other one of a merge. */
  private final long[] least;

  private final long[] otherLeast;

  private boolean[] kept = {};
  private int[] ranks = {};

  /**
   * @param words numbers that a weight consists of
   */
  FrequentTexts(EventField field, int capacity, int words) {
    this.field = field;
    this.capacity = capacity;
    this.words = words;
    entries = new TextEntries(words);
    weight = new long[words];
    least = new long[words];
    otherLeast = new long[words];
  }

  /** The key {@code size}: how many texts a value shows. */
  static int size(Parameters parameters, int usual) {
    return parameters.wholeNumber("size", usual, 1, MAX_SIZE);
  }

  /** The key {@code capacity}: how many texts are kept, at least {@code size}. */
  static int capacity(Parameters parameters, int usual, int size) {
    int capacity = parameters.wholeNumber("capacity", Math.max(usual, size), 1, MAX_CAPACITY);
    if (capacity < size) {
      parameters.problem(
          "capacity", capacity + " is less than the size, " + size, "Write at least the size.");
      return size;
    }
    return capacity;
  }

  /**
   * Sets what an event adds to each of its texts.
   *
   * @return false if it adds nothing
   */
  abstract boolean weigh(FeatureEvent event, long[] toWeight);

  /** Makes weights of both comparable by changing those here; the other isn't changed. */
  abstract void align(FrequentTexts other);

  /** Copies a weight of another, made comparable. */
  abstract void load(FrequentTexts other, int index, long[] toWeight);

  /** Adds a weight to another. */
  abstract void add(long[] to, int at, long[] more);

  /** The order of two weights. */
  abstract int compare(long[] one, int at, long[] other, int otherAt);

  /** Writes what all weights have in common. */
  abstract void writeHead(ByteWriter out);

  abstract void readHead(ByteReader in);

  abstract void writeWeight(ByteWriter out, long[] from, int at);

  abstract void readWeight(ByteReader in, long[] to, int at);

  @Override
  public void clear() {
    entries.clear();
  }

  @Override
  public final boolean isEmpty() {
    return entries.size() == 0;
  }

  @Override
  public final void add(FeatureEvent event) {
    if (weigh(event, weight)) {
      int count = field.count(event);
      for (int i = 0; i < count; i++) {
        entries.seek(field.text(event, i));
        count();
      }
    }
  }

  /** Adds the weight to the sought text. */
  private void count() {
    int index = entries.find();
    if (index >= 0) {
      add(entries.numbers(), entries.at(index), weight);
      return;
    }
    int place = -1 - index;
    Arrays.fill(least, 0);
    if (entries.size() == capacity) {
      int lightest = lightest();
      copy(entries.numbers(), entries.at(lightest), least);
      entries.remove(lightest);
      place -= lightest < place ? 1 : 0;
    }
    entries.insert(place);
    set(place, weight);
    add(entries.numbers(), entries.at(place), least);
  }

  @Override
  public final void merge(Accumulator other) {
    FrequentTexts from = (FrequentTexts) other;
    align(from);
    leastOf(this, least);
    leastOf(from, otherLeast);
    if (!isZero(otherLeast)) {
      for (int i = 0; i < entries.size(); i++) {
        from.entries.seek(entries, i);
        if (from.entries.find() < 0) {
          add(entries.numbers(), entries.at(i), otherLeast);
        }
      }
    }
    for (int i = 0; i < from.entries.size(); i++) {
      load(from, i, weight);
      if (isZero(weight)) {
        continue;
      }
      entries.seek(from.entries, i);
      int index = entries.find();
      if (index >= 0) {
        add(entries.numbers(), entries.at(index), weight);
      } else {
        int place = -1 - index;
        entries.insert(place);
        set(place, weight);
        add(entries.numbers(), entries.at(place), least);
      }
    }
    keepHeaviest();
  }

  /** What a text may weigh that isn't there: the least weight that is, if all places are taken. */
  private void leastOf(FrequentTexts texts, long[] toWeight) {
    Arrays.fill(toWeight, 0);
    for (int i = 0; texts.entries.size() == capacity && i < capacity; i++) {
      load(texts, i, weight);
      if (i == 0 || compare(weight, 0, toWeight, 0) < 0) {
        copy(weight, 0, toWeight);
      }
    }
  }

  private void keepHeaviest() {
    int size = entries.size();
    if (size <= capacity) {
      return;
    }
    int[] ranked = ranked();
    if (kept.length < size) {
      kept = new boolean[2 * size];
    }
    Arrays.fill(kept, 0, size, false);
    for (int i = 0; i < capacity; i++) {
      kept[ranked[i]] = true;
    }
    entries.retain(kept);
  }

  /** Removes texts that weigh nothing. */
  final void removeZeros() {
    int size = entries.size();
    if (kept.length < size) {
      kept = new boolean[2 * size];
    }
    for (int i = 0; i < size; i++) {
      kept[i] = !isZero(entries.numbers(), entries.at(i));
    }
    entries.retain(kept);
  }

  /** Finds the lightest entry; of several, the last in the order of texts. */
  private int lightest() {
    int lightest = 0;
    for (int i = 1; i < entries.size(); i++) {
      if (compareWeights(i, lightest) <= 0) {
        lightest = i;
      }
    }
    return lightest;
  }

  private int compareWeights(int one, int other) {
    return compare(entries.numbers(), entries.at(one), entries.numbers(), entries.at(other));
  }

  /**
   * Indices of the entries, the heaviest first, texts of the same weight in their order; the array
   * is longer than there are entries. A heap sort, since it needs no objects.
   */
  final int[] ranked() {
    int size = entries.size();
    if (ranks.length < size) {
      ranks = new int[2 * size];
    }
    for (int i = 0; i < size; i++) {
      ranks[i] = i;
    }
    for (int i = size / 2 - 1; i >= 0; i--) {
      sink(i, size);
    }
    for (int end = size - 1; end > 0; end--) {
      int last = ranks[0];
      ranks[0] = ranks[end];
      ranks[end] = last;
      sink(0, end);
    }
    return ranks;
  }

  private void sink(int from, int end) {
    int parent = from;
    int moved = ranks[from];
    for (int child = 2 * parent + 1; child < end; child = 2 * parent + 1) {
      if (child + 1 < end && isBefore(ranks[child], ranks[child + 1])) {
        child++;
      }
      if (!isBefore(moved, ranks[child])) {
        break;
      }
      ranks[parent] = ranks[child];
      parent = child;
    }
    ranks[parent] = moved;
  }

  private boolean isBefore(int one, int other) {
    int order = compareWeights(one, other);
    return order == 0 ? one < other : order > 0;
  }

  private void set(int index, long[] from) {
    System.arraycopy(from, 0, entries.numbers(), entries.at(index), words);
  }

  private void copy(long[] from, int at, long[] to) {
    System.arraycopy(from, at, to, 0, words);
  }

  private boolean isZero(long[] of) {
    return isZero(of, 0);
  }

  private boolean isZero(long[] of, int at) {
    for (int i = 0; i < words; i++) {
      if (of[at + i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** What is common; number of texts; each text with its weight, in the order of texts. */
  @Override
  public final void write(ByteWriter out) {
    writeHead(out);
    out.writeVarint(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      entries.write(i, out);
      writeWeight(out, entries.numbers(), entries.at(i));
    }
  }

  @Override
  public final void read(ByteReader in) {
    clear();
    readHead(in);
    int count = in.readLength();
    if (count > capacity) {
      throw new FeatureLayoutException(count + " texts where there are at most " + capacity);
    }
    for (int i = 0; i < count; i++) {
      entries.append(in);
      readWeight(in, entries.numbers(), entries.at(i));
    }
    in.requireEnd();
  }
}
