package dev.freshet.replay.judge;

import dev.freshet.evaluation.Rank;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.features.FeatureEvent;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.UserAction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Judges recommendations by what the users did: was the item of a user's action in the list that
 * was emitted for the same user's action before it, or in the one that was asked for just before
 * ({@link Judging.Lists})? Every action is first a test and then part of what the next list rests
 * on, hence prequential (Dawid, "Statistical theory: the prequential approach", 1984). A user's
 * first action is no test: nothing was known of the user.
 *
 * <p>It never flatters: ranks follow {@link Rank}, and a list that is missing makes its action a
 * miss.
 *
 * <p>Fed in order of (event time, event id). Memory: a list of numbers for each user, 19 bytes for
 * each action, four numbers for each item and, where repeated items don't count, a number for each
 * item of a user. For one thread.
 */
public final class PrequentialEvaluation {
  private static final Ranks NOTHING = new Ranks(Labels.NONE, new int[0], new byte[0], new byte[0]);

  /**
   * The items that can be hit, their ranks and the sources that proposed them.
   *
   * @param served number of the model and variant that made the list; {@link Labels#NONE}: there is
   *     no list
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Ranks(int served, int[] items, byte[] ranks, byte[] sources) {
    /** Place of an item in the arrays; -1: it is not there. */
    int placeOf(int item) {
      for (int i = 0; i < items.length; i++) {
        if (items[i] == item) {
          return i;
        }
      }
      return -1;
    }
  }

  private final Judging judging;
  private final String placement;
  private final int warmupActions;
  private final Consumer<JudgedAction> judgedActions;

  /** The list that answered each user's action before. */
  private final List<Ranks> lastLists = new ArrayList<>();

  /** Hashes of users with their items. */
  private final Set<Long> seen = new HashSet<>();

  private final JudgedColumns columns = new JudgedColumns();
  private final ItemCounts items = new ItemCounts();
  private long unanswered;
  private Instant countedFrom = Instant.MAX;

  /** An evaluation of lists that are added one by one. */
  public PrequentialEvaluation(Judging judging) {
    this(judging, judging.placement(), 0, test -> {});
  }

  /**
   * An evaluation of lists that are added one by one.
   *
   * @param placement whose lists they are
   * @param warmupActions so many actions are the warm-up: their lists count for nothing that is
   *     said of the lists
   * @param judgedActions takes every test, those of the warm-up too, in the order of the actions
   */
  public PrequentialEvaluation(
      Judging judging, String placement, int warmupActions, Consumer<JudgedAction> judgedActions) {
    this.judging = judging;
    this.placement = placement;
    this.warmupActions = warmupActions;
    this.judgedActions = judgedActions;
  }

  /**
   * Evaluates a whole replay.
   *
   * @param judging how lists are judged
   * @param placement the lists of this placement are
   * @param judgedActions takes every test
   * @param progress receives the number of actions done so far, each time
   */
  public static PrequentialEvaluation of(
      AcceptedActions actions,
      ReplayedRecommendations recommendations,
      Judging judging,
      String placement,
      Consumer<JudgedAction> judgedActions,
      IntConsumer progress) {
    PrequentialEvaluation evaluation =
        new PrequentialEvaluation(
            judging, placement, firstFrom(judging.warmup(), actions.size()), judgedActions);
    Answers answers = new Answers(recommendations.iterator(), judging, placement);
    for (UserAction action : actions) {
      evaluation.add(action, answers.to(action));
      progress.accept(evaluation.actions());
    }
    return evaluation;
  }

  /** Index of the first action that is not within a fraction of all. */
  private static int firstFrom(double fraction, int actions) {
    return (int) Math.ceil(fraction * actions);
  }

  /**
   * Adds the next action in order of (event time, event id).
   *
   * @param answer the list that was emitted for it, or asked for before it; null: there is none
   */
  public void add(UserAction action, Recommendation answer) {
    int index = columns.add(columns.users.numberOf(action.getUser()), action.getEventTime());
    int user = columns.user(index);
    Ranks list = ranks(answer);
    boolean first = user == lastLists.size();
    if (first) {
      lastLists.add(NOTHING);
    }
    Ranks judged = judging.asked() ? list : lastLists.get(user);
    lastLists.set(user, judging.asked() ? NOTHING : list);
    if (answer == null) {
      unanswered++;
    }
    if (index == warmupActions) {
      countedFrom = judging.listTime(action.getEventTime());
    }
    columns.emitted(index, list.served);
    if (index >= warmupActions) {
      describe(index, answer, list);
    }
    boolean isNew = action.getItem() != null && isNew(action);
    if (action.getItem() != null) {
      int item = items.numberOf(action.getItem());
      if (isNew && !first) {
        test(index, action, item, judged);
      }
      items.actedOn(item);
    }
  }

  private void test(int index, UserAction action, int item, Ranks judged) {
    int place = judged.placeOf(item);
    int rank = place < 0 ? Rank.MISS : judged.ranks[place];
    int source = rank == Rank.MISS ? Labels.NONE : judged.sources[place];
    columns.test(index, rank, judged.served, source);
    boolean warmup = index < warmupActions;
    if (!warmup) {
      items.wanted(item);
    }
    judgedActions.accept(
        new JudgedAction(
            action.getEventId(),
            action.getUser(),
            placement,
            action.getEventTime(),
            action.getItem(),
            rank,
            judged.served == Labels.NONE ? "" : columns.served.get(judged.served).version(),
            judged.served == Labels.NONE ? "" : columns.served.get(judged.served).variant(),
            source == Labels.NONE ? "" : columns.sources.get(source),
            warmup));
  }

  /** Notes what the list shows, whether it is judged or not. */
  private void describe(int index, Recommendation answer, Ranks list) {
    int shown = answer == null ? 0 : Math.min(RankMetric.SHOWN, answer.getItems().size());
    double novelty = 0;
    for (int i = 0; i < shown; i++) {
      int item = list.items[i];
      items.shown(item);
      columns.placed(list.sources[i]);
      novelty += items.novelty(item);
    }
    columns.shown(index, shown, novelty);
  }

  private boolean isNew(UserAction action) {
    return !judging.excludeSeen()
        || seen.add(FeatureEvent.hash(action.getUser()) * 31 + FeatureEvent.hash(action.getItem()));
  }

  private Ranks ranks(Recommendation answer) {
    if (answer == null) {
      return NOTHING;
    }
    List<RankedItem> list = answer.getItems();
    int deepest = Math.min(RankMetric.DEEPEST, list.size());
    float[] scores = new float[list.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = list.get(i).getScore();
    }
    int[] found = new int[deepest];
    byte[] ranks = new byte[deepest];
    byte[] sources = new byte[deepest];
    for (int i = 0; i < deepest; i++) {
      found[i] = items.numberOf(list.get(i).getItem());
      int rank = Rank.of(scores, scores.length, i);
      ranks[i] = (byte) (rank > RankMetric.DEEPEST ? Rank.MISS : rank);
      sources[i] = (byte) columns.sources.numberOf(list.get(i).getSource());
    }
    int served =
        columns.served.numberOf(
            new Served(answer.getModel(), answer.getModelVersion(), answer.getVariant()));
    return new Ranks(served, found, ranks, sources);
  }

  /** Number of actions that were added. */
  public int actions() {
    return columns.size();
  }

  /** Number of these without a list. Anything but 0 in a replay is a fault of the job. */
  public long unanswered() {
    return unanswered;
  }

  /**
   * Returns the quality over the actions whose index in the stream is at least {@code fraction *
   * actions()}: 0.2 leaves out the first fifth as warm-up, 0.8 is the last fifth.
   *
   * @throws IllegalArgumentException if the fraction is not within 0 and 1
   */
  public Quality qualityFrom(double fraction) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException(
          "A fraction of the actions must be within 0 and 1, not " + fraction);
    }
    return new QualityAnalysis(placement, this).from(firstFrom(fraction, columns.size()));
  }

  /** What was noted of every action. */
  JudgedColumns columns() {
    return columns;
  }

  /** What was noted of every item. */
  ItemCounts items() {
    return items;
  }

  /** Time of the first list behind the warm-up; {@link Instant#MAX} if there is none. */
  Instant countedFrom() {
    return countedFrom;
  }

  /** How many actions are the warm-up. */
  int warmupActions() {
    return warmupActions;
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
      Instant time = judging.listTime(action.getEventTime());
      String id = action.getEventId();
      if (judging.asked()) {
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
