package dev.freshet.ranking.replica;

import java.util.Arrays;

/**
 * A vector for each item, near to those of items that are visited in like company: random indexing
 * (M. Sahlgren: "An Introduction to Random Indexing", 2005). Every item has a fixed index vector of
 * ones and minus ones, drawn by its id's hash; its context vector is the decayed sum of the index
 * vectors of the items that it was visited with. Nothing is trained and nothing left to chance: the
 * same visits give the same vectors, bit for bit.
 *
 * <p>Items near to a direction are found by the signs of their vectors, which are SimHash bits (M.
 * S. Charikar: "Similarity Estimation Techniques from Rounding Algorithms", STOC 2002): each of
 * some tables looks at a window of them, and each bucket of a table keeps the items that came there
 * last and are there still.
 *
 * <p>Weights that decay forward outgrow a float, so a context vector has a scale of its own: its
 * floats times 2^exponent are the sum of the weights. The cosine doesn't depend on it.
 */
public final class ItemVectors implements ItemColumns {

  /** Length of a vector; its signs fill an int. */
  public static final int DIMENSIONS = 32;

  /** The direction of a vector of length 0. */
  public static final long NO_DIRECTION = 0;

  public static final int TABLES = 8;

  /** Signs that a table looks at. */
  public static final int TABLE_BITS = 8;

  /** Items that a bucket keeps. */
  public static final int ITEMS_PER_BUCKET = 32;

  private static final int BUCKETS = 1 << TABLE_BITS;

  /** Buckets of all tables. */
  static final int ALL_BUCKETS = TABLES * BUCKETS;

  /** Exponent of a vector that nothing was added to; no weight has it. */
  static final int ZERO = Integer.MIN_VALUE;

  /** Far below the exponent of any weight: the next one to come outweighs all there is. */
  private static final int LOWEST = -(1 << 20);

  /** When a weight is greater than a vector's scale by more than two to this, the scale follows. */
  private static final int HEADROOM = 40;

  private static final int CHUNK_BITS = 10;
  private static final int CHUNK_ITEMS = 1 << CHUNK_BITS;

  private float[][] vectors = new float[0][];
  private int capacity;
  private final IntColumn exponents;

  /**
   * Direction of each vector: the signs and, in the lower half, bits of one divided by the length;
   * {@link #NO_DIRECTION} for a vector of length 0.
   */
  private final LongColumn directions;

  /** Second copy of the signs of each vector: the search reads many, and nothing beside them. */
  private final IntColumn signs;

  private final RecencyLists buckets;

  /**
   * @param directions takes what is derived of each vector; {@link #NO_DIRECTION} at first
   */
  public ItemVectors(LongColumn directions) {
    this.directions = directions;
    this.exponents = new IntColumn(ZERO);
    this.signs = new IntColumn(0);
    this.buckets = new RecencyLists(ITEMS_PER_BUCKET);
    buckets.ensure(ALL_BUCKETS);
  }

  /** Copies all but what is derived from the vectors. */
  private ItemVectors(ItemVectors original) {
    this.directions = null;
    this.signs = null;
    this.exponents = original.exponents.copy();
    this.buckets = original.buckets.copy();
    this.vectors = Chunks.copy(original.vectors, float[]::clone);
  }

  @Override
  public void ensureItems(int items) {
    exponents.ensure(items);
    directions.ensure(items);
    signs.ensure(items);
    while (capacity < items) {
      int chunk = capacity >>> CHUNK_BITS;
      if (chunk == vectors.length) {
        vectors = Arrays.copyOf(vectors, Math.max(4, 2 * chunk));
      }
      vectors[chunk] = new float[CHUNK_ITEMS * DIMENSIONS];
      capacity += CHUNK_ITEMS;
    }
  }

