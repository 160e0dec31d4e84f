package dev.freshet.jobs;

import dev.freshet.features.FeatureEvent;
import dev.freshet.protocol.event.ItemEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;

/** Events for tests. */
public final class TestEvents {

  /** Compares events field by field, with NaN equal to itself. */
  public static final RecursiveComparisonConfiguration BY_FIELDS =
      RecursiveComparisonConfiguration.builder()
          .withComparatorForType(Comparator.naturalOrder(), Double.class)
          .build();

  private TestEvents() {}

  /** A view; the item may be null. */
  public static FeatureEvent action(String eventId, String user, String item, long time) {
    FeatureEvent action = new FeatureEvent();
    action.eventId = eventId;
    action.user = user;
    action.item = item;
    action.action = "view";
    action.time = time;
    return action;
  }

  public static FeatureEvent inSession(FeatureEvent action, String session) {
    action.session = session;
    return action;
  }

  /** What an action means for its item. */
  public static ItemEvent visit(String eventId, String item, long time, String... before) {
    return ItemEvent.ofAction(seen(eventId, "user of " + eventId, item, time), before);
  }

  /** A view as features see it; the item may be null. */
  public static FeatureEvent seen(String eventId, String user, String item, long time) {
    FeatureEvent event = new FeatureEvent();
    event.eventId = eventId;
    event.user = user;
    event.item = item;
    event.action = "view";
    event.time = time;
    return event;
  }

  /** The catalog's word on an item. */
  public static ItemEvent catalog(
      String eventId, String item, long time, boolean deleted, String... attributes) {
    FeatureEvent event = new FeatureEvent();
    event.eventId = eventId;
    event.item = item;
    event.time = time;
    event.attributes = attributes;
    event.deleted = deleted;
    return ItemEvent.ofUpdate(event);
  }

  /**
   * Actions in event order, with times that often coincide, some without an item, popular items and
   * rare ones.
   *
   * @param step greatest time between two actions, in milliseconds
   */
  public static List<FeatureEvent> randomActions(
      Random random, int count, int users, int items, long start, int step) {
    List<FeatureEvent> actions = new ArrayList<>(count);
    long time = start;
    for (int number = 0; number < count; number++) {
      if (random.nextInt(3) > 0) {
        time += random.nextInt(step + 1);
      }
      int item = (int) (items * Math.pow(random.nextDouble(), 2));
      actions.add(
          action(
              "e" + random.nextInt(10) + "-" + number,
              "u" + random.nextInt(users),
              random.nextInt(20) == 0 ? null : "i" + item,
              time));
    }
    actions.sort(FeatureEvent.EVENT_ORDER);
    return actions;
  }
}
