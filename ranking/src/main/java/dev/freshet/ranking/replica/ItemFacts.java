package dev.freshet.ranking.replica;

import dev.freshet.ranking.event.ItemChange;
import java.util.BitSet;

/** What is known of each item by itself: its facts, whether it is deleted, its stored numbers. */
final class ItemFacts {

  private final LongTable table;
  private final LongColumn firstSeen;
  private final LongColumn lastAction;
  private final LongColumn lastChange;
  private final BitSet deleted;

  /** Items x {@link #storedPerItem}; NaN where nothing is known. */
  private final IntColumn stored;

  private final int storedPerItem;

  /**
   * @param storedPerItem numbers from the store that each item has
   */
  ItemFacts(int storedPerItem) {
    this(ItemFact.table(), new BitSet(), IntColumn.ofFloats(), storedPerItem);
  }

  private ItemFacts(LongTable table, BitSet deleted, IntColumn stored, int storedPerItem) {
    this.table = table;
    this.firstSeen = table.column(ItemFact.FIRST_SEEN.column());
    this.lastAction = table.column(ItemFact.LAST_ACTION.column());
    this.lastChange = table.column(ItemFact.LAST_CHANGE.column());
    this.deleted = deleted;
    this.stored = stored;
    this.storedPerItem = storedPerItem;
  }

  /** Deep copy. */
  ItemFacts copy() {
    return new ItemFacts(table.copy(), (BitSet) deleted.clone(), stored.copy(), storedPerItem);
  }

  void ensureItems(int count) {
    table.ensure(count);
    stored.ensure(Math.multiplyExact(count, storedPerItem));
  }

  /** Takes over what a change holds about the item itself, without the counts. */
  void set(int item, ItemChange change) {
    firstSeen.set(item, change.firstSeen);
    lastAction.set(item, change.lastAction);
    lastChange.set(item, Math.max(lastChange.get(item), change.time));
    deleted.set(item, change.deleted);
    for (int place = 0; place < change.stored.length; place++) {
      stored.setFloat(item * storedPerItem + place, change.stored[place]);
    }
  }

  /** Forgets the item, but for its counts and what is derived. */
  void clear(int item) {
    firstSeen.clear(item);
    lastAction.clear(item);
    lastChange.clear(item);
    deleted.clear(item);
    for (int place = 0; place < storedPerItem; place++) {
      stored.clear(item * storedPerItem + place);
    }
  }

  LongTable table() {
    return table;
  }

  LongColumn column(ItemFact fact) {
    return table.column(fact.column());
  }

  LongColumn firstSeen() {
    return firstSeen;
  }

  long lastAction(int item) {
    return lastAction.get(item);
  }

  long lastChange(int item) {
    return lastChange.get(item);
  }

  boolean deleted(int item) {
    return deleted.get(item);
  }

  void setDeleted(int item, boolean isDeleted) {
    deleted.set(item, isDeleted);
  }

  int storedPerItem() {
    return storedPerItem;
  }

  float stored(int item, int place) {
    return stored.getFloat(item * storedPerItem + place);
  }

  void setStored(int item, int place, float number) {
    stored.setFloat(item * storedPerItem + place, number);
  }

  /** What it takes of the heap, in bytes, without the columns that other structures count. */
  long bytes() {
    return firstSeen.bytes()
        + lastAction.bytes()
        + lastChange.bytes()
        + stored.bytes()
        + deleted.size() / Byte.SIZE;
  }
}
