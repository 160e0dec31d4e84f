package dev.freshet.ranking.event;

import java.util.Comparator;

/**
 * All that changed about an item at one event time; broadcast to every ranking subtask. There is
 * one change per item and event time, so that a ranking between two times sees the one and not the
 * other.
 */
public class ItemChange {

  /** Event time, then item: no two changes of the same time concern the same item. */
  public static final Comparator<ItemChange> EVENT_ORDER =
      Comparator.comparingLong((ItemChange change) -> change.time)
          .thenComparing(change -> change.item);

  public String item;
  public long time;

  /** Decayed number of actions with the short half-life, as of {@link #countTime}. */
  public double shortCount;

  /** Decayed number of actions with the long half-life, as of {@link #countTime}. */
  public double longCount;

  /** Event time that the decayed counts hold for. */
  public long countTime;

  /** Event time at which the item was first mentioned. */
  public long firstSeen;

  /** Event time of the last action on the item; {@code Long.MIN_VALUE}: none yet. */
  public long lastAction;

  public boolean deleted;

  /**
   * {@code name=value} for each value of each attribute that ranking looks at, sorted, as of the
   * catalog's last update of the item.
   */
  public String[] attributes = {};

  /** The change came behind the watermark; it may be older than changes that came before it. */
  public boolean late;

  /** The actions at this event time, in order of event id; empty for a catalog update alone. */
  public Visit[] visits;

  /** The item's numbers from the store, in the order of the replica's settings. */
  public float[] stored = {};

  public ItemChange() {}

  /** A copy of this change with the facts of the item from a change that arrived later. */
  public ItemChange with(ItemChange later) {
    ItemChange change = new ItemChange();
    change.item = item;
    change.time = time;
    change.late = late;
    change.visits = visits;
    change.shortCount = later.shortCount;
    change.longCount = later.longCount;
    change.countTime = later.countTime;
    change.firstSeen = later.firstSeen;
    change.lastAction = later.lastAction;
    change.deleted = later.deleted;
    change.attributes = later.attributes;
    change.stored = later.stored;
    return change;
  }
}
