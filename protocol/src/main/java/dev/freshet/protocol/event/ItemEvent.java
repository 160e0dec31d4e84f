package dev.freshet.protocol.event;

import dev.freshet.features.FeatureEvent;
import java.util.Comparator;

/** An event that changes what is known of an item: a user's action on it, or a catalog update. */
public class ItemEvent {

  /** Orders like {@link FeatureEvent#EVENT_ORDER}. */
  public static final Comparator<ItemEvent> EVENT_ORDER =
      Comparator.comparing((ItemEvent event) -> event.event, FeatureEvent.EVENT_ORDER);

  /** The action or the catalog update. An action has no attributes yet. */
  public FeatureEvent event;

  /**
   * Distinct items that the user acted on before the action, most recent first, without this item;
   * null for a catalog update.
   */
  public String[] before;

  public ItemEvent() {}

  /** An action, with the items that the user acted on before. */
  public static ItemEvent ofAction(FeatureEvent action, String... before) {
    ItemEvent event = ofUpdate(action);
    event.before = before;
    return event;
  }

  /** A catalog update. */
  public static ItemEvent ofUpdate(FeatureEvent update) {
    ItemEvent event = new ItemEvent();
    event.event = update;
    return event;
  }

  /** The item that the event concerns. */
  public String item() {
    return event.item;
  }

  /** Event time in milliseconds since the epoch. */
  public long time() {
    return event.time;
  }
}
