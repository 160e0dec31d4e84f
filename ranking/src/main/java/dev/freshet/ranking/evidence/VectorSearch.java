package dev.freshet.ranking.evidence;

import dev.freshet.ranking.replica.ItemIndex;
import dev.freshet.ranking.replica.ItemVectors;
import dev.freshet.ranking.replica.RecencyLists;
import java.util.Arrays;

/**
 * The direction in which a request's recent items point, and the items that lie there. Reused.
 *
 * <p>Vectors are far apart in memory. So the angle of all that is found in the buckets is first
 * estimated from the signs of the vectors alone, and the direction itself (asymmetric distance, as
 * in A. Gordo, F. Perronnin: "Asymmetric Distances for Binary Embeddings", CVPR 2011): only the
 * best by that are looked at.
 */
public final class VectorSearch {

  /** How many of the user's recent items give the direction. */
  private static final int REACH = 10;

  /** How much less each step back in the user's history counts. */
  private static final float STEP = 0.8f;

  /** Signs that are looked up at once. */
  private static final int PART_BITS = 4;

  private static final int PART_MASK = (1 << PART_BITS) - 1;

  /** One divided by the length of a vector of signs. */
  private static final float PER_SIGNS_LENGTH = (float) (1 / Math.sqrt(ItemVectors.DIMENSIONS));

  private final ItemVectors vectors;
  private final TopRows top = new TopRows();
  private final float[] direction = new float[ItemVectors.DIMENSIONS];

  /** What each pattern of each part of the signs adds to the estimate. */
  private final float[] estimates = new float[ItemVectors.DIMENSIONS / PART_BITS << PART_BITS];

  /** The items found in the buckets, each once, in the order in which they were found. */
  private int[] near = new int[2 * ItemVectors.TABLES * ItemVectors.ITEMS_PER_BUCKET + 1];

  private int nearCount;

  /** The search in which each item was found last. */
  private int[] searchOfItem = new int[1024];

  private int search;
  private boolean isKnown;
  private boolean isSearched;
  private int[] recent;
  private int recentItems;

  VectorSearch(ItemVectors vectors) {
    this.vectors = vectors;
  }

  /**
   * Looks in the direction of these items.
   *
   * @param recent the user's items, the last first, with {@link ItemIndex#ABSENT} among them; not
   *     to be changed until the next call
   * @param numbers the numbers of all items are below this
   */
  void aim(int[] recent, int recentItems, int numbers) {
    this.recent = recent;
    this.recentItems = recentItems;
    isSearched = false;
    if (numbers > searchOfItem.length) {
      searchOfItem = new int[Math.max(numbers, 2 * searchOfItem.length)];
      search = 0;
    }
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
    fillEstimates();
  }

  /**
   * Cosine of the angle between the direction and the signs of an item's vector; 0 when either is
   * unknown.
   *
   * @param itemDirection as {@link ItemVectors} derives it
   */
  public float similarity(long itemDirection) {
    return itemDirection == ItemVectors.NO_DIRECTION
        ? 0
        : estimate((int) (itemDirection >>> Integer.SIZE)) * PER_SIGNS_LENGTH;
  }

  /**
   * Finds items that lie in the direction, without the user's own.
   *
   * @param bound how many at most
   * @return how many there are, to be asked for by {@link #found}
   */
  public int find(int bound) {
    top.reset(bound);
    if (isKnown) {
      if (!isSearched) {
        searchBuckets();
        isSearched = true;
      }
      for (int place = 0; place < nearCount; place++) {
        top.offer(place, estimate(vectors.signs(near[place])));
      }
    }
    return top.sort();
  }

  /** The item that lies nearest to the direction but {@code rank}. */
  public int found(int rank) {
    return near[top.row(rank)];
  }

  private void searchBuckets() {
    if (++search == 0) { // came round: what is left would count again
      Arrays.fill(searchOfItem, 0);
      search = 1;
    }
    for (int position = 0; position < recentItems; position++) {
      if (recent[position] != ItemIndex.ABSENT) {
        searchOfItem[recent[position]] = search;
      }
    }
    nearCount = 0;
    int signs = ItemVectors.signs(direction, 0);
    for (int table = 0; table < ItemVectors.TABLES; table++) {
      addBucket(ItemVectors.bucket(table, signs));
      addBucket(ItemVectors.bucket(table, signs ^ faintest(table)));
    }
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

  private void addBucket(int bucket) {
    RecencyLists buckets = vectors.buckets();
    int size = buckets.size(bucket);
    if (size == 0) {
      return;
    }
    int[] items = buckets.array(bucket);
    int from = buckets.from(bucket);
    int[] near = this.near;
    int[] searchOfItem = this.searchOfItem;
    int search = this.search;
    int count = nearCount;
    for (int at = from; at < from + size; at++) {
      int item = items[at];
      // Kept for now, and overwritten by the next one if it is there already.
      near[count] = item;
      count += searchOfItem[item] == search ? 0 : 1;
      searchOfItem[item] = search;
    }
    nearCount = count;
  }

  /**
   * Computes the signed sum of the direction for each four dimensions and each pattern of their
   * signs.
   */
  private void fillEstimates() {
    for (int part = 0, at = 0; part < ItemVectors.DIMENSIONS; part += PART_BITS) {
      for (int signs = 0; signs <= PART_MASK; signs++, at++) {
        float first = signed(part, signs) + signed(part + 1, signs >> 1);
        float second = signed(part + 2, signs >> 2) + signed(part + 3, signs >> 3);
        estimates[at] = first + second;
      }
    }
  }

  private float signed(int dimension, int sign) {
    return (sign & 1) == 0 ? direction[dimension] : -direction[dimension];
  }

  private float estimate(int signs) {
    float even = 0;
    float odd = 0;
    int left = signs;
    for (int part = 0; part < estimates.length; part += 2 << PART_BITS) {
      even += estimates[part + (left & PART_MASK)];
      odd += estimates[part + (1 << PART_BITS) + (left >>> PART_BITS & PART_MASK)];
      left >>>= 2 * PART_BITS;
    }
    return even + odd;
  }
}
