package dev.freshet.jobs.rank;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * For each item, the items that go with it: a bounded list of decayed weights, kept in descending
 * order. A full list gives up its lightest entry for a newcomer. Weights are forward-decayed, so
 * they compare directly, whenever they were written.
 */
final class NeighbourLists {

  private static final int INITIAL_ENTRIES = 4;

  private final int bound;
  private int[][] neighbours = new int[0][];
  private double[][] weights = new double[0][];
  private int[] sizes = new int[0];

  /** All weight ever added to the item's list (decayed), with what was given up since. */
  private double[] totals = new double[0];

  NeighbourLists(int bound) {
    this.bound = bound;
  }

  void ensureItems(int capacity) {
    if (sizes.length < capacity) {
      neighbours = Arrays.copyOf(neighbours, capacity);
      weights = Arrays.copyOf(weights, capacity);
      sizes = Arrays.copyOf(sizes, capacity);
      totals = Arrays.copyOf(totals, capacity);
    }
  }

  int size(int item) {
    return sizes[item];
  }

  /** The neighbour at a rank, counted from 0, heaviest first. */
  int neighbour(int item, int rank) {
    return neighbours[item][rank];
  }

  double weight(int item, int rank) {
    return weights[item][rank];
  }

  double total(int item) {
    return totals[item];
  }

  void add(int item, int neighbour, double weight) {
    totals[item] += weight;
    int size = sizes[item];
    int[] ids = neighbours[item];
    double[] values = weights[item];
    int at = 0;
    while (at < size && ids[at] != neighbour) {
      at++;
    }
    double sum = weight;
    if (at < size) {
      sum += values[at];
    } else if (size == bound) {
      at = size - 1;
    } else {
      if (ids == null || size == ids.length) {
        int length = Math.min(bound, Math.max(INITIAL_ENTRIES, 2 * size));
        ids = ids == null ? new int[length] : Arrays.copyOf(ids, length);
        values = values == null ? new double[length] : Arrays.copyOf(values, length);
        neighbours[item] = ids;
        weights[item] = values;
      }
      at = size;
      sizes[item] = size + 1;
    }
    while (at > 0 && values[at - 1] < sum) {
      ids[at] = ids[at - 1];
      values[at] = values[at - 1];
      at--;
    }
    ids[at] = neighbour;
    values[at] = sum;
  }

  /** Multiplies all weights by a power of two, which changes no order and loses no digit. */
  void scale(int exponent) {
    for (int item = 0; item < sizes.length; item++) {
      totals[item] = Math.scalb(totals[item], exponent);
      for (int rank = 0; rank < sizes[item]; rank++) {
        weights[item][rank] = Math.scalb(weights[item][rank], exponent);
      }
    }
  }

  void write(DataOutput out, int items) throws IOException {
    for (int item = 0; item < items; item++) {
      out.writeDouble(totals[item]);
      out.writeInt(sizes[item]);
      for (int rank = 0; rank < sizes[item]; rank++) {
        out.writeInt(neighbours[item][rank]);
        out.writeDouble(weights[item][rank]);
      }
    }
  }

  void read(DataInput in, int items) throws IOException {
    ensureItems(items);
    for (int item = 0; item < items; item++) {
      totals[item] = in.readDouble();
      int size = in.readInt();
      sizes[item] = size;
      neighbours[item] = size == 0 ? null : new int[size];
      weights[item] = size == 0 ? null : new double[size];
      for (int rank = 0; rank < size; rank++) {
        neighbours[item][rank] = in.readInt();
        weights[item][rank] = in.readDouble();
      }
    }
  }
}
