package dev.freshet.ranking.replica;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The values that items have of one attribute, as small numbers, and of each value the most popular
 * items that have it. A value that no item has any more is forgotten, and its number given to
 * another: so numbers hold until the next change.
 */
final class ItemAttribute {

  private static final int NOTHING = 0;

  /** Upper bound of the values that are kept of an item. */
  private static final int MOST_VALUES = BlockPool.LARGEST - 1;

  private final String prefix;
  private final int listBound;
  private final ItemIndex index;
  private final LongColumn weights;
  private final ItemIndex values;

  /** Items that have a value, by value. */
  private int[] uses = new int[0];

  private TopItems[] lists = new TopItems[0];

  /**
   * Values of each item: nothing; or its only value plus one; or, negated by {@code ~}, a block.
   * The block holds the number of the values, then the values.
   */
  private final IntColumn valuesOfItems;

  private final BlockPool blocks;

  /** Values of the current change. */
  private int[] given = new int[16];

  private boolean incomplete;

  /**
   * @param name of the attribute
   * @param listBound items that are listed of a value at most
   * @param weights by which they are listed
   */
  ItemAttribute(String name, int listBound, ItemIndex index, LongColumn weights) {
    this.prefix = name + "=";
    this.listBound = listBound;
    this.index = index;
    this.weights = weights;
    this.values = new ItemIndex();
    this.valuesOfItems = new IntColumn(NOTHING);
    this.blocks = new BlockPool(false);
  }

  /** Copies all but the lists, which are derived. */
  private ItemAttribute(ItemAttribute original) {
    this.prefix = original.prefix;
    this.listBound = original.listBound;
    this.index = null;
    this.weights = null;
    this.values = original.values.frozen();
    this.valuesOfItems = original.valuesOfItems.copy();
    this.blocks = original.blocks.copy();
  }

  /** A deep copy of the values that items have, without the lists of items. */
  ItemAttribute frozen() {
    return new ItemAttribute(this);
  }

  String name() {
    return prefix.substring(0, prefix.length() - 1);
  }

  /** The values, as texts without the name. */
  ItemIndex values() {
    return values;
  }

  /** How many values an item has. */
  int count(int item) {
    int held = valuesOfItems.get(item);
    if (held >= 0) {
      return held == NOTHING ? 0 : 1;
    }
    return blocks.ints(~held)[blocks.offset(~held)];
  }

  /** An item's value at a place, in the order of the texts, or {@link ItemIndex#ABSENT}. */
  int value(int item, int place) {
    int held = valuesOfItems.get(item);
    if (held >= 0) {
      return place == 0 ? held - 1 : ItemIndex.ABSENT;
    }
    int from = blocks.offset(~held);
    int[] ints = blocks.ints(~held);
    return place < ints[from] ? ints[from + 1 + place] : ItemIndex.ABSENT;
  }

  boolean has(int item, int value) {
    int held = valuesOfItems.get(item);
    if (held >= 0) {
      return held != NOTHING && held - 1 == value;
    }
    int[] ints = blocks.ints(~held);
    int from = blocks.offset(~held) + 1;
    int end = from + ints[from - 1];
    for (int at = from; at < end; at++) {
      if (ints[at] == value) {
        return true;
      }
    }
    return false;
  }

  /** All numbers of values are below this. */
  int valueCount() {
    return values.numbers();
  }

  /** The number of a value, or {@link ItemIndex#ABSENT} if no item has it. */
  int find(String value) {
    return values.find(value);
  }

  /** How many items are listed of a value. */
  int listed(int value) {
    return value < lists.length && lists[value] != null ? lists[value].size() : 0;
  }

  /** The item at a rank among those that have a value, the most popular first. */
  int listed(int value, int rank) {
    return lists[value].item(rank);
  }

  /**
   * An item may have other values, another weight, which is in the column already, or have come to
   * the lists or left them.
   *
   * @param attributes {@code name=value}, sorted, of other attributes too
   * @param before its weight until now
   */
  void changed(int item, String[] attributes, boolean wasListed, long before, boolean isListed) {
    int count = take(attributes);
    if (isAsGiven(item, count)) {
      for (int place = 0; place < count; place++) {
        listChanged(value(item, place), item, wasListed, before, isListed);
      }
      return;
    }
    // First the new ones, so that what stays isn't forgotten in between.
    for (int place = 0; place < count; place++) {
      uses[given[place]]++;
    }
    leave(item, wasListed, before);
    hold(item, count);
    for (int place = 0; place < count; place++) {
      listChanged(given[place], item, false, 0, isListed);
    }
  }

