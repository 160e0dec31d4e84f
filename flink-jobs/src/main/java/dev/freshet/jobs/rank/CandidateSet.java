package dev.freshet.jobs.rank;

import java.util.Arrays;

/** The items to be scored for one request, each with the source that proposed it first. Reused. */
public final class CandidateSet {

  private final ItemReplica replica;
  private final Evidence evidence;
  private final int bound;
  private final int[] items;
  private final int[] rows;
  private final int[] sources;
  private final int[] proposals;
  private int[] candidateOfItem = new int[1024];
  private int size;
  private int source;
  private int left;

  CandidateSet(ItemReplica replica, Evidence evidence, int bound) {
    this.replica = replica;
    this.evidence = evidence;
    this.bound = bound;
    this.items = new int[bound];
    this.rows = new int[bound];
    this.sources = new int[bound];
    this.proposals = new int[bound];
  }

  void clear() {
    for (int candidate = 0; candidate < size; candidate++) {
      candidateOfItem[items[candidate]] = 0;
    }
    size = 0;
  }

  /** From here on proposals are the given source's, at most quota of them. */
  void begin(int source, int quota) {
    this.source = source;
    this.left = quota;
  }

  /**
   * Proposes an item. An item that another source proposed already counts against the quota too:
   * the quota says how far down its list a source is followed.
   *
   * @return whether the source may propose more
   */
  public boolean propose(int item) {
    if (left == 0 || size == bound) {
      return false;
    }
    if (replica.deleted(item)) {
      return true;
    }
    left--;
    if (item >= candidateOfItem.length) {
      candidateOfItem =
          Arrays.copyOf(candidateOfItem, Math.max(item + 1, 2 * candidateOfItem.length));
    }
    int candidate = candidateOfItem[item] - 1;
    if (candidate >= 0) {
      proposals[candidate]++;
      return left > 0;
    }
    items[size] = item;
    rows[size] = evidence.row(item);
    sources[size] = source;
    proposals[size] = 1;
    candidateOfItem[item] = ++size;
    return left > 0 && size < bound;
  }

  int size() {
    return size;
  }

  int item(int candidate) {
    return items[candidate];
  }

  /** Row of the candidate's evidence. */
  int row(int candidate) {
    return rows[candidate];
  }

  /** Number of the source that proposed the candidate first. */
  int source(int candidate) {
    return sources[candidate];
  }

  /** How many sources proposed the candidate. */
  int proposals(int candidate) {
    return proposals[candidate];
  }
}
