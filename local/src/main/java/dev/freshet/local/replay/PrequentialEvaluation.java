package dev.freshet.local.replay;

import dev.freshet.features.FeatureEvent;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.UserAction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Judges recommendations by what the users did: was the item of a user's action in the list that
 * was emitted for the same user's action before it, or in the one that was asked for just before
 * ({@link Judging.Lists})? Every action is first a test and then part of what the next list rests
 * on, hence prequential (Dawid, "Statistical theory: the prequential approach", 1984). A user's
 * first action is no test: nothing was known of the user.
 *
 * <p>It never flatters. An item ranks behind all others of the same score and never before its
 * position in the list; behind others whose score is NaN; and with a score of NaN it is a miss. An
 * list that is missing makes its action a miss.
 *
 * <p>Fed in order of (event time, event id). Memory: a list of numbers for each user, one byte for
 * each action and, where repeated items don't count, a number for each item of a user. For one
 * thread.
 */
public final class PrequentialEvaluation {
  /** Ranks behind this do not count in any metric. */
  private static final int DEEPEST = 20;

  private static final byte NOT_EVALUATED = -1;
  private static final byte MISS = 0;
  private static final Ranks NOTHING = new Ranks(new int[0], new byte[0]);

  /** The items that can be hit, and their ranks. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Ranks(int[] items, byte[] ranks) {
    byte rankOf(Integer item) {
      if (item != null) {
        for (int i = 0; i < items.length; i++) {
          if (items[i] == item) {
            return ranks[i];
          }
        }
      }
      return MISS;
    }
  }

  private final Judging judging;
  private final Map<String, Ranks> lastLists = new HashMap<>();

  /** Hashes of users with their items. */
  private final Set<Long> seen = new HashSet<>();

  /** Numbers of the items that were ever recommended. */
  private final Map<String, Integer> items = new HashMap<>();

  private byte[] outcomes = new byte[1024];
  private int actions;
  private long unanswered;

  /** An evaluation of lists that are added one by one. */
  public PrequentialEvaluation(Judging judging) {
    this.judging = judging;
  }

  /**
   * Evaluates a whole replay.
   *
   * @param judging how lists are judged
   * @param placement the lists of this placement are
   * @param accepted whether the job takes the action; others (empty ids, impossible times) are
   *     passed over as if they were not there
   */
  public static PrequentialEvaluation of(
      RecordedEvents events,
      ReplayedRecommendations recommendations,
      Judging judging,
      String placement,
      Predicate<UserAction> accepted) {
    PrequentialEvaluation evaluation = new PrequentialEvaluation(judging);
    Answers answers = new Answers(recommendations.iterator(), judging, placement);
    List<UserAction> sameTime = new ArrayList<>();
    for (UserAction action : events) {
      if (!accepted.test(action)) {
        continue;
      }
      if (!sameTime.isEmpty() && !sameTime.get(0).getEventTime().equals(action.getEventTime())) {
        evaluation.addAll(sameTime, answers);
        sameTime.clear();
      }
      sameTime.add(action);
    }
    evaluation.addAll(sameTime, answers);
    return evaluation;
  }

  /** Adds actions of one event time, in order of their ids; a repeated one is none. */
  private void addAll(List<UserAction> sameTime, Answers answers) {
    sameTime.sort(Comparator.comparing(UserAction::getEventId));
    String previous = null;
    for (UserAction action : sameTime) {
      if (!action.getEventId().equals(previous)) {
        add(action, answers.to(action));
      }
      previous = action.getEventId();
    }
  }

  /**
   * Adds the next action in order of (event time, event id).
   *
   * @param answer the list that was emitted for it, or asked for before it; null: there is none
   */
  public void add(UserAction action, Recommendation answer) {
    if (actions == outcomes.length) {
      outcomes = Arrays.copyOf(outcomes, 2 * actions);
    }
    Ranks list = ranks(answer);
    Ranks before = lastLists.put(action.getUser(), judging.asked() ? NOTHING : list);
    boolean isNew = action.getItem() != null && isNew(action);
    boolean evaluated = before != null && isNew;
    Ranks judged = judging.asked() ? list : before;
    outcomes[actions++] = evaluated ? judged.rankOf(items.get(action.getItem())) : NOT_EVALUATED;
    if (answer == null) {
      unanswered++;
    }
  }

