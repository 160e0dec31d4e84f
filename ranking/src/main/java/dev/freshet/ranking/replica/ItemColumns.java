package dev.freshet.ranking.replica;

/**
 * A structure of the {@link ItemReplica} that keeps something by item number, and follows when
 * items come and go.
 *
 * <p>Evicted items are forgotten at once, as far as callers can see. Their numbers are given to
 * other items only after {@link #purge} was called for every number. It is called for a few with
 * each new item, so that no eviction blocks for long.
 */
interface ItemColumns {

  /** Makes room for numbers below {@code items}. Never shrinks. */
  void ensureItems(int items);

  /**
   * Items were evicted: what is kept of them goes, and from now on the structure must answer as if
   * nothing it keeps referred to them.
   *
   * @param evicted their numbers; until they belong to other items, {@link Eviction#isEvicted}
   *     returns true for them
   */
  void forget(int[] evicted);

  /** Removes whatever is kept of the item and refers to evicted ones. Does nothing else. */
  void purge(int item);

  /** What it takes of the heap, in bytes. */
  long bytes();
}
