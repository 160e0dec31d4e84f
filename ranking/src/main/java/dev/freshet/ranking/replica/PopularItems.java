package dev.freshet.ranking.replica;

/** How popular items are, as forward-decayed counts, and the most popular of them in order. */
public final class PopularItems {

  private final LongColumn weights;
  private final TopItems top;

  /**
   * @param weights takes the counts
   * @param ranks takes the ranks
   */
  PopularItems(LongColumn weights, LongColumn ranks, ItemIndex index, int bound) {
    this.weights = weights;
    top = new TopItems(weights, index, bound, ranks);
  }

  void ensureItems(int count) {
    weights.ensure(count);
    top.ensureItems(count);
  }

  public int size() {
    return top.size();
  }

  /** The item at a rank, counted from 0. */
  public int item(int rank) {
    return top.item(rank);
  }

  /** The item's rank, counted from 0, or a negative number when it is not among the popular. */
  int rank(int item) {
    return top.rank(item);
  }

  public double weight(int item) {
    return weights.getDouble(item);
  }

  /** The weights, to be set before {@code top().changed} is called. */
  LongColumn weights() {
    return weights;
  }

  public TopItems top() {
    return top;
  }

  long bytes() {
    return weights.bytes() + top.bytes();
  }
}
