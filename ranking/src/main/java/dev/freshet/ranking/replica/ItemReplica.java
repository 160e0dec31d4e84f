package dev.freshet.ranking.replica;

import dev.freshet.features.FeatureEvent;
import dev.freshet.features.aggregate.ExactSum;
import dev.freshet.features.aggregate.ForwardDecay;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.Visit;
import java.io.DataInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What ranking needs to know about all items, as of one event time: popularity, and which items
 * follow and accompany which. Every ranking subtask holds one, fed by the same changes in the same
 * order, so all are alike.
 *
 * <p>It holds a bounded number of items. Once there are more, the coldest are evicted, some at a
 * time, before the next change is applied: as if they had never been heard of. That too is a
 * function of the changes alone. Their numbers are given to other items only when nothing refers to
 * them any more, for which a few lists are gone through with each new item ({@link ItemColumns}).
 *
 * <p>Neighbours are derived here from the visits rather than sent ready-made: one small message an
 * action instead of one for each pair (docs/adr/0002-neighbours-in-the-replica.md).
 */
public final class ItemReplica {

  /** Items that can follow an item directly. */
  static final int TRANSITIONS_PER_ITEM = 120;

  /** Items that users act on around an item. */
  public static final int COVISITS_PER_ITEM = 128;

  /** How many earlier items an action is paired with. */
  public static final int COVISIT_REACH = 10;

  /** How much less each step back in the user's history counts in co-visitation. */
  static final double COVISIT_STEP = 0.9;

  static final int POPULAR_ITEMS = 500;

  /** Items listed of a value of an attribute. */
  static final int ITEMS_PER_VALUE = 100;

  static final int NEW_ITEMS = 1_000;

  /** This part of the items is evicted at a time. */
  private static final int EVICTED_PART = 64;

  /** Temperatures below that of every item that can be listed. */
  private static final int NEVER_TOLD_OF = -2;

  private static final int DELETED_AND_LEFT_ALONE = -1;

  static final int FORMAT = 6;

  // Columns of the facts.

  /** Bits of the forward-decayed count with the short half-life. */
  public static final int SHORT_COUNT = 0;

  /** Bits of the forward-decayed count with the long half-life. */
  public static final int LONG_COUNT = 1;

  /** As {@link TopItems#listed} takes it. */
  public static final int SHORT_RANK = 2;

  /** As {@link TopItems#listed} takes it. */
  public static final int LONG_RANK = 3;

  /** As {@link #firstSeen}. */
  public static final int FIRST_SEEN = 4;

  /** As {@link #lastAction}. */
  public static final int LAST_ACTION = 5;

  /** As {@link ItemVectors} derives it. */
  public static final int DIRECTION = 6;

  /** As {@link #lastChange}. */
  static final int LAST_CHANGE = 7;

  private final ReplicaSettings settings;
  private final ItemIndex index = new ItemIndex();

  /** What features of an item are made from. */
  private final LongTable facts =
      new LongTable(
          0,
          0,
          TopItems.OUTSIDE,
          TopItems.OUTSIDE,
          Long.MIN_VALUE,
          Long.MIN_VALUE,
          ItemVectors.NO_DIRECTION,
          Long.MIN_VALUE);

  /** Numbers of evicted items that belong to no others yet. */
  private final BitSet evicted = new BitSet();

  /** Numbers from the store that each item has. */
  private final int storedPerItem;

  private ForwardDecay shortDecay;
  private ForwardDecay longDecay;
  private ForwardDecay neighbourDecay;
  private final PopularItems popularShort =
      new PopularItems(facts.column(SHORT_COUNT), facts.column(SHORT_RANK), index, POPULAR_ITEMS);
  private final PopularItems popularLong =
      new PopularItems(facts.column(LONG_COUNT), facts.column(LONG_RANK), index, POPULAR_ITEMS);
  private final NeighbourLists transitions = new NeighbourLists(TRANSITIONS_PER_ITEM, evicted);
  private final NeighbourLists covisits = new NeighbourLists(COVISITS_PER_ITEM, evicted);
  private final SessionLog sessions;
  private final ItemVectors vectors = new ItemVectors(facts.column(DIRECTION));

  /** All that is kept by item number and needs no more than to follow it. */
  private final List<ItemColumns> columns;

  private final ItemAttribute[] attributes;
  private final LongColumn firstSeen = facts.column(FIRST_SEEN);
  private final LongColumn lastAction = facts.column(LAST_ACTION);

  /** Event time of an item's last change; {@code Long.MIN_VALUE}: known from others' alone. */
  private final LongColumn lastChange = facts.column(LAST_CHANGE);

