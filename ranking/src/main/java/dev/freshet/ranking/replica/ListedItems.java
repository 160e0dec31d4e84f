package dev.freshet.ranking.replica;

import java.util.ArrayList;
import java.util.List;

/**
 * The items that may be proposed, in bounded lists: the most popular, the newest, and the most
 * popular of each value of an attribute. Before a change of an item {@link #willChange} is called,
 * after it {@link #changed}.
 */
final class ListedItems {

  static final int POPULAR_ITEMS = 500;

  /** Items listed of a value of an attribute. */
  static final int ITEMS_PER_VALUE = 100;

  static final int NEW_ITEMS = 1_000;

  private final ItemIndex index;
  private final ItemFacts facts;
  private final Eviction eviction;
  private final PopularItems popularShort;
  private final PopularItems popularLong;
  private final TopItems newItems;
  private final ItemAttribute[] attributes;

  // The item that is about to change.
  private boolean wasListed;
  private boolean wasPopular;
  private long firstSeenBefore;
  private long shortBefore;
  private long longBefore;

  ListedItems(ItemIndex index, ItemFacts facts, Eviction eviction, List<String> attributeNames) {
    this.index = index;
    this.facts = facts;
    this.eviction = eviction;
    popularShort = popular(ItemFact.SHORT_COUNT, ItemFact.SHORT_RANK);
    popularLong = popular(ItemFact.LONG_COUNT, ItemFact.LONG_RANK);
    newItems = new TopItems(facts.firstSeen(), index, NEW_ITEMS, null);
    attributes = new ItemAttribute[attributeNames.size()];
    for (int attribute = 0; attribute < attributes.length; attribute++) {
      attributes[attribute] =
          new ItemAttribute(
              attributeNames.get(attribute), ITEMS_PER_VALUE, index, popularLong.weights());
    }
  }

  private PopularItems popular(ItemFact count, ItemFact rank) {
    return new PopularItems(facts.column(count), facts.column(rank), index, POPULAR_ITEMS);
  }

  PopularItems popularShort() {
    return popularShort;
  }

  PopularItems popularLong() {
    return popularLong;
  }

  TopItems newItems() {
    return newItems;
  }

  ItemAttribute attribute(int attribute) {
    return attributes[attribute];
  }

  ItemAttribute[] attributes() {
    return attributes;
  }

  List<ItemAttribute> frozenAttributes() {
    List<ItemAttribute> frozen = new ArrayList<>();
    for (ItemAttribute attribute : attributes) {
      frozen.add(attribute.frozen());
    }
    return frozen;
  }

  void ensureItems(int count) {
    popularShort.ensureItems(count);
    popularLong.ensureItems(count);
    for (ItemAttribute attribute : attributes) {
      attribute.ensureItems(count);
    }
  }

  /** Whether the item may be proposed: a change named it, and it is neither deleted nor evicted. */
  private boolean isListed(int item) {
    return facts.lastChange(item) != Long.MIN_VALUE
        && !facts.deleted(item)
        && !eviction.isEvicted(item);
  }

  private boolean isPopular(int item) {
    return facts.lastAction(item) != Long.MIN_VALUE && isListed(item);
  }

  /** Remembers where the item stands, until {@link #changed}. */
  void willChange(int item) {
    wasListed = isListed(item);
    wasPopular = isPopular(item);
    firstSeenBefore = facts.firstSeen().get(item);
    shortBefore = popularShort.weights().get(item);
    longBefore = popularLong.weights().get(item);
  }

  /**
   * Brings the lists up to date with the item's new facts and counts.
   *
   * @param values {@code name=value} for each value of each attribute, sorted
   */
  void changed(int item, String[] values) {
    boolean isListed = isListed(item);
    boolean isPopular = isPopular(item);
    newItems.changed(item, wasListed, firstSeenBefore, isListed);
    popularShort.top().changed(item, wasPopular, shortBefore, isPopular);
    popularLong.top().changed(item, wasPopular, longBefore, isPopular);
    for (ItemAttribute attribute : attributes) {
      attribute.changed(item, values, wasListed, longBefore, isListed);
    }
    refill(false);
  }

  /**
   * Removes items that are being evicted, whose facts and counts must still be there. {@link
   * #refill} must follow when they are gone.
   */
  void forget(int[] evicted) {
    for (int item : evicted) {
      willChange(item);
      newItems.changed(item, wasListed, firstSeenBefore, false);
      popularShort.top().changed(item, wasPopular, shortBefore, false);
      popularLong.top().changed(item, wasPopular, longBefore, false);
      for (ItemAttribute attribute : attributes) {
        attribute.forget(item, wasListed);
      }
    }
  }

  /** Fills the lists again that lost too many items, or all lists. */
  void refill(boolean all) {
    int numbers = index.numbers();
    if (all || newItems.incomplete()) {
      newItems.refill(numbers, this::isListed);
    }
    if (all || popularShort.top().incomplete()) {
      popularShort.top().refill(numbers, this::isPopular);
    }
    if (all || popularLong.top().incomplete()) {
      popularLong.top().refill(numbers, this::isPopular);
    }
    for (ItemAttribute attribute : attributes) {
      if (all || attribute.incomplete()) {
        attribute.refill(all, numbers, this::isListed);
      }
    }
  }

  long bytes() {
    long bytes = popularShort.bytes() + popularLong.bytes() + newItems.bytes();
    for (ItemAttribute attribute : attributes) {
      bytes += attribute.bytes();
    }
    return bytes;
  }
}
