package dev.freshet.features;

import dev.freshet.features.type.Accumulator;
import dev.freshet.features.type.GivenType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Reads some numeric features of stored rows as vectors of floats, one row after the other, as
 * models want them. It does what {@link FeatureRow#at} does, but without allocating anything for a
 * row or a value: its buffers are used over and over. Not thread-safe: one for each thread.
 *
 * <pre>{@code
 * FeatureVectors vectors = new FeatureVectors(catalog, Entity.ITEM, List.of("clicks_1h", "embedding"));
 * float[] matrix = new float[rows.size() * vectors.width()];
 * for (int i = 0; i < rows.size(); i++) {
 *   vectors.read(rows.get(i), now, matrix, i * vectors.width());
 * }
 * }</pre>
 *
 * Values are doubles or 64-bit integers where they come from: as floats they keep 24 bits, and
 * become infinite beyond 3.4e38.
 */
public final class FeatureVectors {
  private final FeatureCatalog catalog;
  private final Entity entity;
  private final Part[] parts;
  private final int width;

  /** What stands for missing values, {@link #width} numbers; NaN where there is no default. */
  private final float[] defaults;

  /**
   * @param catalog of the rows: a store's {@link FeatureStore#catalog}, which need not be the one
   *     that it was opened with
   * @param names features of {@link ValueType#LONG}, {@link ValueType#DOUBLE} (a place each) or
   *     {@link ValueType#NUMBERS} (as many places as it has numbers); in the order of the places
   * @throws IllegalArgumentException if the entity has no such feature, or it has no numbers
   */
  public FeatureVectors(FeatureCatalog catalog, Entity entity, List<String> names) {
    this.catalog = catalog;
    this.entity = entity;
    List<FeatureDefinition> features = new ArrayList<>();
    int places = 0;
    for (String name : names) {
      FeatureDefinition feature = catalog.require(entity, name);
      if (!feature.valueType().isNumber() && feature.valueType() != ValueType.NUMBERS) {
        throw new IllegalArgumentException(
            "Feature '%s' of '%s' has %s values, not numbers"
                .formatted(name, entity, feature.valueType()));
      }
      features.add(feature);
      places += feature.aggregation().length();
    }
    width = places;
    defaults = new float[width];
    int offset = 0;
    for (FeatureDefinition feature : features) {
      int length = feature.aggregation().length();
      putDefault(feature.defaultValue(), offset, length);
      offset += length;
    }
    parts =
        catalog.groups(entity).stream()
            .filter(group -> features.stream().anyMatch(f -> f.group().equals(group.name())))
            .map(group -> new Part(group, features))
            .toArray(Part[]::new);
  }

  private void putDefault(Object value, int offset, int length) {
    if (value instanceof double[] numbers) {
      for (int i = 0; i < length; i++) {
        defaults[offset + i] = (float) numbers[i];
      }
    } else {
      float number = value == null ? Float.NaN : ((Number) value).floatValue();
      Arrays.fill(defaults, offset, offset + length, number);
    }
  }

  /** The features of one group, and what is used to read them. */
  private static final class Part {
    private final String group;
    private final PackedRow packed;

    /** Index in the group of each feature that is read. */
    private final int[] indexes;

    /** First place in the vector of each feature that is read. */
    private final int[] offsets;

    /** TTL in milliseconds of each feature that is read, as the definition has it. */
    private final long[] ttls;

    /** Whether each feature that is read is one number. */
    private final boolean[] single;

    private final Accumulator[] accumulators;

    /** Bytes of each feature that is read if it is given as floats; -1 if it is not given. */
    private final int[] floatBytes;

    Part(FeatureGroup group, List<FeatureDefinition> all) {
      this.group = group.name();
      packed = new PackedRow(group);
      int count = (int) all.stream().filter(f -> f.group().equals(group.name())).count();
      indexes = new int[count];
      offsets = new int[count];
      ttls = new long[count];
      single = new boolean[count];
      accumulators = new Accumulator[count];
      floatBytes = new int[count];
      int next = 0;
      int offset = 0;
      for (FeatureDefinition feature : all) {
        if (feature.group().equals(group.name())) {
          indexes[next] = group.indexOf(feature.name());
          offsets[next] = offset;
          ttls[next] = feature.ttl();
          single[next] = feature.valueType().isNumber();
          accumulators[next] = feature.aggregation().newAccumulator();
          floatBytes[next] =
              accumulators[next] instanceof GivenType.Settable given ? given.floatBytes() : -1;
          next++;
        }
        offset += feature.aggregation().length();
      }
    }

    void read(byte[] bytes, long time, float[] to, int offset) {
      packed.parse(bytes);
      for (int i = 0; i < indexes.length; i++) {
        int feature = indexes[i];
        if (packed.has(feature) && !RowUpdater.isForgotten(ttls[i], packed.time(feature), time)) {
          int at = offset + offsets[i];
          if (packed.length(feature) == floatBytes[i]) {
            copyFloats(bytes, packed.offset(feature), floatBytes[i], to, at);
          } else {
            compute(i, time, to, at);
          }
        }
      }
    }

    /** Given floats are most of what vectors are made of: they need no accumulator. */
    private static void copyFloats(byte[] bytes, int start, int length, float[] to, int at) {
      to[at] = ByteReader.floatAt(bytes, start);
      for (int next = Float.BYTES; next < length; next += Float.BYTES) {
        to[at + next / Float.BYTES] = ByteReader.floatAt(bytes, start + next);
      }
    }

    private void compute(int index, long time, float[] to, int at) {
      Accumulator accumulator = accumulators[index];
      packed.read(indexes[index], accumulator);
      if (single[index]) {
        double number = accumulator.numberAt(time);
        if (!Double.isNaN(number)) {
          to[at] = (float) number;
        }
      } else {
        accumulator.numbersAt(time, to, at);
      }
    }
  }

  /** How many places a vector has. */
  public int width() {
    return width;
  }

  /**
   * Reads a row: the values as of a time, the default of a feature that has none then, and NaN if
   * it has no default either.
   *
   * @param row of the entity; null if nothing is stored of it
   * @param time epoch milliseconds, usually now
   * @param to gets {@link #width} numbers
   * @param offset of the first one
   * @throws IndexOutOfBoundsException if {@code to} hasn't that many places from the offset on
   * @throws IllegalArgumentException if the row is of another kind of entity, or of a catalog with
   *     other features: none of them would be found
   * @throws FeatureLayoutException if the stored bytes are damaged; what {@code to} then has there
   *     means nothing
   */
  public void read(FeatureRow row, long time, float[] to, int offset) {
    Objects.checkFromIndexSize(offset, width, to.length);
    System.arraycopy(defaults, 0, to, offset, width);
    if (row == null) {
      return;
    }
    if (row.entity() != entity) {
      throw new IllegalArgumentException(
          "A row of '%s', where vectors of '%s' are read".formatted(row.entity(), entity));
    }
    if (row.catalog() != catalog && !row.catalog().hash().equals(catalog.hash())) {
      throw new IllegalArgumentException(
          "A row of another catalog than the vectors: make them with the catalog() of the store"
              + " that the row is from");
    }
    for (Part part : parts) {
      byte[] bytes = row.bytes(part.group);
      if (bytes != null) {
        try {
          part.read(bytes, time, to, offset);
        } catch (FeatureLayoutException e) {
          throw row.unreadable(part.group, e);
        }
      }
    }
  }
}
