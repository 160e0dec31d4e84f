package dev.freshet.protocol.event;

import dev.freshet.features.FeatureEvent;
import dev.freshet.ranking.event.Visit;
import java.util.Comparator;

/** Something that changes what is known of an item: an action on it, or the catalog's word. */
public class ItemEvent {

  /** Event time, the catalog before actions, then event id; two users may use the same. */
  public static final Comparator<ItemEvent> EVENT_ORDER =
      Comparator.comparingLong((ItemEvent event) -> event.time)
          .thenComparing(event -> event.visit != null)
          .thenComparing(event -> event.eventId)
          .thenComparing(event -> event.visit == null ? "" : event.visit.user);

  public String eventId;
  public String item;
  public long time;

  /** The action, when it is one; null for a catalog update. */
  public Visit visit;

  /** The action as features see it, but for the item's attributes; null for a catalog update. */
  public FeatureEvent action;

  /**
   * Catalog update: {@code name=value} for each value of each attribute, sorted. Null otherwise.
   */
  public String[] attributes;

  /** Catalog update: the item must no longer be recommended. */
  public boolean deleted;

  public ItemEvent() {}
}
