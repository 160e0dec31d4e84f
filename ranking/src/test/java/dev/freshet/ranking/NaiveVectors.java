package dev.freshet.ranking;

import dev.freshet.ranking.evidence.VectorSearch;
import dev.freshet.ranking.replica.ItemVectors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What {@link ItemVectors} and {@link VectorSearch} do, by the definition. Vectors are doubles of
 * the precision of floats, whatever their size. Lengths and angles are reckoned in floats, in four
 * sums, as the product does it: vectors of little company are often parallel, and then the last bit
 * decides which item lies nearer.
 */
public final class NaiveVectors {

  private static final int DIMENSIONS = 32;

  private final Map<String, double[]> vectors = new HashMap<>();

  /** By table and signs, the items that are there, the one that came last first. */
  private final Map<String, List<String>> buckets = new HashMap<>();

  /** Of each item, the bucket that it is in of each table; empty: the item has no direction. */
  private final Map<String, List<String>> places = new HashMap<>();

  /** The item was visited with another. */
  public void add(String item, String other, double weight) {
    double[] vector = vectors.computeIfAbsent(item, id -> new double[DIMENSIONS]);
    long hash = NaiveHash.of(other);
    long signs = (hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L;
    for (int dimension = 0; dimension < DIMENSIONS; dimension++) {
      boolean minus = (signs >>> (32 + dimension) & 1) == 1;
      vector[dimension] = asFloat(vector[dimension] + asFloat(minus ? -weight : weight));
    }
  }

  /** Rounded as a float is, with no bound to the exponent. */
  private static double asFloat(double number) {
    int exponent = Math.getExponent(number);
    return number == 0 ? 0 : Math.scalb((double) (float) Math.scalb(number, -exponent), exponent);
  }

  /** Puts an item where its vector belongs now. */
  public void settle(String item) {
    List<String> before = places.getOrDefault(item, List.of());
    List<String> now = perLength(item) > 0 ? buckets(floats(item)) : List.of();
    for (String bucket : before) {
      if (!now.contains(bucket)) {
        buckets.get(bucket).remove(item);
      }
    }
    for (String bucket : now) {
      if (!before.contains(bucket)) {
        List<String> items = buckets.computeIfAbsent(bucket, key -> new ArrayList<>());
        items.add(0, item);
        if (items.size() > 32) {
          items.remove(32);
        }
      }
    }
    places.put(item, now);
  }

  public void forget(String item) {
    vectors.remove(item);
    places.remove(item);
    buckets.values().forEach(items -> items.remove(item));
  }

  /** The bucket of each of eight tables. */
  private static List<String> buckets(float[] vector) {
    return IntStream.range(0, 8).mapToObj(table -> bucket(table, vector, -1)).toList();
  }

  /** Eight signs from the table's first on, one of them turned, or none. */
  private static String bucket(int table, float[] vector, int turned) {
    StringBuilder bucket = new StringBuilder("table " + table + ": ");
    for (int dimension : window(table)) {
      bucket.append(vector[dimension] < 0 != (dimension == turned) ? '-' : '+');
    }
    return bucket.toString();
  }

  private static int[] window(int table) {
    return IntStream.range(4 * table, 4 * table + 8).map(each -> each % DIMENSIONS).toArray();
  }

  /** The vector's digits: its size is lost. */
  private float[] floats(String item) {
    double[] vector = vectors.getOrDefault(item, new double[DIMENSIONS]);
    int exponent = -1_000;
    for (double each : vector) {
      exponent = Math.max(exponent, Math.getExponent(each));
    }
    float[] floats = new float[DIMENSIONS];
    for (int dimension = 0; dimension < DIMENSIONS; dimension++) {
      floats[dimension] = (float) Math.scalb(vector[dimension], -exponent);
    }
    return floats;
  }

  private static float dot(float[] left, float[] right) {
    float[] sums = new float[4];
    for (int dimension = 0; dimension < DIMENSIONS; dimension++) {
      sums[dimension % 4] += left[dimension] * right[dimension];
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }

  private static float perLength(float[] vector) {
    float squares = dot(vector, vector);
    return squares > 0 ? (float) (1 / Math.sqrt(squares)) : 0;
  }

  private float perLength(String item) {
    return perLength(floats(item));
  }

  /** Where the last ten items point; of length 1, or 0 if they point nowhere. */
  public float[] direction(List<String> recent) {
    float[] direction = new float[DIMENSIONS];
    float step = 1;
    for (String item : recent.subList(0, Math.min(10, recent.size()))) {
      float[] vector = floats(item);
      float length = step * perLength(item);
      for (int dimension = 0; dimension < DIMENSIONS; dimension++) {
        direction[dimension] += length * vector[dimension];
      }
      step *= 0.8f;
    }
    float perLength = perLength(direction);
    for (int dimension = 0; dimension < DIMENSIONS; dimension++) {
      direction[dimension] *= perLength;
    }
    return direction;
  }

  /** Cosine of the angle between a direction and the signs of an item's vector. */
  public float similarity(String item, float[] direction) {
    return perLength(item) > 0 ? estimate(item, direction) / (float) Math.sqrt(DIMENSIONS) : 0;
  }

  /**
   * How far an item lies in a direction as far as the signs of its vector tell: in sums of four
   * dimensions, which are added by turns to two sums, as the product does it.
   */
  public float estimate(String item, float[] direction) {
    float[] vector = floats(item);
    float[] sums = new float[2];
    for (int part = 0; part < DIMENSIONS / 4; part++) {
      float[] signed = new float[4];
      for (int at = 0; at < 4; at++) {
        int dimension = 4 * part + at;
        signed[at] = vector[dimension] < 0 ? -direction[dimension] : direction[dimension];
      }
      sums[part % 2] += (signed[0] + signed[1]) + (signed[2] + signed[3]);
    }
    return sums[0] + sums[1] + 0f; // and not -0
  }

  /** Items in the direction's buckets and in those beside them, as one comes upon them. */
  public Collection<String> near(float[] direction) {
    Set<String> near = new LinkedHashSet<>();
    if (dot(direction, direction) > 0) {
      for (int table = 0; table < 8; table++) {
        int faintest = window(table)[0];
        for (int dimension : window(table)) {
          if (Math.abs(direction[dimension]) < Math.abs(direction[faintest])) {
            faintest = dimension;
          }
        }
        near.addAll(buckets.getOrDefault(bucket(table, direction, -1), List.of()));
        near.addAll(buckets.getOrDefault(bucket(table, direction, faintest), List.of()));
      }
    }
    return near;
  }
}