  private final TopItems newItems = new TopItems(firstSeen, index, NEW_ITEMS, null);
  private final BitSet deleted = new BitSet();

  /** Items x {@link #storedPerItem}; NaN where nothing is known. */
  private final IntColumn stored = IntColumn.ofFloats();

  /** Of the visit that is being applied: the items before it. */
  private final int[] earlier = new int[COVISIT_REACH];

  /** Of the weights with the long half-life: exact, so that a copy's is the same to the bit. */
  private final ExactSum longTotal = new ExactSum();

  private long latestChange = Long.MIN_VALUE;
  private long evictions;

  /** Items that were evicted last, while something may refer to them. */
  private int[] leaving = new int[0];

  /** Items below this have been purged of those that leave. */
  private int purged;

  public ItemReplica(ReplicaSettings settings) {
    this.settings = settings;
    sessions = new SessionLog(settings.sessions());
    columns = List.of(transitions, covisits, sessions, vectors);
    storedPerItem = settings.storedNumbers().size();
    shortDecay = new ForwardDecay(settings.halfLives().popularityShort());
    longDecay = new ForwardDecay(settings.halfLives().popularityLong());
    neighbourDecay = new ForwardDecay(settings.halfLives().neighbours());
    attributes = new ItemAttribute[settings.attributes().size()];
    for (int attribute = 0; attribute < attributes.length; attribute++) {
      attributes[attribute] = newAttribute(settings.attributes().get(attribute));
    }
  }

  private ItemAttribute newAttribute(String name) {
    return new ItemAttribute(name, ITEMS_PER_VALUE, index, popularLong.weights());
  }

  /** How many items are known. */
  public int size() {
    return index.size();
  }

  /** Numbers of items are below this; some of them may belong to none. */
  public int numbers() {
    return index.numbers();
  }

  /** The item's number, or {@link ItemIndex#ABSENT}. It holds until the next change is applied. */
  public int find(String id) {
    return index.find(id);
  }

  /** The number of the item whose id has this hash, or {@link ItemIndex#ABSENT}. */
  public int find(long hash) {
    return index.find(hash);
  }

  public String id(int item) {
    return index.id(item);
  }

  /** The stable hash of the item's id: {@link dev.freshet.features.FeatureEvent#hash}. */
  public long hash(int item) {
    return index.hash(item);
  }

  public boolean deleted(int item) {
    return deleted.get(item);
  }

  /** Event time at which the item was first heard of; {@code Long.MIN_VALUE}: not told yet. */
  long firstSeen(int item) {
    return firstSeen.get(item);
  }

  /** Event time of the last action on the item; {@code Long.MIN_VALUE}: none yet. */
  long lastAction(int item) {
    return lastAction.get(item);
  }

  /** Numbers from the store that each item has. */
  int storedPerItem() {
    return storedPerItem;
  }

  /** Copies what the store had of the item at its last change. */
  public void stored(int item, float[] to, int at) {
    int from = item * storedPerItem;
    for (int place = 0; place < storedPerItem; place++) {
      to[at + place] = stored.getFloat(from + place);
    }
  }

  /** What is known of each item by itself, in the columns that are named above. */
  public LongTable facts() {
    return facts;
  }

  public NeighbourLists transitions() {
    return transitions;
  }

  public NeighbourLists covisits() {
    return covisits;
  }

  public SessionLog sessions() {
    return sessions;
  }

  public ItemVectors vectors() {
    return vectors;
  }

  public HalfLives halfLives() {
    return settings.halfLives();
  }

  public PopularItems popularShort() {
    return popularShort;
  }

  public PopularItems popularLong() {
    return popularLong;
  }

  /** The items that were first heard of last, the newest first; without deleted ones. */
  public TopItems newItems() {
    return newItems;
  }

  /** Whether an item goes before another by the count with the long half-life. */
  public boolean isMorePopular(int item, int other) {
    return popularLong.top().precedes(item, other);
  }

  /** The number of an attribute that ranking looks at, or {@link ItemIndex#ABSENT}. */
  public int attribute(String name) {
    return settings.attributes().indexOf(name);
  }

  /** The numbers of an attribute's values are below this. */
  int valueCount(int attribute) {
    return attributes[attribute].valueCount();
  }

  /**
   * The number of an attribute's value, or {@link ItemIndex#ABSENT} if no item has it. It holds
   * until the next change is applied.
   */
  public int valueOf(int attribute, String value) {
    return attributes[attribute].find(value);
  }

