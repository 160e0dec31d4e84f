package dev.freshet.jobs.kafka;

import dev.freshet.jobs.config.FreshetConfig.TimeSource;
import dev.freshet.jobs.event.Action;
import dev.freshet.schema.UserAction;
import java.time.Instant;
import org.apache.avro.Schema;

/** Decodes the topic {@code user-actions}. */
public final class UserActionDeserializer extends EventDeserializer<UserAction, Action> {

  private static final long serialVersionUID = 1;

  public UserActionDeserializer(EventRules rules, TimeSource timeSource) {
    super(UserAction.class, Action.class, rules, timeSource);
  }

  @Override
  Action convert(UserAction record, long time) throws RejectedRecordException {
    rules.checkIds(record);
    Action action = new Action();
    action.eventId = record.getEventId();
    action.user = record.getUser();
    action.item = record.getItem();
    action.type = record.getAction();
    action.time = time;
    action.session = record.getSession();
    return action;
  }

  @Override
  Instant eventTime(UserAction record) {
    return record.getEventTime();
  }

  @Override
  Schema schema() {
    return UserAction.getClassSchema();
  }
}
