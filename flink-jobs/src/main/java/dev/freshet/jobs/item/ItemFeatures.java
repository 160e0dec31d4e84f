package dev.freshet.jobs.item;

import dev.freshet.jobs.EventOrder;
import dev.freshet.jobs.EventOrderedFunction;
import dev.freshet.jobs.event.FeatureUpdate;
import dev.freshet.jobs.event.ItemChange;
import dev.freshet.jobs.event.ItemEvent;
import dev.freshet.jobs.event.Visit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Keyed by item: keeps its counts and attributes, and tells all ranking subtasks what changed, once
 * per event time and never across two.
 */
public final class ItemFeatures extends EventOrderedFunction<ItemEvent, ItemChange> {

  /** The item's features, to be stored. */
  public static final OutputTag<FeatureUpdate> FEATURES =
      new OutputTag<>("item-features", TypeInformation.of(FeatureUpdate.class));

  private static final Visit[] NO_VISITS = {};

  private final ItemSettings settings;
  private transient ValueState<ItemProfile> profiles;
  private transient ItemFeatureRow features;

  public ItemFeatures(ItemSettings settings, EventOrder eventOrder) {
    super(ItemEvent.class, eventOrder);
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) throws Exception {
    super.open(context);
    profiles =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("profile", TypeInformation.of(ItemProfile.class)));
    features = new ItemFeatureRow();
  }

  @Override
  protected Comparator<ItemEvent> comparator() {
    return ItemEvent.EVENT_ORDER;
  }

  @Override
  protected long time(ItemEvent event) {
    return event.time;
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
      profile.apply(event, settings);
      if (event.visit != null) {
        visits.add(event.visit);
      }
    }
    profiles.update(profile);
    out.collect(change(context.getCurrentKey(), time, profile, visits));
    context.output(
        FEATURES, new FeatureUpdate("item", context.getCurrentKey(), features.pack(profile)));
  }

  private static ItemChange change(
      String item, long time, ItemProfile profile, List<Visit> visits) {
    ItemChange change = new ItemChange();
    change.item = item;
    change.time = time;
    change.shortCount = profile.shortCount;
    change.longCount = profile.longCount;
    change.countTime = profile.countTime;
    change.firstSeen = profile.firstSeen;
    change.lastAction = profile.lastAction;
    change.deleted = profile.deleted;
    change.visits = visits.isEmpty() ? NO_VISITS : visits.toArray(NO_VISITS);
    return change;
  }
}
