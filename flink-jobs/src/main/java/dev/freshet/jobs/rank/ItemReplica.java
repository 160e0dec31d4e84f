package dev.freshet.jobs.rank;

import dev.freshet.features.aggregate.ForwardDecay;
import dev.freshet.jobs.event.ItemChange;
import dev.freshet.jobs.event.Visit;
import dev.freshet.jobs.features.StoreFeatures;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * What ranking needs to know about all items, as of one event time: popularity, and which items
 * follow and accompany which. Every ranking subtask holds one, fed by the same changes in the same
 * order, so all are alike.
 *
 * <p>Neighbours are derived here from the visits rather than sent ready-made: one small message an
 * action instead of one for each pair (docs/adr/0002-neighbours-in-the-replica.md).
 */
public final class ItemReplica {

  /** Items that can follow an item directly. */
  static final int TRANSITIONS_PER_ITEM = 120;

  /** Items that users act on around an item. */
  static final int COVISITS_PER_ITEM = 200;

  /** How many earlier items an action is paired with. */
  public static final int COVISIT_REACH = 10;

  /** How much less each step back in the user's history counts in co-visitation. */
  static final double COVISIT_STEP = 0.9;

  static final int POPULAR_ITEMS = 500;

  private static final int FORMAT = 2;

  private final ItemIndex index = new ItemIndex();
  private final HalfLives halfLives;
  private final StoreFeatures storeFeatures;

  /** Numbers from the store that each item has. */
  private final int storedPerItem;

  private ForwardDecay shortDecay;
  private ForwardDecay longDecay;
  private ForwardDecay neighbourDecay;
  private final PopularItems popularShort = new PopularItems(POPULAR_ITEMS);
  private final PopularItems popularLong = new PopularItems(POPULAR_ITEMS);
  private final NeighbourLists transitions = new NeighbourLists(TRANSITIONS_PER_ITEM);
  private final NeighbourLists covisits = new NeighbourLists(COVISITS_PER_ITEM);

  private int capacity;
  private long latestChange = Long.MIN_VALUE;
  private long[] firstSeen = new long[0];
  private long[] lastAction = new long[0];
  private boolean[] deleted = new boolean[0];

  /** Items x {@link #storedPerItem}; NaN where nothing is known. */
  private float[] stored = new float[0];

  ItemReplica(HalfLives halfLives, StoreFeatures storeFeatures) {
    this.halfLives = halfLives;
    this.storeFeatures = storeFeatures;
    storedPerItem = storeFeatures.itemNames().size();
    shortDecay = new ForwardDecay(halfLives.popularityShort());
    longDecay = new ForwardDecay(halfLives.popularityLong());
    neighbourDecay = new ForwardDecay(halfLives.neighbours());
  }

  int size() {
    return index.size();
  }

  int find(String id) {
    return index.find(id);
  }

  String id(int item) {
    return index.id(item);
  }

  boolean deleted(int item) {
    return deleted[item];
  }

  long firstSeen(int item) {
    return firstSeen[item];
  }

  /** Event time of the last action on the item; {@code Long.MIN_VALUE}: none yet. */
  long lastAction(int item) {
    return lastAction[item];
  }

  StoreFeatures storeFeatures() {
    return storeFeatures;
  }

  /** Copies what the store had of the item at its last change. */
  void stored(int item, float[] to, int at) {
    System.arraycopy(stored, item * storedPerItem, to, at, storedPerItem);
  }

  NeighbourLists transitions() {
    return transitions;
  }

  NeighbourLists covisits() {
    return covisits;
  }

  PopularItems popularShort() {
    return popularShort;
  }

  PopularItems popularLong() {
    return popularLong;
  }

  /** Multiplied with a weight, gives the decayed count with the short half-life at a time. */
  double shortFactor(long time) {
    return shortDecay.read(1, time);
  }

  double longFactor(long time) {
    return longDecay.read(1, time);
  }

  double neighbourFactor(long time) {
    return neighbourDecay.read(1, time);
  }

  /** Applies a change. Changes come in {@link ItemChange#EVENT_ORDER}, except late ones. */
  void apply(ItemChange change) {
    latestChange = Math.max(latestChange, change.time);
    int item = add(change.item);
    firstSeen[item] = change.firstSeen;
    lastAction[item] = change.lastAction;
    deleted[item] = change.deleted;
    System.arraycopy(change.stored, 0, stored, item * storedPerItem, change.stored.length);
    if (change.visits.length == 0) {
      return;
    }
    advanceTo(Math.max(change.time, change.countTime));
    popularShort.update(item, change.shortCount * shortDecay.weight(change.countTime));
    popularLong.update(item, change.longCount * longDecay.weight(change.countTime));
    double weight = neighbourDecay.weight(change.time);
    for (Visit visit : change.visits) {
      applyVisit(item, visit.before, weight);
    }
  }