  private boolean isNew(UserAction action) {
    return !judging.excludeSeen()
        || seen.add(FeatureEvent.hash(action.getUser()) * 31 + FeatureEvent.hash(action.getItem()));
  }

  private Ranks ranks(Recommendation answer) {
    if (answer == null || answer.getItems().isEmpty()) {
      return NOTHING;
    }
    List<RankedItem> list = answer.getItems();
    int deepest = Math.min(DEEPEST, list.size());
    int[] found = new int[deepest];
    byte[] ranks = new byte[deepest];
    for (int i = 0; i < deepest; i++) {
      found[i] = items.computeIfAbsent(list.get(i).getItem(), item -> items.size());
      int rank = Math.max(i + 1, pessimisticRank(list, list.get(i).getScore()));
      ranks[i] = rank > DEEPEST ? MISS : (byte) rank;
    }
    return new Ranks(found, ranks);
  }

  /** The number of items that the score does not beat, itself included. */
  private static int pessimisticRank(List<RankedItem> list, float score) {
    int rank = 0;
    for (RankedItem other : list) {
      if (!(other.getScore() < score)) {
        rank++;
      }
    }
    return Float.isNaN(score) ? Integer.MAX_VALUE : rank;
  }

  /** Number of actions that were added. */
  public int actions() {
    return actions;
  }

  /** Of these, those without a list. Anything but 0 in a replay is a fault of the job. */
  public long unanswered() {
    return unanswered;
  }

  /**
   * The metrics over the actions of which the index in the stream is at least {@code fraction *
   * actions()}: 0.2 leaves out the first fifth as warm-up, 0.8 is the last fifth.
   *
   * @throws IllegalArgumentException if the fraction is not within 0 and 1
   */
  public PrequentialMetrics metricsFrom(double fraction) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException(
          "A fraction of the actions must be within 0 and 1, not " + fraction);
    }
    long evaluated = 0;
    long hits10 = 0;
    long hits20 = 0;
    double reciprocal10 = 0;
    double reciprocal20 = 0;
    double gain10 = 0;
    for (int index = (int) Math.ceil(fraction * actions); index < actions; index++) {
      int rank = outcomes[index];
      if (rank == NOT_EVALUATED) {
        continue;
      }
      evaluated++;
      if (rank == MISS) {
        continue;
      }
      hits20++;
      reciprocal20 += 1.0 / rank;
      if (rank <= 10) {
        hits10++;
        reciprocal10 += 1.0 / rank;
        gain10 += Math.log(2) / Math.log(rank + 1);
      }
    }
    double n = evaluated == 0 ? Double.NaN : evaluated;
    return new PrequentialMetrics(
        evaluated, hits10 / n, hits20 / n, reciprocal10 / n, reciprocal20 / n, gain10 / n);
  }

  /** A placement's recommendations, walked through beside the actions. */
  private static final class Answers {
    private final Iterator<Recommendation> recommendations;
    private final Judging judging;
    private final String placement;
    private Recommendation next;

    Answers(Iterator<Recommendation> recommendations, Judging judging, String placement) {
      this.recommendations = recommendations;
      this.judging = judging;
      this.placement = placement;
      advance();
    }

    private void advance() {
      do {
        next = recommendations.hasNext() ? recommendations.next() : null;
      } while (next != null && !next.getPlacement().equals(placement));
    }

    Recommendation to(UserAction action) {
      Instant time = action.getEventTime();
      String id = action.getEventId();
      if (judging.asked()) {
        time = time.minusMillis(Judging.ASKED_BEFORE);
        id = judging.requestId(placement, id);
      }
      while (next != null && compare(next, time, id) < 0) {
        advance();
      }
      Recommendation answer = null;
      while (next != null && compare(next, time, id) == 0) {
        answer = answer == null ? next : answer;
        advance();
      }
      return answer;
    }

    private static int compare(Recommendation recommendation, Instant time, String id) {
      int byTime = recommendation.getEventTime().compareTo(time);
      return byTime != 0 ? byTime : recommendation.getEventId().compareTo(id);
    }
  }
}
