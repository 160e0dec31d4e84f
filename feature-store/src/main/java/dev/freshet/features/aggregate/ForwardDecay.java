package dev.freshet.features.aggregate;

/**
 * Exponential decay, measured forward from a landmark: an event at t weighs 2^((t - landmark) /
 * halfLife), which never changes again. Sums of such weights are kept up to date by adding alone,
 * and can be compared with each other as they are, at any time: a later read divides them all by
 * the same number. After G. Cormode, V. Shkapenyuk, D. Srivastava, B. Xu: "Forward Decay: A
 * Practical Time Decay Model for Streaming Systems", ICDE 2009.
 *
 * <p>Weights grow, so the landmark has to follow:
 *
 * <pre>{@code
 * int exponent = decay.advance(eventTime);
 * if (exponent != 0) {
 *   // every stored weight: w = Math.scalb(w, exponent)
 * }
 * w += count * decay.weight(eventTime);
 * ...
 * double decayedCount = decay.read(w, now);
 * }</pre>
 *
 * <p>The landmark is always the latest multiple of {@value #SPAN} half-lives since the epoch that
 * is not after the latest event. It depends on that event's time alone, and moving it multiplies by
 * a power of two, which is exact; so neither the order nor the partition in which events came
 * changes a bit of what is read, unless an event is older than some 500 half-lives.
 *
 * <p>One landmark serves any number of weights. Not thread-safe. All times are in milliseconds.
 */
public final class ForwardDecay {
  /**
   * Half-lives between two landmarks: weights of one span are below 2^512, and sums far from
   * infinity.
   */
  public static final int SPAN = 512;

  private final long halfLife;
  private final long span;
  private long landmark;

  /**
   * A decay that starts at the first landmark of all, the epoch: the first {@link #advance} moves
   * it, before there is anything to rescale.
   *
   * @param halfLife positive
   */
  public ForwardDecay(long halfLife) {
    this(halfLife, 0);
  }

  /**
   * A decay with a landmark that was stored beside weights.
   *
   * @throws IllegalArgumentException if it isn't a landmark for this half-life
   */
  public ForwardDecay(long halfLife, long landmark) {
    HalfLife.require(halfLife);
    this.halfLife = halfLife;
    span = Math.multiplyExact(halfLife, SPAN);
    if (landmark < 0 || landmark % span != 0) {
      throw new IllegalArgumentException(
          landmark
              + " is no landmark for a half-life of "
              + halfLife
              + " ms: were the weights stored with another one?");
    }
    this.landmark = landmark;
  }

  /** Epoch milliseconds where an event weighs 1; to be stored beside the weights. */
  public long landmark() {
    return landmark;
  }

  /**
   * Moves the landmark if the time is beyond its span.
   *
   * @return the exponent for {@link Math#scalb} that every stored weight has to be rescaled with at
   *     once, before the next call: 0 for nothing to do, otherwise negative
   */
  public int advance(long time) {
    if (isInSpan(time)) {
      return 0;
    }
    long next = time / span * span;
    long halfLives = (next - landmark) / halfLife;
    landmark = next;
    return HalfLife.clamp(-halfLives);
  }

  /**
   * The weight of one event.
   *
   * @param time when it happened
   * @throws IllegalStateException if the landmark has to be advanced first
   */
  public double weight(long time) {
    return power(time);
  }

  /**
   * A sum of weights as the decayed count at a time: what its events count, each halved after every
   * half-life.
   *
   * @throws IllegalStateException if the landmark has to be advanced first
   */
  public double read(double weight, long time) {
    return weight / power(time);
  }

  private double power(long time) {
    if (!isInSpan(time)) {
      throw new IllegalStateException(
          "Time " + time + " is beyond the span of landmark " + landmark + ": advance it first");
    }
    return HalfLife.power(Math.subtractExact(time, landmark), halfLife);
  }

  private boolean isInSpan(long time) {
    return time < landmark || time - landmark < span;
  }
}
