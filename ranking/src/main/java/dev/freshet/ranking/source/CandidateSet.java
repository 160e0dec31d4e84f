package dev.freshet.ranking.source;

import dev.freshet.ranking.evidence.Evidence;
import dev.freshet.ranking.replica.ItemIndex;
import dev.freshet.ranking.replica.ItemReplica;
import java.util.Arrays;

/** The items to be scored for one list, each with the sources that proposed it. Reused. */
public final class CandidateSet {

  /** Greatest number of distinct sources. */
  public static final int MOST_SOURCES = Long.SIZE;

  private final ItemReplica replica;
  private final Evidence evidence;
  private int bound;
  private ItemFilter filter;
  private final int[] items;
  private final int[] rows;
  private final int[] sources;

  /** A bit for each source that proposed the candidate. */
  private final long[] proposers;

  /** Ids of candidates that the replica does not know; null: the replica knows the item. */
  private final String[] unknown;

  private int[] candidateOfItem = new int[1024];
  private int size;
  private int source;
  private int left;

  /**
   * @param capacity candidates of a list at most
   */
  public CandidateSet(ItemReplica replica, Evidence evidence, int capacity) {
    this.replica = replica;
    this.evidence = evidence;
    items = new int[capacity];
    rows = new int[capacity];
    sources = new int[capacity];
    proposers = new long[capacity];
    unknown = new String[capacity];
  }

  /**
   * Begins a list.
   *
   * @param bound candidates at most
   * @param filter says which items may be among them
   */
  public void clear(int bound, ItemFilter filter) {
    for (int candidate = 0; candidate < size; candidate++) {
      if (items[candidate] == ItemIndex.ABSENT) {
        unknown[candidate] = null;
      } else {
        candidateOfItem[items[candidate]] = 0;
      }
    }
    size = 0;
    this.bound = bound;
    this.filter = filter;
  }

  /** Attributes the following proposals to the given source, at most quota of them. */
  public void begin(int source, int quota) {
    this.source = source;
    this.left = quota;
  }

  /** Attributes the following proposals to the given source, until there are so many candidates. */
  public void fill(int source, int until) {
    begin(source, Integer.MAX_VALUE);
    bound = Math.min(bound, until);
  }

  /**
   * Proposes an item. An item that another source proposed already counts against the quota too:
   * the quota says how far down its list a source is followed. One that the placement does not
   * allow costs nothing.
   *
   * @return whether the source may propose more
   */
  public boolean propose(int item) {
    if (left == 0 || size == bound) {
      return false;
    }
    int candidate = item < candidateOfItem.length ? candidateOfItem[item] - 1 : -1;
    if (candidate >= 0) {
      left--;
      proposers[candidate] |= 1L << source;
      return left > 0;
    }
    if (!filter.allows(item)) {
      return true;
    }
    left--;
    add(item);
    return left > 0 && size < bound;
  }

  /**
   * Takes an item that the request itself gives, known or not, whatever the filter says; once.
   *
   * @param item its number, or {@link ItemIndex#ABSENT}
   */
  public void give(int item, String id) {
    if (item == ItemIndex.ABSENT) {
      for (int candidate = 0; candidate < size; candidate++) {
        if (id.equals(unknown[candidate])) {
          return;
        }
      }
      unknown[size] = id;
      add(item);
    } else if (item >= candidateOfItem.length || candidateOfItem[item] == 0) {
      add(item);
    }
  }

  private void add(int item) {
    items[size] = item;
    sources[size] = source;
    proposers[size] = 1L << source;
    if (item == ItemIndex.ABSENT) {
      rows[size++] = Evidence.NONE;
      return;
    }
    if (item >= candidateOfItem.length) {
      candidateOfItem =
          Arrays.copyOf(candidateOfItem, Math.max(item + 1, 2 * candidateOfItem.length));
    }
    rows[size] = evidence.row(item);
    candidateOfItem[item] = ++size;
  }

  public int size() {
    return size;
  }

  /**
   * The candidate's number in the replica; {@link ItemIndex#ABSENT}: the replica has no such item.
   */
  public int item(int candidate) {
    return items[candidate];
  }

  public String id(int candidate) {
    int item = items[candidate];
    return item == ItemIndex.ABSENT ? unknown[candidate] : replica.id(item);
  }

  /** Row of the candidate's evidence. */
  public int row(int candidate) {
    return rows[candidate];
  }

  /** Number of the source that proposed the candidate first. */
  public int source(int candidate) {
    return sources[candidate];
  }

  /** Whether a source proposed the candidate. */
  public boolean isProposedBy(int candidate, int source) {
    return (proposers[candidate] & 1L << source) != 0;
  }

  /** How many sources proposed the candidate. */
  public int proposals(int candidate) {
    return Long.bitCount(proposers[candidate]);
  }
}
