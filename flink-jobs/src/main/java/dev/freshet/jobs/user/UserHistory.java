package dev.freshet.jobs.user;

import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.event.UserEvent;
import dev.freshet.jobs.flow.EventOrder;
import dev.freshet.jobs.flow.EventOrderedFunction;
import dev.freshet.jobs.flow.JobCounters;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.protocol.event.ListRequest;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.yaml.Nullable;
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
 * Keyed by user: drops duplicates, puts a user's events into event order and keeps the history. For
 * each action it emits a request with the lists that the action wants, if any, and an event for the
 * item. A request for a list is answered as of its place in that order, and leaves no trace in the
 * history.
 */
public final class UserHistory extends EventOrderedFunction<UserEvent, RankRequest> {

  /** Actions as events of their items. */
  public static final OutputTag<ItemEvent> ITEM_EVENTS =
      new OutputTag<>("item-events", TypeInformation.of(ItemEvent.class));

  /**
   * Actions without an item, as features see them. Actions with an item reach the features by way
   * of the item.
   */
  public static final OutputTag<FeatureEvent> FEATURE_EVENTS =
      new OutputTag<>("user-feature-events", TypeInformation.of(FeatureEvent.class));

  private final UserSettings settings;
  private transient ValueState<UserProfile> profiles;

  /**
   * {@link FeatureEvent#hash Hashes} of the ids of actions that were seen, each with the event time
   * until which it counts. Among 100,000 ids of one user, two share one of the 64-bit hashes once
   * in 3.7 billion times.
   */
  private transient MapState<Long, Long> seen;

  /** The same for requests, whose ids are independent of those of actions. */
  private transient MapState<Long, Long> seenRequests;

  /** When expired ids will next be removed; null when no id is kept. */
  private transient ValueState<Long> nextPrune;

  private transient JobCounters counters;
  private transient WantedLists lists;

  public UserHistory(UserSettings settings, EventOrder eventOrder) {
    super(UserEvent.class, eventOrder);
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) throws Exception {
    super.open(context);
    profiles =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("profile", TypeInformation.of(UserProfile.class)));
    seen =
        getRuntimeContext().getMapState(new MapStateDescriptor<>("seen", Types.LONG, Types.LONG));
    seenRequests =
        getRuntimeContext()
            .getMapState(new MapStateDescriptor<>("seen-requests", Types.LONG, Types.LONG));
    nextPrune = getRuntimeContext().getState(new ValueStateDescriptor<>("next-prune", Types.LONG));
    counters = new JobCounters(getRuntimeContext());
    lists = new WantedLists(settings.placements());
  }

  @Override
  protected Comparator<UserEvent> comparator() {
    return UserEvent.EVENT_ORDER;
  }

  @Override
  protected long time(UserEvent event) {
    return event.time();
  }

  @Override
  protected boolean admit(UserEvent event, Context context) throws Exception {
    MapState<Long, Long> ids = event.action != null ? seen : seenRequests;
    long id = FeatureEvent.hash(event.id());
    if (ids.contains(id)) {
      counters.duplicate();
      return false;
    }
    long watermark = context.timerService().currentWatermark();
    long until = Math.max(event.time(), watermark) + settings.dedupWindow();
    ids.put(id, until);
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

  /** Removes the expired ids, at most every other window, so that the cost stays small. */
  private void prune(long time, OnTimerContext context) throws Exception {
    long latest = Math.max(thinOut(seen, time), thinOut(seenRequests, time));
    if (latest == Long.MIN_VALUE) {
      nextPrune.clear();
    } else {
      nextPrune.update(latest);
      context.timerService().registerEventTimeTimer(latest);
    }
  }

  /**
   * Removes the expired ids and returns until when the last of the others counts; {@code
   * Long.MIN_VALUE} when none is left.
   */
  private static long thinOut(MapState<Long, Long> ids, long time) throws Exception {
    long latest = Long.MIN_VALUE;
    for (Iterator<Map.Entry<Long, Long>> all = ids.iterator(); all.hasNext(); ) {
      long until = all.next().getValue();
      if (until <= time) {
        all.remove();
      } else {
        latest = Math.max(latest, until);
      }
    }
    if (latest == Long.MIN_VALUE) {
      ids.clear(); // or an empty map would stay for every user
    }
    return latest;
  }

  @Override
  protected void handle(
      long time, List<UserEvent> events, boolean late, Context context, Collector<RankRequest> out)
      throws Exception {
    UserProfile profile = profiles.value();
    if (profile == null) {
      profile = new UserProfile();
    }
    boolean acted = false;
    for (UserEvent event : events) {
      if (late) {
        counters.late();
      }
      if (event.action != null) {
        acted = true;
        // Read before the profile has the action, whose item would otherwise be among those before.
        String[] before = itemsBefore(event.action, profile);
        boolean repeated = profile.apply(event.action, settings);
        // The request is emitted first: a client waits for its answer.
        out.collect(request(event.action, repeated, profile, late));
        if (event.action.item == null) {
          context.output(FEATURE_EVENTS, event.action);
        } else {
          context.output(ITEM_EVENTS, ItemEvent.ofAction(event.action, before));
        }
      } else if (lists.has(event.request.placement)) {
        out.collect(request(event.request, profile, late));
      } // else it waited in a checkpoint, and the configuration has lost its placement since
    }
    if (acted) {
      profiles.update(profile);
    }
  }

  private static @Nullable String[] itemsBefore(FeatureEvent action, UserProfile profile) {
    return action.item == null
        ? null
        : profile.before(action.item, action.time, ItemReplica.COVISIT_REACH);
  }

  private RankRequest request(
      FeatureEvent action, boolean repeated, UserProfile profile, boolean late) {
    RankRequest request = snapshot(profile, late);
    request.eventId = action.eventId;
    request.user = action.user;
    request.time = action.time;
    request.item = action.item;
    request.repeated = repeated;
    request.actionType = action.action;
    request.recommendationId = action.recommendationId;
    request.recentInSession = profile.recentInSession();
    request.sessionPosition = profile.sessionPosition;
    ask(request, lists.byAction(action.action), profile, true);
    return request;
  }

  private RankRequest request(ListRequest asking, UserProfile profile, boolean late) {
    RankRequest request = snapshot(profile, late);
    request.eventId = asking.requestId;
    request.user = asking.user;
    request.time = asking.time;
    request.asked = true;
    request.candidates = asking.candidates;
    request.item = asking.item;
    boolean inSession = profile.inSessionAt(asking.time, settings.sessionGap());
    if (inSession) {
      request.recentInSession = profile.recentInSession();
      request.sessionPosition = profile.sessionPosition;
    }
    ask(request, lists.byName(asking.placement), profile, inSession);
    return request;
  }

  private static RankRequest snapshot(UserProfile profile, boolean late) {
    RankRequest request = new RankRequest();
    request.late = late;
    request.recent = profile.recent;
    request.actions = profile.actions;
    request.repeats = profile.repeats;
    return request;
  }

  /**
   * Adds the wanted lists to a request, and only those of the user's items that one of them
   * excludes: the arrays may be long.
   */
  private static void ask(
      RankRequest request, WantedLists.Wanted wanted, UserProfile profile, boolean inSession) {
    request.placements = wanted.placements();
    if (wanted.seen() || wanted.seenInSession()) {
      request.seenInSession = inSession ? profile.seenInSession() : 0;
      request.seen =
          wanted.seen() ? profile.seen : Arrays.copyOf(profile.seen, request.seenInSession);
    }
    if (wanted.bought()) {
      request.bought = profile.bought;
    }
  }
}
