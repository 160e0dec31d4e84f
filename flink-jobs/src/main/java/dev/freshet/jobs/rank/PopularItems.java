package dev.freshet.jobs.rank;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * The items with the greatest decayed count, in descending order, bounded. Exact: a forward-decayed
 * weight never falls while others stand still, so an item outside the list can only enter by an
 * update of its own.
 */
final class PopularItems {

  private static final int OUTSIDE = -1;

  private final int bound;
  private final int[] items;
  private int size;
  private double[] weights = new double[0];
  private int[] ranks = new int[0];

  PopularItems(int bound) {
    this.bound = bound;
    this.items = new int[bound];
  }

  void ensureItems(int capacity) {
    int before = ranks.length;
    if (before < capacity) {
      weights = Arrays.copyOf(weights, capacity);
      ranks = Arrays.copyOf(ranks, capacity);
      Arrays.fill(ranks, before, capacity, OUTSIDE);
    }
  }

  int size() {
    return size;
  }

  /** The item at a rank, counted from 0. */
  int item(int rank) {
    return items[rank];
  }

  /** The item's rank, counted from 0, or a negative number when it is not among the popular. */
  int rank(int item) {
    return ranks[item];
  }

  double weight(int item) {
    return weights[item];
  }

  void update(int item, double weight) {
    weights[item] = weight;
    int at = ranks[item];
    if (at == OUTSIDE) {
      if (size < bound) {
        at = size++;
      } else if (weight > weights[items[size - 1]]) {
        at = size - 1;
        ranks[items[at]] = OUTSIDE;
      } else {
        return;
      }
    }
    while (at > 0 && weights[items[at - 1]] < weight) {
      items[at] = items[at - 1];
      ranks[items[at]] = at;
      at--;
    }
    items[at] = item;
    ranks[item] = at;
  }

  void scale(int exponent) {
    for (int item = 0; item < weights.length; item++) {
      weights[item] = Math.scalb(weights[item], exponent);
    }
  }

  void write(DataOutput out, int items) throws IOException {
    for (int item = 0; item < items; item++) {
      out.writeDouble(weights[item]);
    }
    out.writeInt(size);
    for (int rank = 0; rank < size; rank++) {
      out.writeInt(this.items[rank]);
    }
  }

  void read(DataInput in, int items) throws IOException {
    ensureItems(items);
    for (int item = 0; item < items; item++) {
      weights[item] = in.readDouble();
    }
    size = in.readInt();
    for (int rank = 0; rank < size; rank++) {
      this.items[rank] = in.readInt();
      ranks[this.items[rank]] = rank;
    }
  }
}
