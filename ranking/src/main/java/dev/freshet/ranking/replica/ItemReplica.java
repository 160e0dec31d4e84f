package dev.freshet.ranking.replica;

import dev.freshet.features.aggregate.ExactSum;
import dev.freshet.features.aggregate.ForwardDecay;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.Visit;
import java.io.DataInput;
import java.io.IOException;
import java.util.List;

/**
 * What ranking needs to know about all items, as of one event time: popularity, and which items
 * follow and accompany which. Every ranking subtask holds a replica and applies the same changes in
 * the same order, so all replicas are equal.
 *
 * <p>It holds a bounded number of items. Once there are more, the coldest are evicted, some at a
 * time, before the next change is applied, as if they had never existed ({@link Eviction}). That
 * too is a function of the changes alone.
 *
 * <p>Neighbours are derived here from the visits rather than sent ready-made: one small message an
 * action instead of one for each pair (docs/adr/0002-neighbours-in-the-replica.md).
 */
public final class ItemReplica {

  /** Items that users act on around an item. */
  public static final int COVISITS_PER_ITEM = 128;

  /** How many earlier items an action is paired with. */
  public static final int COVISIT_REACH = 10;

  /** How much less each step back in the user's history counts in co-visitation. */
  static final double COVISIT_STEP = 0.9;

  private final ReplicaSettings settings;
  private final ItemIndex index = new ItemIndex();
  private final ItemFacts facts;
  private final Eviction eviction;
  private final ListedItems listed;
  private final VisitColumns visits;
  private final PopularItems popularShort;
  private final PopularItems popularLong;

  private ForwardDecay shortDecay;
  private ForwardDecay longDecay;

  /**
   * Sum of the weights with the long half-life. It is exact, so that a copy has the same to the
   * bit.
   */
  private final ExactSum longTotal = new ExactSum();

  /** The items before the visit that is being applied. */
  private final int[] earlier = new int[COVISIT_REACH];

  private long latestChange = Long.MIN_VALUE;

  public ItemReplica(ReplicaSettings settings) {
    this.settings = settings;
    facts = new ItemFacts(settings.storedNumbers().size());
    eviction = new Eviction(settings.maxItems(), index, facts);
    listed = new ListedItems(index, facts, eviction, settings.attributes());
    visits = new VisitColumns(settings, index, facts, eviction);
    popularShort = listed.popularShort();
    popularLong = listed.popularLong();
    shortDecay = new ForwardDecay(settings.halfLives().popularityShort());
    longDecay = new ForwardDecay(settings.halfLives().popularityLong());
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
    return facts.deleted(item);
  }

  /** Event time at which the item was first mentioned; {@code Long.MIN_VALUE}: unknown. */
  long firstSeen(int item) {
    return facts.firstSeen().get(item);
  }

  /** Event time of the last action on the item; {@code Long.MIN_VALUE}: none yet. */
  long lastAction(int item) {
    return facts.lastAction(item);
  }

  /** Copies the numbers that the item's last change carried from the store. */
  public void stored(int item, float[] to, int at) {
    for (int place = 0; place < facts.storedPerItem(); place++) {
      to[at + place] = facts.stored(item, place);
    }
  }

  /** What is known of each item by itself: a column for each {@link ItemFact}. */
  public LongTable facts() {
    return facts.table();
  }

  public NeighbourLists transitions() {
    return visits.transitions();
  }

  public NeighbourLists covisits() {
    return visits.covisits();
  }

  public SessionLog sessions() {
    return visits.sessions();
  }

