package dev.freshet.jobs.event;

import dev.freshet.features.FeatureEvent;
import dev.freshet.protocol.event.ListRequest;
import java.util.Comparator;

/** What is to be answered for a user: exactly one of an action and a request for a list. */
public class UserEvent {

  /** Event time, then id; of the same id, for ids of the two have nothing to do, the action. */
  public static final Comparator<UserEvent> EVENT_ORDER =
      Comparator.comparingLong(UserEvent::time)
          .thenComparing(UserEvent::id)
          .thenComparing(event -> event.request != null);

  public FeatureEvent action;
  public ListRequest request;

  public UserEvent() {}

  public static UserEvent of(FeatureEvent action) {
    UserEvent event = new UserEvent();
    event.action = action;
    return event;
  }

  public static UserEvent of(ListRequest request) {
    UserEvent event = new UserEvent();
    event.request = request;
    return event;
  }

  public String id() {
    return action != null ? action.eventId : request.requestId;
  }

  public String user() {
    return action != null ? action.user : request.user;
  }

  public long time() {
    return action != null ? action.time : request.time;
  }
}
