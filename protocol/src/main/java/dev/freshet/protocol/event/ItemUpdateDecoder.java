package dev.freshet.protocol.event;

import dev.freshet.config.TimeSource;
import dev.freshet.features.FeatureEvent;
import dev.freshet.schema.ItemUpdate;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Decodes the topic {@code item-updates}. */
public final class ItemUpdateDecoder extends EventDecoder<ItemUpdate, ItemEvent> {

  private static final long serialVersionUID = 1;

  public ItemUpdateDecoder(EventRules rules, TimeSource timeSource) {
    super(ItemUpdate.class, ItemEvent.class, rules, timeSource);
  }

  @Override
  ItemEvent convert(ItemUpdate record, long time) throws RejectedRecordException {
    rules.checkId("event_id", record.getEventId());
    rules.checkId("item", record.getItem());
    FeatureEvent event = new FeatureEvent();
    event.eventId = record.getEventId();
    event.item = record.getItem();
    event.time = time;
    event.attributes = flat(record.getAttributes());
    event.deleted = record.getDeleted();
    return ItemEvent.ofUpdate(event);
  }

  private static String[] flat(Map<String, List<String>> attributes) {
    return attributes.entrySet().stream()
        .flatMap(
            attribute ->
                attribute.getValue().stream().map(value -> attribute.getKey() + "=" + value))
        .sorted()
        .toArray(String[]::new);
  }

  @Override
  Instant eventTime(ItemUpdate record) {
    return record.getEventTime();
  }
}
