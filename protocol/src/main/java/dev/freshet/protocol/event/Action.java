package dev.freshet.protocol.event;

import dev.freshet.features.FeatureEvent;
import java.util.Comparator;

/** A user's action, decoded and valid. */
public class Action {

  /** The order that makes results independent of arrival: event time, then event id. */
  public static final Comparator<Action> EVENT_ORDER =
      Comparator.comparingLong((Action action) -> action.time)
          .thenComparing(action -> action.eventId);

  public String eventId;
  public String user;

  /** Null for an action without an item. */
  public String item;

  /** Kind of action, such as view or purchase. */
  public String type;

  public long time;

  /** The producer's session id, or null. */
  public String session;

  /** The list that the user saw the item in, or null if nobody says. */
  public String recommendationId;

  /** The number that belongs to the action; NaN for none. */
  public double value = Double.NaN;

  /** What else is known, as far as features look at it: {@code name=value}, sorted. */
  public String[] context = {};

  public Action() {}

  /** The action as features see it, but for the item's attributes. */
  public FeatureEvent featureEvent() {
    FeatureEvent event = new FeatureEvent();
    event.eventId = eventId;
    event.time = time;
    event.user = user;
    event.item = item;
    event.action = type;
    event.session = session;
    event.value = value;
    event.context = context;
    return event;
  }
}
