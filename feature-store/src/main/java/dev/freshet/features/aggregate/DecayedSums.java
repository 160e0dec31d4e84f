package dev.freshet.features.aggregate;

/**
 * Sums of decayed weights that are exact: the same bits whatever the order in which events are
 * added and however sums are merged. For many sums side by side, that all have one epoch.
 *
 * <p>It is forward decay (see {@link ForwardDecay}) in whole numbers. Time is cut into epochs of
 * {@value #HALF_LIVES} half-lives. An event counts 2^(h + 20) x its weight, h half-lives after its
 * epoch's begin, rounded once to a whole number, so its weight is right to 2^-21. Whole numbers add
 * up exactly. A sum keeps two of them, of 127 bits: one of the newest event's epoch and one of the
 * epoch before; what is older weighs less than 2^-{@value #HALF_LIVES} of itself and is forgotten
 * as a whole. So what is forgotten depends on the newest event alone.
 *
 * <p>A sum is {@value #WORDS} words in an array: high and low word of the newer number, then of the
 * older. Immutable and thread-safe.
 */
public final class DecayedSums {
  /** Words of a sum. */
  public static final int WORDS = 4;

  /** Half-lives of an epoch. */
  public static final int HALF_LIVES = 64;

  /** The longest half-life in milliseconds, some 69 years: so that no time overflows. */
  public static final long MAX_HALF_LIFE = 1L << 41;

  /** The greatest weight: sums of 2^32 events of it in one half-life don't overflow. */
  public static final double MAX_WEIGHT = 1_000;

  /** The least weight that isn't 0: it is still right to a thousandth. */
  public static final double MIN_WEIGHT = 0.001;

  private static final double UNIT = 0x1p20;

  private final long halfLife;

  /**
   * @param halfLife milliseconds, from 1 to {@link #MAX_HALF_LIFE}
   */
  public DecayedSums(long halfLife) {
    if (halfLife < 1 || halfLife > MAX_HALF_LIFE) {
      throw new IllegalArgumentException(
          "A half-life must be from 1 to " + MAX_HALF_LIFE + " ms: " + halfLife);
    }
    this.halfLife = halfLife;
  }

  /** The epoch that a time is in. */
  public long epoch(long time) {
    return Math.floorDiv(time, halfLife * HALF_LIVES);
  }

  /**
   * Sets a sum to that of one event.
   *
   * @param weight what the event counts at its own time, from {@link #MIN_WEIGHT} to {@link
   *     #MAX_WEIGHT}
   * @param epoch of the sums: that of the event's time, or the next one
   */
  public void set(long[] sum, long time, double weight, long epoch) {
    long halfLives = Math.floorDiv(time, halfLife);
    long rest = Math.floorMod(time, halfLife);
    long number = StrictMath.round(weight * HalfLife.power(rest, halfLife) * UNIT);
    int shift = (int) Math.floorMod(halfLives, (long) HALF_LIVES);
    long high = shift == 0 ? 0 : number >>> (Long.SIZE - shift);
    boolean newer = epoch(time) == epoch;
    sum[0] = newer ? high : 0;
    sum[1] = newer ? number << shift : 0;
    sum[2] = newer ? 0 : high;
    sum[3] = newer ? 0 : number << shift;
  }

  /** Adds a sum of the same epoch. */
  public static void add(long[] to, int at, long[] more, int moreAt) {
    for (int i = 0; i < WORDS; i += 2) {
      long low = to[at + i + 1] + more[moreAt + i + 1];
      long carry = Long.compareUnsigned(low, to[at + i + 1]) < 0 ? 1 : 0;
      to[at + i] += more[moreAt + i] + carry;
      to[at + i + 1] = low;
    }
  }

  /** Makes a sum one of a later epoch. */
  public static void advance(long[] sum, int at, long epochs) {
    if (epochs == 0) {
      return;
    }
    sum[at + 2] = epochs == 1 ? sum[at] : 0;
    sum[at + 3] = epochs == 1 ? sum[at + 1] : 0;
    sum[at] = 0;
    sum[at + 1] = 0;
  }

  /**
   * The order of two sums of the same epoch: the newer number counts 2^{@value #HALF_LIVES} times
   * the older, which is a whole word.
   */
  public static int compare(long[] one, int at, long[] other, int otherAt) {
    long middle = one[at + 1] + one[at + 2];
    long otherMiddle = other[otherAt + 1] + other[otherAt + 2];
    long high = one[at] + (Long.compareUnsigned(middle, one[at + 1]) < 0 ? 1 : 0);
    long otherHigh =
        other[otherAt] + (Long.compareUnsigned(otherMiddle, other[otherAt + 1]) < 0 ? 1 : 0);
    int order = Long.compare(high, otherHigh);
    if (order == 0) {
      order = Long.compareUnsigned(middle, otherMiddle);
    }
    return order == 0 ? Long.compareUnsigned(one[at + 3], other[otherAt + 3]) : order;
  }

  /** A sum as a number that can be divided by others of the same epoch: their shares. */
  public static double undecayed(long[] sum, int at) {
    return number(sum, at) + number(sum, at + 2) * 0x1p-64;
  }

  private static double number(long[] sum, int at) {
    long low = sum[at + 1];
    return sum[at] * 0x1p64 + (low >>> 1) * 2.0 + (low & 1);
  }

  /**
   * A sum as of a time: what its events weigh, each halved after every half-life. As of a time
   * before an event, that event weighs more than at its own.
   */
  public double at(long[] sum, int at, long epoch, long time) {
    long elapsed = Math.subtractExact(epoch * HALF_LIVES * halfLife, time);
    return undecayed(sum, at) / UNIT * HalfLife.power(elapsed, halfLife);
  }
}