  public ItemVectors vectors() {
    return visits.vectors();
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

  /** The items that were first mentioned last, the newest first; without deleted ones. */
  public TopItems newItems() {
    return listed.newItems();
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
    return listed.attribute(attribute).valueCount();
  }

  /**
   * The number of an attribute's value, or {@link ItemIndex#ABSENT} if no item has it. It holds
   * until the next change is applied.
   */
  public int valueOf(int attribute, String value) {
    return listed.attribute(attribute).find(value);
  }

  /** The first of an item's values, in the order of the texts, or {@link ItemIndex#ABSENT}. */
  public int firstValue(int attribute, int item) {
    return listed.attribute(attribute).value(item, 0);
  }

  /** How many values of an attribute an item has. */
  public int valuesOf(int attribute, int item) {
    return listed.attribute(attribute).count(item);
  }

  /** An item's value at a place, counted from 0. */
  public int value(int attribute, int item, int place) {
    return listed.attribute(attribute).value(item, place);
  }

  public boolean hasValue(int attribute, int item, int value) {
    return listed.attribute(attribute).has(item, value);
  }

  /** How many items are listed of a value. */
  public int size(int attribute, int value) {
    return listed.attribute(attribute).listed(value);
  }

  /**
   * The item at a rank among those with a value, counted from 0: the most popular by the count with
   * the long half-life first, those without any action last. Without deleted ones.
   */
  public int item(int attribute, int value, int rank) {
    return listed.attribute(attribute).listed(value, rank);
  }

  /** Multiplied with a weight, gives the decayed count with the short half-life at a time. */
  public double shortFactor(long time) {
    return shortDecay.read(1, time);
  }

  public double longFactor(long time) {
    return longDecay.read(1, time);
  }

  public double neighbourFactor(long time) {
    return visits.factor(time);
  }

  /** The weight of all items together, with the long half-life. */
  public double longTotal() {
    return longTotal.value();
  }

  /** Applies a change. Changes come in {@link ItemChange#EVENT_ORDER}, except late ones. */
  public void apply(ItemChange change) {
    latestChange = Math.max(latestChange, change.time);
    // Before an eviction, which must find all counts that have faded to nothing equal.
    advanceTo(Math.max(change.time, change.countTime));
    if (eviction.isFull()) {
      evictColdest();
    }
    int item = add(change.item);
    listed.willChange(item);
    facts.set(item, change);
    if (change.lastAction != Long.MIN_VALUE) {
      popularShort
          .weights()
          .setDouble(item, change.shortCount * shortDecay.weight(change.countTime));
      longTotal.add(-popularLong.weight(item));
      popularLong.weights().setDouble(item, change.longCount * longDecay.weight(change.countTime));
      longTotal.add(popularLong.weight(item));
    }
    listed.changed(item, change.attributes);
    if (change.visits.length > 0) {
      double weight = visits.weight(change.time);
      for (Visit visit : change.visits) {
        applyVisit(item, visit, change.time, weight);
      }
    }
  }

  private void applyVisit(int item, Visit visit, long time, double weight) {
    int reach = Math.min(COVISIT_REACH, visit.before.length);
    for (int back = 0; back < reach; back++) {
      earlier[back] = add(visit.before[back]);
    }
    visits.visit(item, earlier, reach, visit.user, time, weight);
  }

  private int add(String id) {
    int known = index.size();
    int item = index.findOrAdd(id);
    if (index.size() > known) {
      ensureItems(item + 1);
      eviction.purgeSome(visits);
    }
    return item;
  }

  void ensureItems(int count) {
    facts.ensureItems(count);
    listed.ensureItems(count);
    visits.ensureItems(count);
  }

  private void evictColdest() {
    int[] items = eviction.coldest(visits);
    listed.forget(items);
    for (int item : items) {
      longTotal.add(-popularLong.weight(item));
      popularShort.weights().clear(item);
      popularLong.weights().clear(item);
      facts.clear(item);
    }
    eviction.evict(items, visits);
    listed.refill(false);
  }

  /** Whether a number is that of an evicted item, and belongs to no other yet. */
  public boolean evicted(int item) {
    return eviction.isEvicted(item);
  }

  /** How many items have been evicted so far. */
  public long evictions() {
    return eviction.evictions();
  }

  /** Event time of the newest change applied; {@code Long.MIN_VALUE}: none yet. */
  public long latestChange() {
    return latestChange;
  }

  /** Moves the landmarks of the decays if weights and counts as of a time need it. */
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
      // Counts that have faded to nothing are equal now, and go by the hash.
      listed.refill(true);
    }
    visits.advanceTo(time);
  }

  private void sumLong(int numbers) {
    longTotal.clear();
    for (int item = 0; item < numbers; item++) {
      longTotal.add(popularLong.weight(item));
    }
  }

  /** What it takes of the heap, in bytes, with the ids; some 3 kB of small objects are left out. */
  public long bytes() {
    return index.bytes() + facts.bytes() + listed.bytes() + visits.bytes() + eviction.bytes();
  }

  ItemIndex index() {
    return index;
  }

  ItemFacts itemFacts() {
    return facts;
  }

  List<String> storedNames() {
    return settings.storedNumbers();
  }

  ItemAttribute[] attributes() {
    return listed.attributes();
  }

  /** A deep copy as of now, to be written while the replica changes. */
  public ReplicaImage image() {
    return new ReplicaImage(
        index.frozen(),
        index.numbers(),
        facts.copy(),
        storedNames(),
        listed.frozenAttributes(),
        visits.frozen(),
        new ReplicaImage.Moment(
            latestChange,
            eviction.evictions(),
            eviction.purged(),
            eviction.leaving(),
            shortDecay.landmark(),
            longDecay.landmark(),
            visits.landmark()));
  }

  /**
   * Reads what {@link ReplicaImage#write} wrote into this replica, which must be empty.
   *
   * @throws IOException if it has another format or was written with other settings that can't
   *     change, with the remedy
   */
  public void read(DataInput in) throws IOException {
    ReplicaImage.Moment moment = ReplicaFormat.read(in, this);
    HalfLives halfLives = settings.halfLives();
    latestChange = moment.latestChange();
    eviction.restore(moment.evictions(), moment.leaving(), moment.purged());
    shortDecay = new ForwardDecay(halfLives.popularityShort(), moment.shortLandmark());
    longDecay = new ForwardDecay(halfLives.popularityLong(), moment.longLandmark());
    visits.restore(new ForwardDecay(halfLives.neighbours(), moment.neighbourLandmark()));
    sumLong(index.numbers());
    listed.refill(true);
  }
}
