package dev.freshet.ranking.replica;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A structure of the {@link ItemReplica} that keeps something by item number, and follows when
 * numbers come and go.
 *
 * <p>Evicted items are forgotten at once, as far as anyone can see. Their numbers are given to
 * other items only after {@link #purge} was called for every number; it is called for a few with
 * each new item, so that no eviction lasts long.
 */
interface ItemColumns {

  /** Makes room for numbers below {@code items}. Never shrinks. */
  void ensureItems(int items);

  /**
   * Items were evicted: what is kept of them goes, and from now on the structure must answer as if
   * nothing it keeps referred to them.
   *
   * @param evicted their numbers; until they belong to other items, they are set in what {@link
   *     ItemReplica#evicted(int)} tells
   */
  void forget(int[] evicted);

  /** Removes whatever is kept of the item and refers to evicted ones. Does nothing else. */
  void purge(int item);

  /** A copy of what {@link #write} would write now, while this goes on. */
  Frozen frozen();

  /** What is kept by item number, as of one moment. May be written by another thread, once. */
  @FunctionalInterface
  interface Frozen {

    /** Writes what is kept of all numbers below {@code items}. */
    void write(DataOutput out, int items) throws IOException;
  }

  /** Writes what is kept of all numbers below {@code items}, without any trace of evicted ones. */
  void write(DataOutput out, int items) throws IOException;

  /** Reads what {@link #write} wrote into this structure, which must be empty. */
  void read(DataInput in, int items) throws IOException;

  /** What it takes of the heap. */
  long bytes();
}
