package dev.freshet.ranking.evidence;

import java.util.Arrays;

/**
 * The evidence for items of one request: how strongly they follow and accompany what the user did.
 * Reused from request to request; an item gets a row when it is first touched. What was not
 * gathered has the value of an item without evidence.
 */
public final class Evidence {

  /** No rank or position: the item is not in that list. */
  public static final int NONE = -1;

  private static final int INITIAL_ROWS = 4096;

  /** Row of each item plus one; 0: not touched. */
  private int[] rowOfItem = new int[1024];

  private int[] items = new int[INITIAL_ROWS];
  private int size;
  private int seenRows;

  /** Share of the last item's transitions that lead here. */
  public double[] transitionShare = new double[INITIAL_ROWS];

  /** Rank among the last item's transitions, from 0, or NONE. */
  public int[] transitionRank = new int[INITIAL_ROWS];

  /** Shares of the transitions of all regarded recent items, halved for each step back. */
  public double[] transitionScore = new double[INITIAL_ROWS];

  /** Cosine-normalised co-visitation with the recent items, lessened for each step back. */
  public double[] covisitScore = new double[INITIAL_ROWS];

  /** Decayed number of co-visits, not normalised, as a forward-decayed weight. */
  double[] covisitWeight = new double[INITIAL_ROWS];

  /** How many of the recent items it was visited with. */
  public int[] covisitHits = new int[INITIAL_ROWS];

  /** Rank by co-visitation score, from 0, or NONE beyond the best. */
  public int[] covisitRank = new int[INITIAL_ROWS];

  /** Share of the nearest sessions' similarity that belongs to those with the item. */
  public double[] knnScore = new double[INITIAL_ROWS];

  /** How many of the nearest sessions have the item. */
  public int[] knnNeighbours = new int[INITIAL_ROWS];

  /** Rank by the nearest sessions, from 0, or NONE beyond the best. */
  public int[] knnRank = new int[INITIAL_ROWS];

  /** Position in the user's recent items, from 0, or NONE. */
  public int[] seenPosition = new int[INITIAL_ROWS];

  public Evidence() {
    clearRows(0, INITIAL_ROWS);
  }

  public int size() {
    return size;
  }

  public int item(int row) {
    return items[row];
  }

  /** The item's row, or NONE. */
  public int find(int item) {
    return item < rowOfItem.length ? rowOfItem[item] - 1 : NONE;
  }

  /** The item's row, a cleared one if the item was not touched yet. */
  public int row(int item) {
    if (size == items.length) {
      growRows(2 * size);
    }
    // Without a branch: a processor cannot predict whether an item is touched for the first time.
    int known = rowOfItem[item];
    int isNew = (known - 1) >>> (Integer.SIZE - 1);
    int row = known - 1 + isNew * (size + 1);
    rowOfItem[item] = row + 1;
    items[size] = item;
    size += isNew;
    return row;
  }

  /**
   * The rows of many items, cleared ones for those that were not touched yet.
   *
   * @param known has the items
   * @param from where the first of them is
   * @param into takes the rows, from 0 on
   */
  void rows(int[] known, int from, int count, int[] into) {
    while (size + count >= items.length) {
      growRows(2 * items.length);
    }
    int[] rowOfItem = this.rowOfItem;
    int[] items = this.items;
    int size = this.size;
    for (int at = 0; at < count; at++) {
      int item = known[from + at];
      int before = rowOfItem[item];
      int isNew = (before - 1) >>> (Integer.SIZE - 1);
      int row = before - 1 + isNew * (size + 1);
      rowOfItem[item] = row + 1;
      items[size] = item;
      size += isNew;
      into[at] = row;
    }
    this.size = size;
  }

  /**
   * Records that the user has seen an item. These calls come before all others of a request, from
   * the last item on and once for each item, so that the first rows are these items in that order.
   *
   * @param position in the user's recent items, from 0
   */
  void see(int item, int position) {
    seenPosition[row(item)] = position;
    seenRows = size;
  }

  /** Rows of what the user has seen are below this, what was seen last first. */
  int seenRows() {
    return seenRows;
  }

  /** What the user has seen already is no evidence of sessions. */
  void forgetSeenInSessions() {
    Arrays.fill(knnScore, 0, seenRows, 0);
    Arrays.fill(knnNeighbours, 0, seenRows, 0);
  }

  /**
   * Forgets everything.
   *
   * @param numbers the numbers of all items are below this
   */
  public void clear(int numbers) {
    for (int row = 0; row < size; row++) {
      rowOfItem[items[row]] = 0;
    }
    clearRows(0, size);
    size = 0;
    seenRows = 0;
    if (numbers > rowOfItem.length) {
      rowOfItem = new int[Math.max(numbers, 2 * rowOfItem.length)];
    }
  }

  /** Rows that aren't allotted are always clear: so many at once cost far less than one by one. */
  private void clearRows(int from, int to) {
    Arrays.fill(transitionShare, from, to, 0);
    Arrays.fill(transitionRank, from, to, NONE);
    Arrays.fill(transitionScore, from, to, 0);
    Arrays.fill(covisitScore, from, to, 0);
    Arrays.fill(covisitWeight, from, to, 0);
    Arrays.fill(covisitHits, from, to, 0);
    Arrays.fill(covisitRank, from, to, NONE);
    Arrays.fill(knnScore, from, to, 0);
    Arrays.fill(knnNeighbours, from, to, 0);
    Arrays.fill(knnRank, from, to, NONE);
    Arrays.fill(seenPosition, from, to, NONE);
  }

  private void growRows(int rows) {
    items = Arrays.copyOf(items, rows);
    transitionShare = Arrays.copyOf(transitionShare, rows);
    transitionRank = Arrays.copyOf(transitionRank, rows);
    transitionScore = Arrays.copyOf(transitionScore, rows);
    covisitScore = Arrays.copyOf(covisitScore, rows);
    covisitWeight = Arrays.copyOf(covisitWeight, rows);
    covisitHits = Arrays.copyOf(covisitHits, rows);
    covisitRank = Arrays.copyOf(covisitRank, rows);
    knnScore = Arrays.copyOf(knnScore, rows);
    knnNeighbours = Arrays.copyOf(knnNeighbours, rows);
    knnRank = Arrays.copyOf(knnRank, rows);
    seenPosition = Arrays.copyOf(seenPosition, rows);
    clearRows(size, rows);
  }
}