  /** The first of an item's values, in the order of the texts, or {@link ItemIndex#ABSENT}. */
  public int firstValue(int attribute, int item) {
    return attributes[attribute].value(item, 0);
  }

  /** How many values of an attribute an item has. */
  public int valuesOf(int attribute, int item) {
    return attributes[attribute].count(item);
  }

  /** An item's value at a place, counted from 0. */
  public int value(int attribute, int item, int place) {
    return attributes[attribute].value(item, place);
  }

  public boolean hasValue(int attribute, int item, int value) {
    return attributes[attribute].has(item, value);
  }

  /** How many items are listed of a value. */
  public int size(int attribute, int value) {
    return attributes[attribute].listed(value);
  }

  /**
   * The item at a rank among those with a value, counted from 0: the most popular by the count with
   * the long half-life first, those that nobody has acted on yet last. Without deleted ones.
   */
  public int item(int attribute, int value, int rank) {
    return attributes[attribute].listed(value, rank);
  }

  /** Multiplied with a weight, gives the decayed count with the short half-life at a time. */
  public double shortFactor(long time) {
    return shortDecay.read(1, time);
  }

  public double longFactor(long time) {
    return longDecay.read(1, time);
  }

  public double neighbourFactor(long time) {
    return neighbourDecay.read(1, time);
  }

  /** Of all items together, the weight with the long half-life. */
  public double longTotal() {
    return longTotal.value();
  }

  /** Applies a change. Changes come in {@link ItemChange#EVENT_ORDER}, except late ones. */
  public void apply(ItemChange change) {
    latestChange = Math.max(latestChange, change.time);
    // First of all: what has faded to nothing must look alike to whoever evicts.
    advanceTo(Math.max(change.time, change.countTime));
    if (index.size() > settings.maxItems()) {
      evictColdest();
    }
    int item = add(change.item);
    applyItem(item, change);
    if (change.visits.length > 0) {
      double weight = neighbourDecay.weight(change.time);
      for (Visit visit : change.visits) {
        applyVisit(item, visit, change.time, weight);
      }
    }
  }

  private void applyItem(int item, ItemChange change) {
    boolean wasListed = isListed(item);
    boolean wasPopular = isPopular(item);
    long firstSeenBefore = firstSeen.get(item);
    long shortBefore = popularShort.weights().get(item);
    long longBefore = popularLong.weights().get(item);

    firstSeen.set(item, change.firstSeen);
    lastAction.set(item, change.lastAction);
    lastChange.set(item, Math.max(lastChange.get(item), change.time));
    deleted.set(item, change.deleted);
    for (int place = 0; place < change.stored.length; place++) {
      stored.setFloat(item * storedPerItem + place, change.stored[place]);
    }
    if (change.lastAction != Long.MIN_VALUE) {
      popularShort
          .weights()
          .setDouble(item, change.shortCount * shortDecay.weight(change.countTime));
      longTotal.add(-popularLong.weight(item));
      popularLong.weights().setDouble(item, change.longCount * longDecay.weight(change.countTime));
      longTotal.add(popularLong.weight(item));
    }

    boolean isListed = isListed(item);
    boolean isPopular = isPopular(item);
    newItems.changed(item, wasListed, firstSeenBefore, isListed);
    popularShort.top().changed(item, wasPopular, shortBefore, isPopular);
    popularLong.top().changed(item, wasPopular, longBefore, isPopular);
    for (ItemAttribute attribute : attributes) {
      attribute.changed(item, change.attributes, wasListed, longBefore, isListed);
    }
    refill(false);
  }

  /** Whether the item may be proposed to anyone: the catalog or an action told of it. */
  private boolean isListed(int item) {
    return lastChange.get(item) != Long.MIN_VALUE && !deleted.get(item) && !evicted.get(item);
  }

  private boolean isPopular(int item) {
    return lastAction.get(item) != Long.MIN_VALUE && isListed(item);
  }

