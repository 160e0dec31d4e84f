package dev.freshet.jobs.rank;

import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.event.UserEvent;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.protocol.event.ListRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * All that ever happened, each event once, in no order.
 *
 * @param itemUpdates the catalog's words on items
 */
record UserLog(
    List<FeatureEvent> actions, List<ListRequest> requests, List<ItemEvent> itemUpdates) {

  /** Actions and requests. */
  List<UserEvent> userEvents() {
    List<UserEvent> events = new ArrayList<>();
    actions.forEach(action -> events.add(UserEvent.of(action)));
    requests.forEach(request -> events.add(UserEvent.of(request)));
    return events;
  }
}
