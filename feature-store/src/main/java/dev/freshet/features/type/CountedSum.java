package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;
import dev.freshet.features.aggregate.ExactSum;

/**
 * The number of numbers and their exact sum, so that neither value depends on the order of
 * rounding. The count, then 8 bytes for each component of the sum, largest first: mostly one to
 * three.
 */
final class CountedSum implements Accumulator {
  private final EventField field;
  private final boolean mean;
  private final ExactSum sum = new ExactSum();
  private long count;
  private double[] components = new double[4];

  /**
   * @param mean whether the value is the mean, rather than the sum
   */
  CountedSum(EventField field, boolean mean) {
    this.field = field;
    this.mean = mean;
  }

  @Override
  public void clear() {
    count = 0;
    sum.clear();
  }

  @Override
  public boolean isEmpty() {
    return count == 0;
  }

  @Override
  public void add(FeatureEvent event) {
    count++;
    sum.add(field.number(event));
  }

  @Override
  public void merge(Accumulator other) {
    CountedSum from = (CountedSum) other;
    count += from.count;
    sum.add(from.sum);
  }

  @Override
  public void write(ByteWriter out) {
    out.writeVarint(count);
    for (int i = 0; i < sum.size(); i++) {
      out.writeDouble(sum.component(i));
    }
  }

  @Override
  public void read(ByteReader in) {
    count = in.readVarint();
    int size = in.remaining() / Double.BYTES;
    if (count <= 0 || in.remaining() % Double.BYTES != 0) {
      throw new FeatureLayoutException(
          "a sum of " + count + " numbers in " + in.remaining() + " bytes");
    }
    if (size > components.length) {
      components = new double[size];
    }
    for (int i = 0; i < size; i++) {
      components[i] = in.readDouble();
    }
    try {
      sum.load(components, size);
    } catch (IllegalArgumentException e) {
      throw new FeatureLayoutException(e.getMessage(), e);
    }
  }

  @Override
  public Object valueAt(long time) {
    return mean && count == 0 ? null : numberAt(time);
  }

  @Override
  public double numberAt(long time) {
    return mean ? sum.value() / count : sum.value();
  }
}
