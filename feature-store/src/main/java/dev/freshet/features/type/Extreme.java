package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;

/** The largest or the smallest number: 4 bytes if it is a float, otherwise 8. */
final class Extreme implements Accumulator {
  private final EventField field;
  private final boolean largest;

  /** NaN for none. */
  private double number = Double.NaN;

  Extreme(EventField field, boolean largest) {
    this.field = field;
    this.largest = largest;
  }

  @Override
  public void clear() {
    number = Double.NaN;
  }

  @Override
  public boolean isEmpty() {
    return Double.isNaN(number);
  }

  @Override
  public void add(FeatureEvent event) {
    // Of 0.0 and -0.0, 0.0 alone is kept.
    take(field.number(event) + 0.0);
  }

  @Override
  public void merge(Accumulator other) {
    take(((Extreme) other).number);
  }

  private void take(double next) {
    if (isEmpty() || (largest ? next > number : next < number)) {
      number = next;
    }
  }

  @Override
  public void write(ByteWriter out) {
    float narrow = (float) number;
    if (narrow == number) {
      out.writeInt(Float.floatToIntBits(narrow));
    } else {
      out.writeDouble(number);
    }
  }

  @Override
  public void read(ByteReader in) {
    number = in.remaining() == Float.BYTES ? Float.intBitsToFloat(in.readInt()) : in.readDouble();
    in.requireEnd();
    if (!Double.isFinite(number)) {
      throw new FeatureLayoutException(number + " as the largest or smallest number");
    }
  }

  @Override
  public Object valueAt(long time) {
    return isEmpty() ? null : number;
  }

  @Override
  public double numberAt(long time) {
    return number;
  }
}