  /** Finds the numbers of an item's values, each once. */
  private int take(String[] attributes) {
    int count = 0;
    for (String attribute : attributes) {
      if (attribute.startsWith(prefix) && count < MOST_VALUES) {
        int value = values.findOrAdd(attribute, prefix.length());
        if (value >= lists.length || lists[value] == null) {
          addValue(value);
        }
        if (count == given.length) {
          given = Arrays.copyOf(given, 2 * count);
        }
        // Sorted: the same values are neighbours.
        if (count == 0 || given[count - 1] != value) {
          given[count++] = value;
        }
      }
    }
    return count;
  }

  private void addValue(int value) {
    if (value >= lists.length) {
      int length = Math.max(16, 2 * value);
      lists = Arrays.copyOf(lists, length);
      uses = Arrays.copyOf(uses, length);
    }
    lists[value] = new TopItems(weights, index, listBound, null);
  }

  private boolean isAsGiven(int item, int count) {
    if (count(item) != count) {
      return false;
    }
    for (int place = 0; place < count; place++) {
      if (value(item, place) != given[place]) {
        return false;
      }
    }
    return true;
  }

  private void listChanged(int value, int item, boolean wasListed, long before, boolean isListed) {
    TopItems list = lists[value];
    list.changed(item, wasListed, before, isListed);
    incomplete |= list.incomplete();
  }

  /** Takes an item's values from it. */
  private void leave(int item, boolean wasListed, long before) {
    int count = count(item);
    for (int place = 0; place < count; place++) {
      int value = value(item, place);
      listChanged(value, item, wasListed, before, false);
      if (--uses[value] == 0) {
        values.remove(value);
        values.release(value);
        lists[value] = null;
      }
    }
    int held = valuesOfItems.get(item);
    if (held < 0) {
      blocks.free(~held, BlockPool.room(1 + count));
    }
    valuesOfItems.clear(item);
  }

  private void hold(int item, int count) {
    if (count == 1) {
      valuesOfItems.set(item, given[0] + 1);
    } else if (count > 1) {
      int block = blocks.allocate(BlockPool.room(1 + count));
      int[] ints = blocks.ints(block);
      int from = blocks.offset(block);
      ints[from] = count;
      System.arraycopy(given, 0, ints, from + 1, count);
      valuesOfItems.set(item, ~block);
    }
  }

  /** Whether some list has to be taken anew from all items. */
  boolean incomplete() {
    return incomplete;
  }

  /** Takes the incomplete lists anew, or all. */
  void refill(boolean all, int numbers, IntPredicate listed) {
    boolean[] refilled = new boolean[lists.length];
    for (int value = 0; value < refilled.length; value++) {
      TopItems list = lists[value];
      refilled[value] = list != null && (all || list.incomplete());
      if (refilled[value]) {
        list.clear();
      }
    }
    for (int item = 0; item < numbers; item++) {
      if (listed.test(item)) {
        int count = count(item);
        for (int place = 0; place < count; place++) {
          int value = value(item, place);
          if (refilled[value]) {
            lists[value].changed(item, false, 0, true);
          }
        }
      }
    }
    incomplete = false;
  }

  void ensureItems(int items) {
    valuesOfItems.ensure(items);
  }

  /** The item was evicted; its weight must still be there. */
  void forget(int item, boolean wasListed) {
    leave(item, wasListed, weights.get(item));
  }

  /**
   * Gives an item that has none its values, which must be numbers of {@link #values}. {@link
   * #refill} of all must follow.
   */
  void restore(int item, int[] itsValues, int count) {
    if (count > given.length) {
      given = new int[count];
    }
    System.arraycopy(itsValues, 0, given, 0, count);
    for (int place = 0; place < count; place++) {
      int value = given[place];
      if (value >= lists.length || lists[value] == null) {
        addValue(value);
      }
      uses[value]++;
    }
    hold(item, count);
  }

  long bytes() {
    long bytes =
        values.bytes()
            + valuesOfItems.bytes()
            + blocks.bytes()
            + HeapSize.array(uses.length, Integer.BYTES)
            + HeapSize.array(lists.length, HeapSize.REFERENCE);
    for (TopItems list : lists) {
      if (list != null) {
        bytes += list.bytes();
      }
    }
    return bytes;
  }
}
