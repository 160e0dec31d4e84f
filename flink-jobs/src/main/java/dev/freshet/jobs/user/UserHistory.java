package dev.freshet.jobs.user;

import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.EventOrder;
import dev.freshet.jobs.EventOrderedFunction;
import dev.freshet.jobs.JobCounters;
import dev.freshet.jobs.event.Action;
import dev.freshet.jobs.event.ItemEvent;
import dev.freshet.jobs.event.RankRequest;
import dev.freshet.jobs.event.Visit;
import dev.freshet.jobs.rank.ItemReplica;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Keyed by user: drops duplicates, brings a user's actions into event order, keeps the history, and
 * for each action asks for the lists that it wants, if any, and tells the item.
 */
public final class UserHistory extends EventOrderedFunction<Action, RankRequest> {

  /** What an action means for its item. */
  public static final OutputTag<ItemEvent> ITEM_EVENTS =
      new OutputTag<>("item-events", TypeInformation.of(ItemEvent.class));

  /** Actions without an item, as features see them; those with one go by way of the item. */
  public static final OutputTag<FeatureEvent> FEATURE_EVENTS =
      new OutputTag<>("user-feature-events", TypeInformation.of(FeatureEvent.class));

  private final UserSettings settings;
  private transient ValueState<UserProfile> profiles;

  /** Event ids that were seen, each with the event time until which it counts. */
  private transient MapState<String, Long> seen;

  /** When {@link #seen} will next be thinned out; null when nothing is remembered. */
  private transient ValueState<Long> nextPrune;

  private transient JobCounters counters;
  private transient WantedLists lists;

  public UserHistory(UserSettings settings, EventOrder eventOrder) {
    super(Action.class, eventOrder);
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) throws Exception {
    super.open(context);
    profiles =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("profile", TypeInformation.of(UserProfile.class)));
    seen =
        getRuntimeContext().getMapState(new MapStateDescriptor<>("seen", Types.STRING, Types.LONG));
    nextPrune = getRuntimeContext().getState(new ValueStateDescriptor<>("next-prune", Types.LONG));
    counters = new JobCounters(getRuntimeContext());
    lists = new WantedLists(settings.placements());
  }

  @Override
  protected Comparator<Action> comparator() {
    return Action.EVENT_ORDER;
  }

  @Override
  protected long time(Action action) {
    return action.time;
  }

  @Override
  protected boolean admit(Action action, Context context) throws Exception {
    if (seen.contains(action.eventId)) {
      counters.duplicate();
      return false;
    }
    long watermark = context.timerService().currentWatermark();
    long until = Math.max(action.time, watermark) + settings.dedupWindow();
    seen.put(action.eventId, until);
    if (nextPrune.value() == null) {
      nextPrune.update(until);
      context.timerService().registerEventTimeTimer(until);
    }
    return true;
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<RankRequest> out)
      throws Exception {
    super.onTimer(time, context, out);
    Long prune = nextPrune.value();
    if (prune != null && prune <= time) {
      prune(time, context);
    }
  }

  /** Forgets what has passed; at most every other window, so that the cost stays small. */
  private void prune(long time, OnTimerContext context) throws Exception {
    long latest = Long.MIN_VALUE;
    for (Iterator<Map.Entry<String, Long>> ids = seen.iterator(); ids.hasNext(); ) {
      long until = ids.next().getValue();
      if (until <= time) {
        ids.remove();
      } else {
        latest = Math.max(latest, until);
      }
    }
    if (latest == Long.MIN_VALUE) {
      seen.clear(); // or an empty map would stay for every user
      nextPrune.clear();
    } else {
      nextPrune.update(latest);
      context.timerService().registerEventTimeTimer(latest);
    }
  }

  @Override
  protected void handle(
      long time, List<Action> actions, boolean late, Context context, Collector<RankRequest> out)
      throws Exception {
    UserProfile profile = profiles.value();
    if (profile == null) {
      profile = new UserProfile();
    }
    for (Action action : actions) {
      if (late) {
        counters.late();
      }
      if (action.item != null) {
        context.output(ITEM_EVENTS, itemEvent(action, profile));
      } else {
        context.output(FEATURE_EVENTS, action.featureEvent());
      }
      profile.apply(action, settings);
      out.collect(request(action, profile, late));
    }
    profiles.update(profile);
  }

  private ItemEvent itemEvent(Action action, UserProfile profile) {
    Visit visit = new Visit();
    visit.eventId = action.eventId;
    visit.user = action.user;
    visit.before = profile.before(action.item, action.time, ItemReplica.COVISIT_REACH);
    ItemEvent event = new ItemEvent();
    event.eventId = action.eventId;
    event.item = action.item;
    event.time = action.time;
    event.visit = visit;
    event.action = action.featureEvent();
    return event;
  }

  private RankRequest request(Action action, UserProfile profile, boolean late) {
    RankRequest request = new RankRequest();
    request.eventId = action.eventId;
    request.user = action.user;
    request.time = action.time;
    request.late = late;
    request.item = action.item;
    request.actionType = action.type;
    request.recent = profile.recent;
    request.recentInSession = profile.recentInSession();
    request.actions = profile.actions;
    request.repeats = profile.repeats;
    request.sessionPosition = profile.sessionPosition;
    ask(request, lists.byAction(action.type), profile);
    return request;
  }

  /** What no list leaves out is not sent: it may be long. */
  private static void ask(RankRequest request, WantedLists.Wanted wanted, UserProfile profile) {
    request.placements = wanted.placements();
    if (wanted.seen() || wanted.seenInSession()) {
      request.seenInSession = profile.seenInSession();
      request.seen =
          wanted.seen() ? profile.seen : Arrays.copyOf(profile.seen, request.seenInSession);
    }
    if (wanted.bought()) {
      request.bought = profile.bought;
    }
  }
}