  private void applyVisit(int item, String[] before, double weight) {
    double pairWeight = weight;
    for (int back = 0; back < Math.min(COVISIT_REACH, before.length); back++) {
      int earlier = add(before[back]);
      if (back == 0) {
        transitions.add(earlier, item, weight);
      }
      covisits.add(earlier, item, pairWeight);
      covisits.add(item, earlier, pairWeight);
      pairWeight *= COVISIT_STEP;
    }
  }

  private int add(String id) {
    int item = index.findOrAdd(id);
    if (item >= capacity) {
      grow(item + 1);
    }
    return item;
  }

  private void grow(int needed) {
    int from = capacity;
    capacity = Math.max(needed, Math.max(1024, 2 * capacity));
    firstSeen = Arrays.copyOf(firstSeen, capacity);
    lastAction = Arrays.copyOf(lastAction, capacity);
    Arrays.fill(firstSeen, from, capacity, Long.MIN_VALUE);
    Arrays.fill(lastAction, from, capacity, Long.MIN_VALUE);
    deleted = Arrays.copyOf(deleted, capacity);
    stored = Arrays.copyOf(stored, Math.multiplyExact(capacity, storedPerItem));
    Arrays.fill(stored, from * storedPerItem, stored.length, Float.NaN);
    popularShort.ensureItems(capacity);
    popularLong.ensureItems(capacity);
    transitions.ensureItems(capacity);
    covisits.ensureItems(capacity);
  }

  /** Event time of the newest change applied; {@code Long.MIN_VALUE}: none yet. */
  long latestChange() {
    return latestChange;
  }

  /** Makes sure that weights and counts of a time can be reckoned with. */
  void advanceTo(long time) {
    int exponent = shortDecay.advance(time);
    if (exponent != 0) {
      popularShort.scale(exponent);
    }
    exponent = longDecay.advance(time);
    if (exponent != 0) {
      popularLong.scale(exponent);
    }
    exponent = neighbourDecay.advance(time);
    if (exponent != 0) {
      transitions.scale(exponent);
      covisits.scale(exponent);
    }
  }

  /** Writes everything, so that {@link #read} gives a replica that answers alike, bit for bit. */
  void write(DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    int items = index.size();
    out.writeInt(items);
    out.writeInt(storedPerItem);
    for (String name : storeFeatures.itemNames()) {
      out.writeUTF(name);
    }
    for (int item = 0; item < items; item++) {
      out.writeUTF(index.id(item));
      out.writeLong(firstSeen[item]);
      out.writeLong(lastAction[item]);
      out.writeBoolean(deleted[item]);
      for (int place = 0; place < storedPerItem; place++) {
        out.writeFloat(stored[item * storedPerItem + place]);
      }
    }
    out.writeLong(latestChange);
    out.writeLong(shortDecay.landmark());
    out.writeLong(longDecay.landmark());
    out.writeLong(neighbourDecay.landmark());
    popularShort.write(out, items);
    popularLong.write(out, items);
    transitions.write(out, items);
    covisits.write(out, items);
  }

  /** Reads what {@link #write} wrote into this replica, which must be empty. */
  void read(DataInput in) throws IOException {
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException(
          "The checkpoint's item replica has format "
              + format
              + "; this version reads format "
              + FORMAT
              + ". Restore with the version that wrote it, or start without state.");
    }
    int items = in.readInt();
    // The catalog may be another one than that of the checkpoint.
    int[] places = new int[in.readInt()];
    for (int place = 0; place < places.length; place++) {
      places[place] = storeFeatures.itemNames().indexOf(in.readUTF());
    }
    for (int item = 0; item < items; item++) {
      add(in.readUTF());
      firstSeen[item] = in.readLong();
      lastAction[item] = in.readLong();
      deleted[item] = in.readBoolean();
      for (int place : places) {
        float number = in.readFloat();
        if (place >= 0) {
          stored[item * storedPerItem + place] = number;
        }
      }
    }
    latestChange = in.readLong();
    shortDecay = new ForwardDecay(halfLives.popularityShort(), in.readLong());
    longDecay = new ForwardDecay(halfLives.popularityLong(), in.readLong());
    neighbourDecay = new ForwardDecay(halfLives.neighbours(), in.readLong());
    popularShort.read(in, items);
    popularLong.read(in, items);
    transitions.read(in, items);
    covisits.read(in, items);
  }
}
