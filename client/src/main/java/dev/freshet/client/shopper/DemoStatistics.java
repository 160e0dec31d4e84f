package dev.freshet.client.shopper;

import dev.freshet.evaluation.Rank;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.UserAction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * What a stream of actions and the recommendations that answer them look like right now. All times
 * are nanoseconds of {@link System#nanoTime()} (of one clock: the caller's); nothing here reads a
 * clock. Expects one recommendation for an action; repetitions are detected by their id and
 * ignored. So a placement is followed by handing in its recommendations only.
 *
 * <p>Thread-safe: sending, consuming and showing are different threads. Memory is bounded by the
 * number of users and of the last {@value #LARGEST_AWAITED} actions without an answer.
 */
public final class DemoStatistics {
  /** Rates are taken over this many seconds. */
  public static final int RATE_SECONDS = 5;

  /** Latency percentiles are taken over this many seconds. */
  public static final int LATENCY_SECONDS = 10;

  /** The sliding hit rate is taken over this many evaluated actions. */
  public static final int SLIDING_ACTIONS = 2_000;

  /** An item is a hit if its {@link Rank} in the list is at most this. */
  public static final int CUTOFF = RankMetric.HIT_RATE_10.depth();

  /** How many actions of the followed user are kept. */
  static final int FOLLOWED_ACTIONS = 6;

  /** A followed user without an action for so long makes room for another, in seconds. */
  static final int FOLLOW_SECONDS = 12;

  private static final int LARGEST_AWAITED = 100_000;
  private static final long SECOND = 1_000_000_000L;

  /** An action that has no recommendation yet. */
  private static final class Awaited {
    private final String user;
    private final long intendedNanos;

    /** What the user did next before the answer came, or null. */
    private String nextItem;

    Awaited(String user, long intendedNanos) {
      this.user = user;
      this.intendedNanos = intendedNanos;
    }
  }

  /** A user's last action, and what the list that answered it hits; null until the answer came. */
  private static final class LastAction {
    private String eventId;
    private List<String> hittable;
  }

  private static final class Followed {
    private final UserAction action;
    private List<String> list = List.of();
    private List<String> hittable = List.of();

    Followed(UserAction action) {
      this.action = action;
    }
  }

  /**
   * One action of the followed user.
   *
   * @param action kind of action
   * @param item its item, or null
   * @param clicked whether it is a click on a recommendation
   * @param predicted whether the item was in the list that answered the action before
   * @param recommended the list that answered this action, best first, at most {@link #CUTOFF};
   *     empty while it isn't there
   */
  public record FollowedAction(
      String action, String item, boolean clicked, boolean predicted, List<String> recommended) {}

  /**
   * The figures at one time.
   *
   * @param actions since the start, {@code recommendations} likewise, without repetitions
   * @param actionsPerSecond over the last {@value #RATE_SECONDS} s
   * @param recommendationsPerSecond over the last {@value #RATE_SECONDS} s
   * @param unanswered actions without a recommendation so far
   * @param p50Millis median over the last {@value #LATENCY_SECONDS} s from the time at which the
   *     action was due to the time at which its recommendation was consumed, in milliseconds;
   *     {@code p99Millis} likewise; empty without any
   * @param watermarkLagMillis wall clock minus watermark, in milliseconds; empty while unknown
   * @param hitRate over the last {@value #SLIDING_ACTIONS} evaluated actions, 0 to 1: was the
   *     user's next item among the first {@link #CUTOFF} of the list emitted for the action before
   *     it? Empty before the first
   * @param hitRateSinceStart the same over all evaluated actions
   * @param evaluated how many actions were evaluated since the start
   * @param clicks actions attributed to a recommendation
   * @param deadLetters records on the dead-letter topic
   * @param repetitions recommendations that answer no awaited action: they came more than once
   * @param firstRecommendationNanos from the start to the first recommendation
   * @param modelVersion which model scored the newest list; empty before the first
   * @param models how many models have served since the start, the first one included
   * @param sinceShiftNanos from the last shift of the shoppers' tastes until now; empty before one
   * @param followedUser the followed user, or null before the first action
   * @param followed that user's last actions, oldest first
   */
  public record Snapshot(
      long actions,
      long recommendations,
      double actionsPerSecond,
      double recommendationsPerSecond,
      long unanswered,
      OptionalDouble p50Millis,
      OptionalDouble p99Millis,
      OptionalDouble watermarkLagMillis,
      OptionalDouble hitRate,
      OptionalDouble hitRateSinceStart,
      long evaluated,
      long clicks,
      long deadLetters,
      long repetitions,
      OptionalLong firstRecommendationNanos,
      String modelVersion,
      int models,
      OptionalLong sinceShiftNanos,
      String followedUser,
      List<FollowedAction> followed) {}

  private final long startNanos;
  private final Supplier<OptionalDouble> watermarkLagMillis;

  private final SlidingCount sent;
  private final SlidingCount received;
  private final SlidingLatency latency;
  private final Map<String, LastAction> lastActions = new HashMap<>();
  private final LinkedHashMap<String, Awaited> awaited =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Awaited> eldest) {
          return size() > LARGEST_AWAITED;
        }
      };
  private final boolean[] recentHits = new boolean[SLIDING_ACTIONS];
  private final Deque<Followed> followed = new ArrayDeque<>();
  private int recentHitCount;
  private long hits;
  private long evaluated;
  private long actions;
  private long recommendations;
  private long clicks;
  private long deadLetters;
  private long repetitions;
  private OptionalLong firstRecommendationNanos = OptionalLong.empty();
  private final Set<String> models = new HashSet<>();
  private String modelVersion = "";
  private OptionalLong shiftedNanos = OptionalLong.empty();
  private String followedUser;
  private long followedNanos;

  /**
   * @param startNanos when the demonstration was started
   * @param watermarkLagMillis wall clock minus watermark, in milliseconds, asked at each snapshot;
   *     empty while unknown
   */
  public DemoStatistics(long startNanos, Supplier<OptionalDouble> watermarkLagMillis) {
    this.startNanos = startNanos;
    this.watermarkLagMillis = watermarkLagMillis;
    this.sent = new SlidingCount(startNanos);
    this.received = new SlidingCount(startNanos);
    this.latency = new SlidingLatency(startNanos);
  }

  /**
   * An action that is about to be sent. To be called before it is handed to the producer, or its
   * answer could come first.
   *
   * @param intendedNanos when it was due: waiting for a busy sender counts as latency
   */
  public synchronized void sent(UserAction action, long intendedNanos) {
    actions++;
    sent.add(intendedNanos);
    if (action.getRecommendationId() != null) {
      clicks++;
    }
    LastAction last = lastActions.computeIfAbsent(action.getUser(), user -> new LastAction());
    if (action.getItem() != null && last.eventId != null) {
      if (last.hittable != null) {
        evaluate(last.hittable.contains(action.getItem()));
      } else {
        Awaited before = awaited.get(last.eventId);
        if (before != null) {
          before.nextItem = action.getItem();
        }
      }
    }
    last.eventId = action.getEventId();
    last.hittable = null;
    awaited.put(action.getEventId(), new Awaited(action.getUser(), intendedNanos));
    follow(action, intendedNanos);
  }

  /**
   * A recommendation that was consumed.
   *
   * @param nanos when
   */
  public synchronized void received(Recommendation recommendation, long nanos) {
    Awaited answered = awaited.remove(recommendation.getEventId());
    if (answered == null) {
      repetitions++;
      return;
    }
    recommendations++;
    modelVersion = recommendation.getModelVersion();
    models.add(modelVersion);
    received.add(nanos);
    latency.add(nanos, nanos - answered.intendedNanos);
    if (firstRecommendationNanos.isEmpty()) {
      firstRecommendationNanos = OptionalLong.of(nanos - startNanos);
    }
    List<String> list =
        recommendation.getItems().stream().limit(CUTOFF).map(RankedItem::getItem).toList();
    List<String> hittable = hittable(recommendation.getItems());
    if (answered.nextItem != null) {
      evaluate(hittable.contains(answered.nextItem));
    }
    LastAction last = lastActions.get(answered.user);
    if (last.eventId.equals(recommendation.getEventId())) {
      last.hittable = hittable;
    }
    for (Followed one : followed) {
      if (one.action.getEventId().equals(recommendation.getEventId())) {
        one.list = list;
        one.hittable = hittable;
      }
    }
  }

  /** A record on the dead-letter topic. */
  public synchronized void deadLetter() {
    deadLetters++;
  }

  /** The shoppers' tastes have changed. */
  public synchronized void shifted(long nanos) {
    shiftedNanos = OptionalLong.of(nanos);
  }

  /** The figures as of now. */
  public Snapshot snapshot(long nowNanos) {
    // Outside the lock: it may ask another thread, or the network.
    OptionalDouble lag = watermarkLagMillis.get();
    synchronized (this) {
      Histogram recent = latency.recent(nowNanos);
      return new Snapshot(
          actions,
          recommendations,
          sent.perSecond(nowNanos),
          received.perSecond(nowNanos),
          awaited.size(),
          percentileMillis(recent, 50),
          percentileMillis(recent, 99),
          lag,
          share(recentHitCount, Math.min(evaluated, SLIDING_ACTIONS)),
          share(hits, evaluated),
          evaluated,
          clicks,
          deadLetters,
          repetitions,
          firstRecommendationNanos,
          modelVersion,
          models.size(),
          shiftedNanos.isEmpty()
              ? OptionalLong.empty()
              : OptionalLong.of(nowNanos - shiftedNanos.getAsLong()),
          followedUser,
          followedActions());
    }
  }

  /** The items of a list that are hits if the user wants them next. */
  private static List<String> hittable(List<RankedItem> list) {
    float[] scores = new float[list.size()];
    for (int place = 0; place < scores.length; place++) {
      scores[place] = list.get(place).getScore();
    }
    List<String> items = new ArrayList<>(CUTOFF);
    for (int place = 0; place < Math.min(CUTOFF, scores.length); place++) {
      if (RankMetric.HIT_RATE_10.of(Rank.of(scores, scores.length, place)) > 0) {
        items.add(list.get(place).getItem());
      }
    }
    return items;
  }

  private void evaluate(boolean hit) {
    int place = (int) (evaluated % SLIDING_ACTIONS);
    if (recentHits[place]) {
      recentHitCount--;
    }
    recentHits[place] = hit;
    if (hit) {
      recentHitCount++;
      hits++;
    }
    evaluated++;
  }

  private void follow(UserAction action, long nanos) {
    if (followedUser == null || nanos - followedNanos > FOLLOW_SECONDS * SECOND) {
      // Also for the same user coming back: a new visit starts on an empty page.
      followedUser = action.getUser();
      followed.clear();
    }
    if (action.getUser().equals(followedUser)) {
      followedNanos = nanos;
      followed.addLast(new Followed(action));
      // One more than shown, to know whether the oldest shown one was predicted.
      if (followed.size() > FOLLOWED_ACTIONS + 1) {
        followed.removeFirst();
      }
    }
  }

  private List<FollowedAction> followedActions() {
    List<FollowedAction> shown = new ArrayList<>();
    List<String> hittableBefore = List.of();
    for (Followed one : followed) {
      UserAction action = one.action;
      shown.add(
          new FollowedAction(
              action.getAction(),
              action.getItem(),
              action.getRecommendationId() != null,
              action.getItem() != null && hittableBefore.contains(action.getItem()),
              one.list));
      hittableBefore = one.hittable;
    }
    return List.copyOf(shown.subList(Math.max(0, shown.size() - FOLLOWED_ACTIONS), shown.size()));
  }

  private static OptionalDouble percentileMillis(Histogram micros, double percentile) {
    return micros.getTotalCount() == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(micros.getValueAtPercentile(percentile) / 1000.0);
  }

  private static OptionalDouble share(long part, long whole) {
    return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
  }
}
