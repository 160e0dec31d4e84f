package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;

/**
 * What a feature remembers of an entity's events: the state of the job, the bytes in the store and
 * the partial result that can be merged are one and the same. One object is used for one entity
 * after the other: {@link #clear} or {@link #read}, then {@link #add}, then {@link #write}.
 *
 * <p>The content is a function of the set of events alone: the order in which they are added, and
 * how they are split over accumulators that are merged later, change neither the value nor a byte
 * of what is written. A type that can promise less says so.
 *
 * <p>Not thread-safe.
 */
public interface Accumulator {

  /** Forgets everything. */
  void clear();

  /** Whether nothing has been added since {@link #clear}. */
  boolean isEmpty();

  /** Takes in an event, which may be older than others. Events come once each. */
  void add(FeatureEvent event);

  /**
   * Takes in what another has taken in, which is of the same aggregation and is not changed. The
   * two have no event in common.
   */
  void merge(Accumulator other);

  /** Writes the content, which isn't empty. */
  void write(ByteWriter out);

  /**
   * Replaces the content with what was written; reads to the end. The array that is read may be
   * kept until the next {@link #clear} or read, and must not change till then: what isn't needed
   * stays as it is.
   *
   * @throws dev.freshet.features.FeatureLayoutException if it can't have been written by {@link
   *     #write}; of what isn't needed now, the method that needs it throws it
   */
  void read(ByteReader in);

  /**
   * The value as of a time, of the aggregation's {@link Aggregation#valueType}; null when there is
   * none. What moves with time (windows, decay, ages) is right for that time, not for that of the
   * last event. The time isn't before the newest event, except by the lateness of a request; then
   * the value is that of the type's documentation.
   *
   * @param time epoch milliseconds
   */
  Object valueAt(long time);

  /**
   * The value as a number, without boxing; NaN when there is none.
   *
   * @throws UnsupportedOperationException if a value isn't one number
   */
  default double numberAt(long time) {
    Object value = valueAt(time);
    if (value == null) {
      return Double.NaN;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw new UnsupportedOperationException(value.getClass() + " is not a number");
  }

  /**
   * Copies the numbers of a value of {@link dev.freshet.features.ValueType#NUMBERS} into an array,
   * {@link Aggregation#length} of them. A type of such values overrides it, to allocate nothing.
   *
   * @return false if there is no value; the array is then as it was
   */
  default boolean numbersAt(long time, float[] to, int offset) {
    double[] numbers = (double[]) valueAt(time);
    if (numbers == null) {
      return false;
    }
    for (int i = 0; i < numbers.length; i++) {
      to[offset + i] = (float) numbers[i];
    }
    return true;
  }
}
