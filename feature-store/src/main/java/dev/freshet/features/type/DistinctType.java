package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;
import dev.freshet.features.ValueType;
import dev.freshet.features.aggregate.DistinctSketch;
import java.util.List;

/** {@code distinct}: about how many different values a field had. */
public final class DistinctType implements FeatureType {
  private static final int MIN_PRECISION = 4;
  private static final int MAX_PRECISION = 16;

  @Override
  public String name() {
    return "distinct";
  }

  @Override
  public String description() {
    return "About how many different values a field had, of all time or in a sliding window.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    return new Distinct(
        parameters.requiredField("Name what is counted, such as item."),
        parameters.wholeNumber(
            "precision", DistinctSketch.DEFAULT_LG_K, MIN_PRECISION, MAX_PRECISION),
        parameters.window());
  }

  private record Distinct(EventField field, int precision, Window window) implements Aggregation {
    @Override
    public ValueType valueType() {
      return ValueType.LONG;
    }

    /** An empty text is no value: the sketch doesn't count it. */
    @Override
    public boolean takes(FeatureEvent event) {
      if (!event.isAction()) {
        return false;
      }
      int count = field.count(event);
      for (int i = 0; i < count; i++) {
        if (!field.text(event, i).isEmpty()) {
          return true;
        }
      }
      return false;
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

  /** The sketch and its bytes are the library's, so this type's updates make garbage. */
  private static final class Sketch implements Accumulator {
    private final EventField field;
    private final DistinctSketch sketch;
    private boolean empty = true;

    Sketch(Distinct distinct) {
      field = distinct.field;
      sketch = new DistinctSketch(distinct.precision);
    }

    @Override
    public void clear() {
      sketch.clear();
      empty = true;
    }

    @Override
    public boolean isEmpty() {
      return empty;
    }

    @Override
    public void add(FeatureEvent event) {
      int count = field.count(event);
      for (int i = 0; i < count; i++) {
        sketch.add(field.text(event, i));
      }
      empty = false;
    }

    @Override
    public void merge(Accumulator other) {
      Sketch from = (Sketch) other;
      sketch.merge(from.sketch);
      empty &= from.empty;
    }

    @Override
    public void write(ByteWriter out) {
      byte[] bytes = sketch.toBytes();
      out.writeBytes(bytes, 0, bytes.length);
    }

    @Override
    public void read(ByteReader in) {
      byte[] bytes = new byte[in.remaining()];
      in.readBytes(bytes, 0, bytes.length);
      try {
        sketch.load(bytes);
      } catch (IllegalArgumentException e) {
        throw new FeatureLayoutException(e.getMessage(), e);
      }
      empty = false;
    }

    @Override
    public Object valueAt(long time) {
      return Math.round(sketch.estimate());
    }

    @Override
    public double numberAt(long time) {
      return Math.round(sketch.estimate());
    }
  }
}
