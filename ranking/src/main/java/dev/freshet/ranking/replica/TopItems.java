package dev.freshet.ranking.replica;

import dev.freshet.yaml.Nullable;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Of a set of items, those with the greatest keys, in descending order, bounded. Equal keys go by
 * the hash of the id, then by the id: an order that depends on no arrival and prefers no item
 * whatever it is called.
 *
 * <p>The list is exact, though of most items only their number is known: it holds twice as many
 * items as it lists, and each that drops out or leaves uses up one of the spare ones. When these
 * are used up the list is {@linkplain #incomplete} and must be filled again from all items. That
 * takes as many losses as the bound, so a loss is cheap. As long as keys only grow, as
 * forward-decayed weights do, there are none.
 */
public final class TopItems {

  static final int OUTSIDE = -1;

  /** What it takes of the heap itself, in bytes: seven fields and a header. */
  private static final int OBJECT = 40;

  private final LongColumn keys;
  private final ItemIndex index;
  private final int bound;

  /** Place of each item among the held; null: ranks are not kept. */
  private final @Nullable LongColumn ranks;

  private int[] items = new int[4];

  /** Number of {@link #items} that are in use; every item outside goes after them. */
  private int held;

  /** All items of the set, also those outside. */
  private int members;

  /**
   * @param keys numbers, or doubles that aren't negative, which as bits have the same order
   * @param ranks takes the ranks, {@link #OUTSIDE} at first; null: {@link #rank} must not be called
   */
  TopItems(LongColumn keys, ItemIndex index, int bound, @Nullable LongColumn ranks) {
    this.keys = keys;
    this.index = index;
    this.bound = bound;
    this.ranks = ranks;
  }

  void ensureItems(int count) {
    if (ranks != null) {
      ranks.ensure(count);
    }
  }

  public int size() {
    return Math.min(held, bound);
  }

  /** The item at a rank, counted from 0. */
  public int item(int rank) {
    return items[rank];
  }

  /** The item's rank, counted from 0, or {@link #OUTSIDE}. */
  int rank(int item) {
    return listed((int) ranks.get(item));
  }

  /** A rank that was read from the column of ranks, or {@link #OUTSIDE} if it isn't listed. */
  public int listed(int rank) {
    return rank < bound ? rank : OUTSIDE;
  }

  /** How many items the set has, listed or not. */
  int members() {
    return members;
  }

  /** Whether an item goes before another. */
  boolean precedes(int item, int other) {
    return precedes(keys.get(item), item, other);
  }

  private boolean precedes(long key, int item, int other) {
    long otherKey = keys.get(other);
    if (key != otherKey) {
      return key > otherKey;
    }
    long hash = index.hash(item);
    long otherHash = index.hash(other);
    if (hash != otherHash) {
      return hash < otherHash;
    }
    return item != other && index.id(item).compareTo(index.id(other)) < 0;
  }

  /**
   * An item may have come to the set, have left it, or have another key, which is in the column
   * already.
   *
   * @param before its key until now; of no interest if it was no member
   */
  void changed(int item, boolean wasMember, long before, boolean isMember) {
    if (!wasMember) {
      if (isMember) {
        members++;
        place(item);
      }
      return;
    }
    if (!isMember) {
      int at = find(item, before);
      members--;
      if (at != OUTSIDE) {
        removeAt(at);
      }
    } else if (keys.get(item) != before) {
      int at = find(item, before);
      if (at == OUTSIDE) {
        place(item);
      } else {
        move(item, at, keys.get(item) < before);
      }
    }
  }

  /** Whether it holds too few because too many went; then it must be {@link #refill}ed. */
  boolean incomplete() {
    return held < Math.min(bound, members);
  }

  /** Takes the set anew from all items. */
  void refill(int numbers, IntPredicate member) {
    clear();
    for (int item = 0; item < numbers; item++) {
      if (member.test(item)) {
        changed(item, false, 0, true);
      }
    }
  }

  /** Makes the set empty. */
  void clear() {
    while (held > 0) {
      setRank(items[--held], OUTSIDE);
    }
    members = 0;
  }

  /** Where an item is that had a key until now. */
  private int find(int item, long key) {
    if (ranks != null) {
      return (int) ranks.get(item);
    }
    int low = 0;
    int high = held;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (items[middle] == item) {
        return middle;
      }
      if (precedes(key, item, items[middle])) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return OUTSIDE;
  }

  /** Takes a member that isn't held among the held, if it belongs there. */
  private void place(int item) {
    boolean othersOutside = members - 1 > held;
    if (othersOutside && (held == 0 || !precedes(item, items[held - 1]))) {
      return;
    }
    if (held == 2 * bound) {
      if (!precedes(item, items[held - 1])) {
        return;
      }
      setRank(items[--held], OUTSIDE);
    }
    if (held == items.length) {
      items = Arrays.copyOf(items, Math.min(2 * bound, 2 * held));
    }
    int low = 0;
    int high = held;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (precedes(item, items[middle])) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    System.arraycopy(items, low, items, low + 1, held - low);
    items[low] = item;
    held++;
    renumber(low, held);
  }

  private void removeAt(int at) {
    setRank(items[at], OUTSIDE);
    held--;
    System.arraycopy(items, at + 1, items, at, held - at);
    renumber(at, held);
  }

  private void move(int item, int from, boolean fell) {
    int at = from;
    while (at > 0 && precedes(item, items[at - 1])) {
      items[at] = items[at - 1];
      at--;
    }
    while (at < held - 1 && precedes(items[at + 1], item)) {
      items[at] = items[at + 1];
      at++;
    }
    items[at] = item;
    renumber(Math.min(from, at), Math.max(from, at) + 1);
    if (fell && at == held - 1 && members > held) {
      // An item outside may precede it now.
      removeAt(at);
    }
  }

  private void renumber(int from, int to) {
    if (ranks != null) {
      for (int at = from; at < to; at++) {
        ranks.set(items[at], at);
      }
    }
  }

  private void setRank(int item, int rank) {
    if (ranks != null) {
      ranks.set(item, rank);
    }
  }

  long bytes() {
    return OBJECT
        + HeapSize.array(items.length, Integer.BYTES)
        + (ranks == null ? 0 : ranks.bytes());
  }
}