  /** The index vector of an item by its id's hash: a bit for each dimension, 1 for minus one. */
  public static int indexVector(long hash) {
    return (int) (((hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L) >>> 32);
  }

  /**
   * Adds an index vector to the context of an item; {@link #settle} must follow when all is added.
   *
   * @param weight positive, decayed forward
   */
  public void add(int item, int indexVector, double weight) {
    float[] values = vectors[item >>> CHUNK_BITS];
    int from = from(item);
    int exponent = exponents.get(item);
    int above = Math.getExponent(weight) - exponent;
    if (exponent == ZERO || above > HEADROOM) {
      if (exponent != ZERO) {
        for (int at = from; at < from + DIMENSIONS; at++) {
          values[at] = Math.scalb(values[at], -above);
        }
      }
      exponent = Math.getExponent(weight);
      exponents.set(item, exponent);
    }
    int bits = Float.floatToRawIntBits((float) Math.scalb(weight, -exponent));
    for (int dimension = 0; dimension < DIMENSIONS; dimension++) {
      int sign = (indexVector >>> dimension) << (Integer.SIZE - 1);
      values[from + dimension] += Float.intBitsToFloat(bits ^ sign);
    }
  }

  /** Brings what is derived of an item's vector up to date, and puts it where it is found. */
  public void settle(int item) {
    boolean wasKept = isKnown(item);
    int before = signs.get(item);
    derive(item);
    boolean isKept = isKnown(item);
    int now = signs.get(item);
    for (int table = 0; table < TABLES; table++) {
      boolean moves = bucket(table, before) != bucket(table, now);
      if (wasKept && (moves || !isKept)) {
        buckets.remove(bucket(table, before), item);
      }
      if (isKept && (moves || !wasKept)) {
        buckets.put(bucket(table, now), item);
      }
    }
  }

  private void derive(int item) {
    float[] values = vectors[item >>> CHUNK_BITS];
    int from = from(item);
    float squares = dot(values, from, values, from);
    int signs = signs(values, from);
    int perLength = Float.floatToRawIntBits((float) (1 / Math.sqrt(squares)));
    directions.set(item, squares > 0 ? (long) signs << Integer.SIZE | perLength : NO_DIRECTION);
    this.signs.set(item, signs);
  }

  /** The signs of a vector, a bit for each dimension, 1 for less than zero. */
  public static int signs(float[] values, int from) {
    int signs = 0;
    for (int dimension = 0; dimension < DIMENSIONS; dimension++) {
      signs |= (Float.floatToRawIntBits(values[from + dimension]) >>> 31) << dimension;
    }
    return signs;
  }

  /** The dimension whose sign is a bit, from 0, of a table's window. */
  public static int dimension(int table, int bit) {
    return (table * (DIMENSIONS / TABLES) + bit) % DIMENSIONS;
  }

  /** Number of the bucket that a table has for some signs. */
  public static int bucket(int table, int signs) {
    int window = Integer.rotateRight(signs, table * (DIMENSIONS / TABLES));
    return table * BUCKETS + (window & (BUCKETS - 1));
  }

  /** The items of each bucket, the one that came last first. */
  public RecencyLists buckets() {
    return buckets;
  }

  /** The signs of an item's vector. */
  public int signs(int item) {
    return signs.get(item);
  }

  /** Whether there is a direction to an item's vector. */
  public boolean isKnown(int item) {
    return directions.get(item) != NO_DIRECTION;
  }

  /** Adds an item's vector, brought to a length, to another. */
  public void addTo(float[] sum, int item, float length) {
    float[] values = vectors[item >>> CHUNK_BITS];
    int from = from(item);
    float scale = length * perLength(item);
    for (int dimension = 0; dimension < DIMENSIONS; dimension++) {
      sum[dimension] += scale * values[from + dimension];
    }
  }

  private float perLength(int item) {
    return Float.intBitsToFloat((int) directions.get(item));
  }

  /**
   * Computes the dot product in four sums, which a processor adds in parallel. The four are always
   * the same.
   */
  public static float dot(float[] left, int leftFrom, float[] right, int rightFrom) {
    float first = 0;
    float second = 0;
    float third = 0;
    float fourth = 0;
    for (int at = 0; at < DIMENSIONS; at += 4) {
      first += left[leftFrom + at] * right[rightFrom + at];
      second += left[leftFrom + at + 1] * right[rightFrom + at + 1];
      third += left[leftFrom + at + 2] * right[rightFrom + at + 2];
      fourth += left[leftFrom + at + 3] * right[rightFrom + at + 3];
    }
    return first + second + (third + fourth);
  }

  static int from(int item) {
    return (item & (CHUNK_ITEMS - 1)) * DIMENSIONS;
  }

  /** Follows the landmark of the weights: those to come are less by a power of two. */
  public void scale(int exponent, int items) {
    for (int item = 0; item < items; item++) {
      if (exponents.get(item) != ZERO) {
        exponents.set(item, Math.max(exponents.get(item) + exponent, LOWEST));
      }
    }
  }

  @Override
  public void forget(int[] evicted) {
    for (int item : evicted) {
      if (isKnown(item)) {
        for (int table = 0; table < TABLES; table++) {
          buckets.remove(bucket(table, signs.get(item)), item);
        }
      }
      exponents.clear(item);
      directions.clear(item);
      signs.clear(item);
      int from = from(item);
      Arrays.fill(vectors[item >>> CHUNK_BITS], from, from + DIMENSIONS, 0);
    }
  }

  /** Does nothing: {@link #forget} has removed all references to evicted items. */
  @Override
  public void purge(int item) {}

  @Override
  public long bytes() {
    return HeapSize.array(vectors.length, HeapSize.REFERENCE)
        + (capacity >>> CHUNK_BITS) * HeapSize.array(CHUNK_ITEMS * DIMENSIONS, Float.BYTES)
        + exponents.bytes()
        + directions.bytes()
        + signs.bytes()
        + buckets.bytes();
  }

  /** A deep copy of the vectors and the buckets, without what is derived of the vectors. */
  ItemVectors frozen() {
    return new ItemVectors(this);
  }

  /** Two to this scales an item's {@link #values}; {@link #ZERO}: nothing was added to them. */
  int exponent(int item) {
    return exponents.get(item);
  }

  /** The array that has an item's vector, from {@link #from} on. */
  float[] values(int item) {
    return vectors[item >>> CHUNK_BITS];
  }

  /** Sets the exponent of an item whose {@link #values} were set; buckets stay as they are. */
  void restore(int item, int exponent) {
    exponents.set(item, exponent);
    derive(item);
  }
}