  /** Takes the lists anew that lost too many, or all. */
  private void refill(boolean all) {
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

  private void applyVisit(int item, Visit visit, long time, double weight) {
    int reach = Math.min(COVISIT_REACH, visit.before.length);
    double pairWeight = weight;
    for (int back = 0; back < reach; back++) {
      earlier[back] = add(visit.before[back]);
      if (back == 0) {
        transitions.add(earlier[back], item, weight);
      }
      covisits.add(earlier[back], item, pairWeight);
      covisits.add(item, earlier[back], pairWeight);
      pairWeight *= COVISIT_STEP;
    }
    sessions.visit(FeatureEvent.hash(visit.user), item, earlier, reach, time);
    learnCompany(item, reach, weight);
  }

  private void learnCompany(int item, int reach, double weight) {
    int indexVector = ItemVectors.indexVector(hash(item));
    double pairWeight = weight;
    for (int back = 0; back < reach; back++) {
      int other = earlier[back];
      vectors.add(item, ItemVectors.indexVector(hash(other)), pairWeight);
      vectors.add(other, indexVector, pairWeight);
      vectors.settle(other);
      pairWeight *= COVISIT_STEP;
    }
    if (reach > 0) {
      vectors.settle(item);
    }
  }

  private int add(String id) {
    int known = index.size();
    int item = index.findOrAdd(id);
    if (index.size() > known) {
      ensureItems(item + 1);
      purgeSome();
    }
    return item;
  }

  private void ensureItems(int count) {
    firstSeen.ensure(count);
    lastAction.ensure(count);
    lastChange.ensure(count);
    stored.ensure(Math.multiplyExact(count, storedPerItem));
    popularShort.ensureItems(count);
    popularLong.ensureItems(count);
    for (ItemAttribute attribute : attributes) {
      attribute.ensureItems(count);
    }
    for (ItemColumns column : columns) {
      column.ensureItems(count);
    }
  }

  private void evictColdest() {
    while (leaving.length > 0) {
      purgeSome();
    }
    int count = index.size() - settings.maxItems() + settings.maxItems() / EVICTED_PART;
    int[] items = new int[index.size()];
    int known = 0;
    for (int item = 0; item < index.numbers(); item++) {
      if (index.id(item) != null) {
        items[known++] = item;
      }
    }
    evict(ColdestItems.choose(items, count, index, this::temperature, lastChange::get, this::hash));
  }

  /** What it would be a pity to lose has a high one. */
  private long temperature(int item) {
    if (lastChange.get(item) == Long.MIN_VALUE) {
      return NEVER_TOLD_OF;
    }
    if (deleted.get(item) && lastAction.get(item) < lastChange.get(item)) {
      return DELETED_AND_LEFT_ALONE;
    }
    // The bits of doubles that aren't negative have their order.
    return popularLong.weights().get(item);
  }

  private void evict(int[] items) {
    for (int item : items) {
      boolean wasListed = isListed(item);
      boolean wasPopular = isPopular(item);
      newItems.changed(item, wasListed, firstSeen.get(item), false);
      popularShort.top().changed(item, wasPopular, popularShort.weights().get(item), false);
      popularLong.top().changed(item, wasPopular, popularLong.weights().get(item), false);
      for (ItemAttribute attribute : attributes) {
        attribute.forget(item, wasListed);
      }
    }
    for (int item : items) {
      evicted.set(item);
      index.remove(item);
      firstSeen.clear(item);
      lastAction.clear(item);
      lastChange.clear(item);
      deleted.clear(item);
      longTotal.add(-popularLong.weight(item));
      popularShort.weights().clear(item);
      popularLong.weights().clear(item);
      for (int place = 0; place < storedPerItem; place++) {
        stored.clear(item * storedPerItem + place);
      }
    }
    for (ItemColumns column : columns) {
      column.forget(items);
    }
    leaving = items;
    purged = 0;
    evictions += items.length;
    refill(false);
  }

  /** Goes on with purging, so far that all is done after half as many new items as were evicted. */
  private void purgeSome() {
    if (leaving.length == 0) {
      return;
    }
    int numbers = index.numbers();
    int until = Math.min(numbers, purged + 1 + 2 * (numbers / leaving.length));
    for (; purged < until; purged++) {
      for (ItemColumns column : columns) {
        column.purge(purged);
      }
    }
    if (purged == numbers) {
      for (int item : leaving) {
        evicted.clear(item);
        index.release(item);
      }
      leaving = new int[0];
    }
  }

  /** Whether a number is that of an evicted item, and belongs to no other yet. */
  public boolean evicted(int item) {
    return evicted.get(item);
  }

  /** How many items have been evicted so far. */
  public long evictions() {
    return evictions;
  }

  /** Event time of the newest change applied; {@code Long.MIN_VALUE}: none yet. */
  public long latestChange() {
    return latestChange;
  }

  /** Makes sure that weights and counts of a time can be reckoned with. */
  public void advanceTo(long time) {
    int numbers = index.numbers();
    int shortExponent = shortDecay.advance(time);
    if (shortExponent != 0) {
      popularShort.weights().scale(shortExponent, numbers);
    }
    int longExponent = longDecay.advance(time);
    if (longExponent != 0) {
      popularLong.weights().scale(longExponent, numbers);
      sumLong(numbers);
    }
    if (shortExponent != 0 || longExponent != 0) {
      // What has faded to nothing is equal now, and goes by the hash.
      refill(true);
    }
    int exponent = neighbourDecay.advance(time);
    if (exponent != 0) {
      transitions.scale(exponent, numbers);
      covisits.scale(exponent, numbers);
      vectors.scale(exponent, numbers);
    }
  }

  private void sumLong(int numbers) {
    longTotal.clear();
    for (int item = 0; item < numbers; item++) {
      longTotal.add(popularLong.weight(item));
    }
  }

  /**
   * What it takes of the heap, in bytes, ids included; some 3 kB, whatever it holds, are left out.
   */
  public long bytes() {
    long bytes =
        index.bytes()
            + popularShort.bytes()
            + popularLong.bytes()
            + newItems.bytes()
            + firstSeen.bytes()
            + lastAction.bytes()
            + lastChange.bytes()
            + stored.bytes()
            + HeapSize.array(leaving.length, Integer.BYTES)
            + (deleted.size() + evicted.size()) / Byte.SIZE;
    for (ItemAttribute attribute : attributes) {
      bytes += attribute.bytes();
    }
    for (ItemColumns column : columns) {
      bytes += column.bytes();
    }
    return bytes;
  }

  /** A copy of everything, as of now, to be written while this goes on. */
  public ReplicaImage image() {
    List<ItemColumns.Frozen> frozenAttributes = new ArrayList<>();
    for (ItemAttribute attribute : attributes) {
      frozenAttributes.add(attribute.frozen());
    }
    List<ItemColumns.Frozen> frozenColumns = new ArrayList<>();
    for (ItemColumns column : columns) {
      frozenColumns.add(column.frozen());
    }
    return new ReplicaImage(
        index.frozen(),
        index.numbers(),
        settings.storedNumbers(),
        facts.copy(),
        (BitSet) deleted.clone(),
        stored.copy(),
        settings.attributes(),
        frozenAttributes,
        frozenColumns,
        new ReplicaImage.Moment(
            latestChange,
            evictions,
            purged,
            leaving, // replaced, never changed
            shortDecay.landmark(),
            longDecay.landmark(),
            neighbourDecay.landmark()));
  }

  /** Reads what {@link ReplicaImage#write} wrote into this replica, which must be empty. */
  public void read(DataInput in) throws IOException {
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException(
          "The checkpoint's item replica has format "
              + format
              + "; this version reads format "
              + FORMAT
              + ". Restore with the version that wrote it, or start without state.");
    }
    index.read(in);
    int numbers = index.numbers();
    ensureItems(numbers);
    readItems(in, numbers);
    readAttributes(in, numbers);
    latestChange = in.readLong();
    evictions = in.readLong();
    purged = in.readInt();
    leaving = new int[in.readInt()];
    for (int place = 0; place < leaving.length; place++) {
      leaving[place] = in.readInt();
      evicted.set(leaving[place]);
    }
    HalfLives halfLives = settings.halfLives();
    shortDecay = new ForwardDecay(halfLives.popularityShort(), in.readLong());
    longDecay = new ForwardDecay(halfLives.popularityLong(), in.readLong());
    neighbourDecay = new ForwardDecay(halfLives.neighbours(), in.readLong());
    for (ItemColumns column : columns) {
      column.read(in, numbers);
    }
    sumLong(numbers);
    refill(true);
  }

  private void readItems(DataInput in, int numbers) throws IOException {
    // The catalog may be another one than that of the checkpoint.
    int[] places = new int[in.readInt()];
    for (int place = 0; place < places.length; place++) {
      places[place] = settings.storedNumbers().indexOf(in.readUTF());
    }
    for (int item = 0; item < numbers; item++) {
      firstSeen.set(item, in.readLong());
      lastAction.set(item, in.readLong());
      lastChange.set(item, in.readLong());
      deleted.set(item, in.readBoolean());
      popularShort.weights().set(item, in.readLong());
      popularLong.weights().set(item, in.readLong());
      for (int place : places) {
        float number = in.readFloat();
        if (place >= 0) {
          stored.setFloat(item * storedPerItem + place, number);
        }
      }
    }
  }

  /** Attributes that nobody looks at any more are read past; others wait for their next change. */
  private void readAttributes(DataInput in, int numbers) throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      String name = in.readUTF();
      int attribute = attribute(name);
      ItemAttribute to = attribute == ItemIndex.ABSENT ? newAttribute(name) : attributes[attribute];
      to.read(in, numbers);
    }
  }
}
