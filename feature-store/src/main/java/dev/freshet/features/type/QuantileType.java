package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;
import dev.freshet.features.ValueType;
import dev.freshet.features.aggregate.QuantileSketch;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** {@code quantile}: the number below which a part of a field's numbers lies. */
public final class QuantileType implements FeatureType {
  private static final double USUAL_ACCURACY = 0.01;
  private static final double MIN_ACCURACY = 0.001;
  private static final double MAX_ACCURACY = 0.5;

  /** How many times the least number fits in the greatest, before small ones lose accuracy. */
  private static final double RANGE = 1e17;

  @Override
  public String name() {
    return "quantile";
  }

  @Override
  public String description() {
    return "The number below which a part of a field's numbers lies, such as the median,"
        + " of all time or in a sliding window.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    EventField field = parameters.requiredNumberField();
    if (!parameters.has("q")) {
      parameters.missing("q", "Write which part, as 0.5 for the median, or [0.1, 0.5, 0.9].");
    }
    List<Double> list = parameters.numbers("q", 0, 1);
    double[] parts = new double[Math.max(1, list.size())];
    for (int i = 0; i < list.size(); i++) {
      parts[i] = list.get(i);
    }
    if (parameters.has("q") && list.isEmpty()) {
      parameters.problem("q", "is empty", "Write at least one number from 0 to 1.");
    }
    return new Quantile(
        field,
        parts,
        parameters.number("accuracy", USUAL_ACCURACY, MIN_ACCURACY, MAX_ACCURACY),
        parameters.window());
  }

  // Never compared: a definition is identified by its parameters.
  @SuppressWarnings("ArrayRecordComponent")
  private record Quantile(EventField field, double[] parts, double accuracy, Window window)
      implements Aggregation {
    @Override
    public ValueType valueType() {
      return parts.length == 1 ? ValueType.DOUBLE : ValueType.NUMBERS;
    }

    @Override
    public int length() {
      return parts.length;
    }

    @Override
    public boolean takes(FeatureEvent event) {
      return event.isAction() && !Double.isNaN(field.number(event));
    }

    @Override
    public List<EventField> fields() {
      return List.of(field);
    }

    @Override
    public Accumulator newAccumulator() {
      return window.over(() -> new Sketch(this));
    }

    @Override
    public long retention() {
      return window.retention();
    }
  }

  private static final class Sketch implements Accumulator {
    private final EventField field;
    private final double[] parts;
    private final QuantileSketch sketch;
    private final Output output = new Output();
    private final DataOutputStream dataOutput = new DataOutputStream(output);
    private final Input input = new Input();
    private final DataInputStream dataInput = new DataInputStream(input);

    Sketch(Quantile quantile) {
      field = quantile.field;
      parts = quantile.parts;
      sketch = new QuantileSketch(quantile.accuracy, bins(quantile.accuracy));
    }

    /** Computes the number of bins of the range: the sketch takes 8 % more than the ratio needs. */
    private static int bins(double accuracy) {
      double ratio = (1 + accuracy) / (1 - accuracy);
      return (int) StrictMath.ceil(1.1 * StrictMath.log(RANGE) / StrictMath.log(ratio));
    }

    @Override
    public void clear() {
      sketch.clear();
    }

    @Override
    public boolean isEmpty() {
      return sketch.count() == 0;
    }

    @Override
    public void add(FeatureEvent event) {
      sketch.add(field.number(event));
    }

    @Override
    public void merge(Accumulator other) {
      sketch.merge(((Sketch) other).sketch);
    }

    @Override
    public void write(ByteWriter out) {
      output.to = out;
      try {
        sketch.write(dataOutput);
      } catch (IOException e) {
        throw new UncheckedIOException("Bytes in memory can't fail", e);
      }
    }

    @Override
    public void read(ByteReader in) {
      input.from = in;
      try {
        sketch.read(dataInput);
      } catch (IOException e) {
        throw new FeatureLayoutException(e.getMessage(), e);
      }
      in.requireEnd();
    }

    @Override
    public Object valueAt(long time) {
      if (isEmpty()) {
        return null;
      }
      if (parts.length == 1) {
        return sketch.quantile(parts[0]);
      }
      double[] quantiles = new double[parts.length];
      for (int i = 0; i < parts.length; i++) {
        quantiles[i] = sketch.quantile(parts[i]);
      }
      return quantiles;
    }

    @Override
    public double numberAt(long time) {
      if (parts.length > 1) {
        throw new UnsupportedOperationException(parts.length + " quantiles are not a number");
      }
      return isEmpty() ? Double.NaN : sketch.quantile(parts[0]);
    }
  }

  /** What the sketch writes goes on to a writer. */
  private static final class Output extends OutputStream {
    private ByteWriter to;

    @Override
    public void write(int value) {
      to.writeByte(value);
    }

    @Override
    public void write(byte[] from, int offset, int length) {
      to.writeBytes(from, offset, length);
    }
  }

  /** What the sketch reads comes from a reader. */
  private static final class Input extends InputStream {
    private ByteReader from;

    @Override
    public int read() {
      return from.hasRemaining() ? from.readByte() & 0xff : -1;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      int some = Math.min(length, from.remaining());
      if (some == 0 && length > 0) {
        return -1;
      }
      from.readBytes(to, offset, some);
      return some;
    }
  }
}
