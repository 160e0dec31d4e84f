package dev.freshet.jobs.item;

import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.flow.EventOrder;
import dev.freshet.jobs.flow.EventOrderedFunction;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.Visit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Keyed by item: keeps the item's counts and attributes, and emits what changed for all ranking
 * subtasks. It emits once per event time and never combines two event times.
 */
public final class ItemHistory extends EventOrderedFunction<ItemEvent, ItemChange> {

  /**
   * Actions on the item, each with the item's attributes at that time, and the item's catalog
   * updates. An action that arrives behind the watermark has the attributes that are known when it
   * arrives.
   */
  public static final OutputTag<FeatureEvent> FEATURE_EVENTS =
      new OutputTag<>("item-feature-events", TypeInformation.of(FeatureEvent.class));

  private static final Visit[] NO_VISITS = {};
  private static final String[] NO_ATTRIBUTES = {};

  private final ItemSettings settings;
  private transient ValueState<ItemProfile> profiles;

  /** {@code name=} for each attribute that features use. */
  private final String[] featurePrefixes;

  /** {@code name=} for each attribute that ranking uses. */
  private final String[] rankingPrefixes;

  /**
   * @param featureAttributes the attributes that features use
   * @param rankingAttributes the attributes that ranking uses
   */
  public ItemHistory(
      ItemSettings settings,
      Collection<String> featureAttributes,
      Collection<String> rankingAttributes,
      EventOrder eventOrder) {
    super(ItemEvent.class, eventOrder);
    this.settings = settings;
    featurePrefixes = prefixes(featureAttributes);
    rankingPrefixes = prefixes(rankingAttributes);
  }

  private static String[] prefixes(Collection<String> attributes) {
    return attributes.stream().map(name -> name + "=").toArray(String[]::new);
  }

  @Override
  public void open(OpenContext context) throws Exception {
    super.open(context);
    profiles =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("profile", TypeInformation.of(ItemProfile.class)));
  }

  @Override
  protected Comparator<ItemEvent> comparator() {
    return ItemEvent.EVENT_ORDER;
  }

  @Override
  protected long time(ItemEvent event) {
    return event.time();
  }

  @Override
  protected void handle(
      long time, List<ItemEvent> events, boolean late, Context context, Collector<ItemChange> out)
      throws Exception {
    ItemProfile profile = profiles.value();
    if (profile == null) {
      profile = new ItemProfile();
    }
    List<Visit> visits = new ArrayList<>(events.size());
    for (ItemEvent event : events) {
      profile.apply(event.event, settings);
      if (event.event.isAction()) {
        visits.add(new Visit(FeatureEvent.hash(event.event.user), event.before));
      }
      context.output(FEATURE_EVENTS, featureEvent(event.event, profile));
    }
    profiles.update(profile);
    ItemChange change = change(context.getCurrentKey(), time, profile, visits);
    change.late = late;
    out.collect(change);
  }

  /**
   * Returns the event with the attributes that features depend on. An update, even a late one, has
   * its own.
   */
  private FeatureEvent featureEvent(FeatureEvent event, ItemProfile profile) {
    if (event.isAction()) {
      event.attributes = wanted(profile.attributes, featurePrefixes);
      event.deleted = profile.deleted;
      return event;
    }
    FeatureEvent update = new FeatureEvent();
    update.eventId = event.eventId;
    update.time = event.time;
    update.item = event.item;
    update.attributes = wanted(event.attributes, featurePrefixes);
    update.deleted = event.deleted;
    return update;
  }

  private static String[] wanted(String[] attributes, String[] prefixes) {
    if (prefixes.length == 0) {
      return NO_ATTRIBUTES;
    }
    int count = 0;
    String[] wanted = new String[attributes.length];
    for (String attribute : attributes) {
      for (String prefix : prefixes) {
        if (attribute.startsWith(prefix)) {
          wanted[count++] = attribute;
          break;
        }
      }
    }
    return count == 0 ? NO_ATTRIBUTES : Arrays.copyOf(wanted, count);
  }

  private ItemChange change(String item, long time, ItemProfile profile, List<Visit> visits) {
    ItemChange change = new ItemChange();
    change.item = item;
    change.time = time;
    change.shortCount = profile.shortCount;
    change.longCount = profile.longCount;
    change.countTime = profile.countTime;
    change.firstSeen = profile.firstSeen;
    change.lastAction = profile.lastAction;
    change.deleted = profile.deleted;
    change.attributes = wanted(profile.attributes, rankingPrefixes);
    change.visits = visits.isEmpty() ? NO_VISITS : visits.toArray(NO_VISITS);
    return change;
  }
}
