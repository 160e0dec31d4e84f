package dev.freshet.protocol.event;

import dev.freshet.config.TimeSource;
import dev.freshet.features.FeatureEvent;
import dev.freshet.schema.UserAction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Decodes the topic {@code user-actions}. */
public final class UserActionDecoder extends EventDecoder<UserAction, FeatureEvent> {

  private static final long serialVersionUID = 1;
  private static final String[] NOTHING = {};

  /** The entries of the context that features look at, sorted. */
  private final String[] contextEntries;

  /**
   * @param contextEntries the entries of the context that are wanted; the others are left behind
   */
  public UserActionDecoder(
      EventRules rules, TimeSource timeSource, Collection<String> contextEntries) {
    super(UserAction.class, FeatureEvent.class, rules, timeSource);
    this.contextEntries = contextEntries.stream().sorted().toArray(String[]::new);
  }

  @Override
  FeatureEvent convert(UserAction record, long time) throws RejectedRecordException {
    rules.checkIds(record);
    FeatureEvent action = new FeatureEvent();
    action.eventId = record.getEventId();
    action.user = record.getUser();
    action.item = record.getItem();
    action.action = record.getAction();
    action.time = time;
    action.session = record.getSession();
    action.recommendationId = record.getRecommendationId();
    Double value = record.getValue();
    action.value = value == null ? Double.NaN : value;
    action.context = context(record.getContext());
    return action;
  }

  private String[] context(Map<String, String> context) {
    if (contextEntries.length == 0 || context.isEmpty()) {
      return NOTHING;
    }
    List<String> found = new ArrayList<>(contextEntries.length);
    for (String entry : contextEntries) {
      String value = context.get(entry);
      if (value != null) {
        found.add(entry + "=" + value);
      }
    }
    // By name and value together: a name may be another's beginning.
    found.sort(null);
    return found.toArray(NOTHING);
  }

  @Override
  Instant eventTime(UserAction record) {
    return record.getEventTime();
  }
}
