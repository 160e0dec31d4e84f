package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.ValueType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code top-k}: the most frequent values of a field, with how often they came. */
public final class TopKType implements FeatureType {
  private static final int USUAL_SIZE = 10;
  private static final int USUAL_CAPACITY = 100;

  @Override
  public String name() {
    return "top-k";
  }

  @Override
  public String description() {
    return "The most frequent values of a field with their counts,"
        + " of all time or in a sliding window.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    EventField field = parameters.requiredField("Name what is counted, such as item.category.");
    int size = FrequentTexts.size(parameters, USUAL_SIZE);
    int capacity = FrequentTexts.capacity(parameters, USUAL_CAPACITY, size);
    return new TopK(field, size, capacity, parameters.window());
  }

  private record TopK(EventField field, int size, int capacity, Window window)
      implements Aggregation {
    @Override
    public ValueType valueType() {
      return ValueType.WEIGHTS;
    }

    @Override
    public boolean takes(FeatureEvent event) {
      return event.isAction() && field.count(event) > 0;
    }

    @Override
    public List<EventField> fields() {
      return List.of(field);
    }

    @Override
    public Accumulator newAccumulator() {
      return window.over(() -> new Counts(this));
    }

    @Override
    public long retention() {
      return window.retention();
    }
  }

  /** A weight is a count. */
  private static final class Counts extends FrequentTexts {
    private final int size;

    Counts(TopK topK) {
      super(topK.field, topK.capacity, 1);
      size = topK.size;
    }

    @Override
    boolean weigh(FeatureEvent event, long[] toWeight) {
      toWeight[0] = 1;
      return true;
    }

    @Override
    void align(FrequentTexts other) {
      // Counts are always comparable.
    }

    @Override
    void load(FrequentTexts other, int index, long[] toWeight) {
      toWeight[0] = other.entries.numbers()[index];
    }

    @Override
    void add(long[] to, int at, long[] more) {
      to[at] += more[0];
    }

    @Override
    int compare(long[] one, int at, long[] other, int otherAt) {
      return Long.compare(one[at], other[otherAt]);
    }

    @Override
    void writeHead(ByteWriter out) {
      // Counts have nothing in common.
    }

    @Override
    void readHead(ByteReader in) {
      // Counts have nothing in common.
    }

    @Override
    void writeWeight(ByteWriter out, long[] from, int at) {
      out.writeVarint(from[at]);
    }

    @Override
    void readWeight(ByteReader in, long[] to, int at) {
      to[at] = in.readVarint();
    }

    @Override
    public Object valueAt(long time) {
      if (isEmpty()) {
        return null;
      }
      int[] ranked = ranked();
      Map<String, Double> value = new LinkedHashMap<>();
      for (int i = 0; i < Math.min(size, entries.size()); i++) {
        value.put(entries.text(ranked[i]), (double) entries.numbers()[ranked[i]]);
      }
      return Collections.unmodifiableMap(value);
    }
  }
}
