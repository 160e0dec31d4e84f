package dev.freshet.jobs.rank;

import java.util.Arrays;

/** The direction in which a request's recent items point, and the items that lie there. Reused. */
final class VectorSearch {

  /** How many of the user's recent items give the direction. */
  private static final int REACH = 10;

  /** How much less each step back in the user's history counts. */
  private static final float STEP = 0.8f;

  private final ItemVectors vectors;
  private final Evidence evidence;
  private final TopRows top = new TopRows();
  private final float[] direction = new float[ItemVectors.DIMENSIONS];

  /** Rows of the items in the bucket at hand. */
  private final int[] rows = new int[ItemVectors.ITEMS_PER_BUCKET];

  private boolean isKnown;

  VectorSearch(ItemVectors vectors, Evidence evidence) {
    this.vectors = vectors;
    this.evidence = evidence;
  }

  /**
   * Looks in the direction of these items.
   *
   * @param recent the user's items, the last first, with {@link ItemIndex#ABSENT} among them
   */
  void aim(int[] recent, int recentItems) {
    Arrays.fill(direction, 0);
    float step = 1;
    for (int position = 0; position < Math.min(REACH, recentItems); position++) {
      if (recent[position] != ItemIndex.ABSENT) {
        vectors.addTo(direction, recent[position], step);
      }
      step *= STEP;
    }
    float squares = ItemVectors.dot(direction, 0, direction, 0);
    isKnown = squares > 0;
    if (isKnown) {
      float perLength = (float) (1 / Math.sqrt(squares));
      for (int dimension = 0; dimension < direction.length; dimension++) {
        direction[dimension] *= perLength;
      }
    }
  }

  /** Cosine of the angle between an item and the direction; 0 when either is unknown. */
  float cosine(int item) {
    return vectors.cosine(item, direction);
  }

  /**
   * As {@link #cosine(int)}.
   *
   * @param perLength one divided by the length of the item's vector
   */
  float cosine(int item, float perLength) {
    return vectors.cosine(item, direction, perLength);
  }

  /**
   * Finds items that lie in the direction, without the user's own.
   *
   * @param bound how many at most
   * @return how many there are, to be asked for by {@link #found}
   */
  int find(int bound) {
    top.reset(bound);
    if (isKnown) {
      Arrays.fill(evidence.isNear, 0, evidence.size(), false);
      int signs = ItemVectors.signs(direction, 0);
      for (int table = 0; table < ItemVectors.TABLES; table++) {
        offer(ItemVectors.bucket(table, signs));
        offer(ItemVectors.bucket(table, signs ^ faintest(table)));
      }
    }
    return top.sort();
  }

  /** The item that lies nearest to the direction but {@code rank}. */
  int found(int rank) {
    return evidence.item(top.row(rank));
  }

  /** The bit of the dimension, of those a table looks at, that is nearest to the other sign. */
  private int faintest(int table) {
    int faintest = ItemVectors.dimension(table, 0);
    for (int bit = 1; bit < ItemVectors.TABLE_BITS; bit++) {
      int dimension = ItemVectors.dimension(table, bit);
      if (Math.abs(direction[dimension]) < Math.abs(direction[faintest])) {
        faintest = dimension;
      }
    }
    return 1 << faintest;
  }

  private void offer(int bucket) {
    RecencyLists buckets = vectors.buckets();
    int size = buckets.size(bucket);
    if (size == 0) {
      return;
    }
    evidence.rows(buckets.array(bucket), buckets.from(bucket), size, rows);
    boolean[] isNear = evidence.isNear;
    int found = 0;
    for (int at = 0; at < size; at++) {
      int row = rows[at];
      // Kept for now, and overwritten by the next one if it is there already.
      rows[found] = row;
      found += isNear[row] ? 0 : 1;
      isNear[row] = true;
    }
    for (int at = 0; at < found; at++) {
      int row = rows[at];
      if (evidence.seenPosition[row] == Evidence.NONE) {
        top.offer(row, cosine(evidence.item(row)));
      }
    }
  }
}
