package dev.freshet.features.aggregate;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureLayoutException;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.StreamCorruptedException;

/**
 * An exponentially decayed sum whose state is a function of the set of its events: in whatever
 * order they are added, and however they are split over sums that are merged later, it is the same
 * bit for bit.
 *
 * <p>Time is cut into spans of {@value #SPAN} half-lives. An event of weight w at time t counts w x
 * 2^((t - landmark) / halfLife), where the landmark is the start of its span; such weights of a
 * span are summed exactly ({@link ExactSum}), and a read divides the sum by what has passed since
 * the landmark (forward decay, see {@link ForwardDecay}). Rounded are the weight of each event, on
 * its own, and what is read.
 *
 * <p>Kept are the span of the newest event and the one before. Older events count nothing: they are
 * 64 to 128 half-lives and more older than the newest event and have faded to less than 2^-64 of
 * what they weighed.
 *
 * <p>Not thread-safe. All times and half-lives are in milliseconds.
 */
public final class DecayedSum {
  /** Half-lives in a span. */
  public static final int SPAN = 64;

  /** The largest magnitude of an event's weight, 2^896, about 5e269. */
  public static final double MAX_WEIGHT = 0x1p896;

  private static final byte EMPTY = 0;
  private static final byte EVENTS = 1;

  private final long halfLife;
  private final long span;

  private boolean empty = true;
  private long newestSpan;
  private ExactSum newest = new ExactSum();
  private ExactSum previous = new ExactSum();

  /**
   * A sum of no events.
   *
   * @param halfLife positive, and not so large that {@value #SPAN} of it overflow
   */
  public DecayedSum(long halfLife) {
    HalfLife.require(halfLife);
    if (halfLife > Long.MAX_VALUE / SPAN) {
      throw new IllegalArgumentException("A half-life of " + halfLife + " ms is too long");
    }
    this.halfLife = halfLife;
    span = halfLife * SPAN;
  }

  /** Forgets all events. */
  public void clear() {
    empty = true;
    newestSpan = 0;
    newest.clear();
    previous.clear();
  }

  /** Whether no event was added; events whose weights cancel out are events too. */
  public boolean isEmpty() {
    return empty;
  }

  /**
   * Adds an event.
   *
   * @param time when it happened, before or after the others
   * @param weight what it counts at its own time, of either sign
   * @throws IllegalArgumentException if the weight is not finite or its magnitude is above {@link
   *     #MAX_WEIGHT}; the sum is then as before
   */
  public void add(long time, double weight) {
    // Written so that NaN fails too.
    if (!(Math.abs(weight) <= MAX_WEIGHT)) {
      throw new IllegalArgumentException(
          "An event weighs at most " + MAX_WEIGHT + " and not " + weight);
    }
    long eventSpan = Math.floorDiv(time, span);
    advance(eventSpan);
    ExactSum sum = sumOf(eventSpan);
    if (sum != null) {
      sum.add(weight * HalfLife.power(Math.floorMod(time, span), halfLife));
    }
  }

  /**
   * Adds all events of another sum, which is left as it is.
   *
   * @throws IllegalArgumentException if it decays with another half-life
   */
  public void merge(DecayedSum other) {
    if (other.halfLife != halfLife) {
      throw new IllegalArgumentException(
          "Sums of half-lives of "
              + halfLife
              + " ms and "
              + other.halfLife
              + " ms cannot be merged");
    }
    if (other.empty) {
      return;
    }
    advance(other.newestSpan);
    ExactSum sum = sumOf(other.newestSpan);
    if (sum != null) {
      sum.add(other.newest);
    }
    // The first of all spans has none before it.
    if (!other.previous.isZero()) {
      sum = sumOf(other.newestSpan - 1);
      if (sum != null) {
        sum.add(other.previous);
      }
    }
  }

  /**
   * The sum as it is read at a time: every event's weight x 2^((event time - time) / halfLife). At
   * a time before that of an event the formula holds too, and the event counts more than its
   * weight; a thousand half-lives before it that may be infinite. Of no events it is zero.
   */
  public double valueAt(long time) {
    double sum = newest.value() + Math.scalb(previous.value(), -SPAN);
    if (sum == 0) {
      return 0;
    }
    long spans = HalfLife.clamp(newestSpan - Math.floorDiv(time, span));
    double value = sum * HalfLife.power(-Math.floorMod(time, span), halfLife);
    // No -0.0 where a negative sum has faded away.
    return HalfLife.scale(value, spans * SPAN) + 0.0;
  }

  /**
   * Writes the sum without its half-life. Equal sets of events are written as equal bytes: one for
   * none, otherwise from 4 up, most often 20 to 60.
   */
  public void write(DataOutput out) throws IOException {
    if (empty) {
      out.writeByte(EMPTY);
      return;
    }
    out.writeByte(EVENTS);
    Varint.writeSigned(out, newestSpan);
    newest.write(out);
    previous.write(out);
  }

  /**
   * Makes the sum the one that was written, by a sum of the same half-life.
   *
   * @throws StreamCorruptedException if it is no sum
   */
  public void read(DataInput in) throws IOException {
    clear();
    byte kind = in.readByte();
    if (kind == EMPTY) {
      return;
    }
    if (kind != EVENTS) {
      throw new StreamCorruptedException("A decayed sum starts with 0 or 1, not " + kind);
    }
    empty = false;
    newestSpan = Varint.readSigned(in);
    newest.read(in);
    previous.read(in);
  }

  /** Writes the sum as {@link #write(DataOutput)} does. */
  public void write(ByteWriter out) {
    if (empty) {
      out.writeByte(EMPTY);
      return;
    }
    out.writeByte(EVENTS);
    out.writeSigned(newestSpan);
    newest.write(out);
    previous.write(out);
  }

  /**
   * Makes the sum the one that was written, by a sum of the same half-life.
   *
   * @throws FeatureLayoutException if it is no sum
   */
  public void read(ByteReader in) {
    clear();
    byte kind = in.readByte();
    if (kind == EMPTY) {
      return;
    }
    if (kind != EVENTS) {
      throw new FeatureLayoutException("a decayed sum starts with 0 or 1, not " + kind);
    }
    empty = false;
    newestSpan = in.readSigned();
    newest.read(in);
    previous.read(in);
  }

  /** Makes room for events of a span, if it is newer than all before. */
  private void advance(long eventSpan) {
    if (empty) {
      empty = false;
      newestSpan = eventSpan;
    } else if (eventSpan > newestSpan) {
      ExactSum oldest = previous;
      previous = newest;
      if (eventSpan - 1 != newestSpan) {
        previous.clear();
      }
      oldest.clear();
      newest = oldest;
      newestSpan = eventSpan;
    }
  }

  /** The sum that events of a span belong to; null if they have faded away. */
  private ExactSum sumOf(long eventSpan) {
    if (eventSpan == newestSpan) {
      return newest;
    }
    return eventSpan == newestSpan - 1 ? previous : null;
  }
}
