package dev.freshet.replay.judge;

import dev.freshet.evaluation.BeyondAccuracy;
import dev.freshet.evaluation.ClusteredMean;
import dev.freshet.evaluation.Estimate;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.replay.judge.PlacementQuality.Activation;
import dev.freshet.replay.judge.PlacementQuality.Group;
import dev.freshet.replay.judge.PlacementQuality.Item;
import dev.freshet.replay.judge.PlacementQuality.Lists;
import dev.freshet.replay.judge.PlacementQuality.Source;
import dev.freshet.replay.judge.PlacementQuality.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/** Makes figures with intervals of what an evaluation has noted. */
public final class QualityAnalysis {

  /** About so many windows do not overlap; with those between them four times as many. */
  private static final int WINDOWS = 40;

  /** A window of fewer tests says nothing. */
  private static final int FEWEST_TESTS = 200;

  private static final int STEPS_OF_WINDOW = 4;

  private static final RankMetric[] HIT_RATES = {
    RankMetric.HIT_RATE_5, RankMetric.HIT_RATE_10, RankMetric.HIT_RATE_20
  };

  private final String placement;
  private final PrequentialEvaluation evaluation;
  private final JudgedColumns columns;
  private final ItemCounts items;
  private final ClusteredMean mean;

  /** Indexes of all tests, and where those behind the warm-up begin. */
  private final int[] tests;

  private final int firstCounted;

  public QualityAnalysis(String placement, PrequentialEvaluation evaluation) {
    this.placement = placement;
    this.evaluation = evaluation;
    columns = evaluation.columns();
    items = evaluation.items();
    mean = new ClusteredMean(columns.users.size());
    int[] found = new int[columns.size()];
    int count = 0;
    int warmup = 0;
    for (int index = 0; index < columns.size(); index++) {
      if (columns.isTest(index)) {
        warmup += index < evaluation.warmupActions() ? 1 : 0;
        found[count++] = index;
      }
    }
    tests = Arrays.copyOf(found, count);
    firstCounted = warmup;
  }

  public PlacementQuality analyse() {
    int[] counted = Arrays.copyOfRange(tests, firstCounted, tests.length);
    List<Group> versions = groups(counted, served -> model(columns.served.get(served)), true);
    int named = Math.min(versions.size(), PlacementQuality.MOST_VERSIONS);
    return new PlacementQuality(
        placement,
        columns.size(),
        evaluation.warmupActions(),
        quality(counted, 0, counted.length),
        lists(),
        groups(counted, served -> columns.served.get(served).variant(), false),
        versions.subList(0, named),
        named < versions.size() ? Optional.of(versions.get(named)) : Optional.empty(),
        sources(counted),
        windows(),
        activations(),
        last(),
        mostShown(),
        neverShown());
  }

  /** Returns the quality over the tests from an action on. */
  Quality from(int firstAction) {
    int first = Arrays.binarySearch(tests, firstAction);
    return quality(tests, first < 0 ? -first - 1 : first, tests.length);
  }

  private static String model(Served served) {
    return (served.model() + " " + served.version()).strip();
  }

  private Quality quality(int[] indexes, int from, int to) {
    Map<RankMetric, Estimate> metrics = new EnumMap<>(RankMetric.class);
    int users = 0;
    for (RankMetric metric : RankMetric.values()) {
      metrics.put(metric, estimate(metric, indexes, from, to));
      users = mean.users();
    }
    return new Quality(to - from, users, metrics);
  }

  private Estimate estimate(RankMetric metric, int[] indexes, int from, int to) {
    mean.clear();
    for (int i = from; i < to; i++) {
      mean.add(columns.user(indexes[i]), metric.of(columns.rank(indexes[i])));
    }
    return metric.estimate(mean);
  }

  private Lists lists() {
    int known = items.size();
    int shown = items.everShown();
    mean.clear();
    long number = 0;
    for (int index = evaluation.warmupActions(); index < columns.size(); index++) {
      number += columns.emitted(index) == Labels.NONE ? 0 : 1;
      addNovelty(index);
    }
    return new Lists(
        number, known, shown, BeyondAccuracy.coverage(shown, known), items.gini(), mean.normal());
  }

  private void addNovelty(int index) {
    mean.add(columns.user(index), columns.novelty(index), columns.shown(index));
  }

  /**
   * Computes figures by the model, or by the variant, that made the lists.
   *
   * @param name name of the group of a list, by the number of its model and variant
   * @param latestFirst order by when a group's first list was made; then the groups beyond the
   *     bound are merged into one at the end. Otherwise order by name
   */
  private List<Group> groups(int[] counted, IntFunction<String> name, boolean latestFirst) {
    Labels<String> names = new Labels<>();
    int[] groupOf = new int[columns.served.size()];
    // In the order of the numbers: a group's number is that of its first list.
    for (int served = 0; served < groupOf.length; served++) {
      groupOf[served] = names.numberOf(name.apply(served));
    }
    int rest = latestFirst ? Math.max(0, names.size() - PlacementQuality.MOST_VERSIONS) : 0;
    int groups = names.size() - rest + (rest > 0 ? 1 : 0);
    for (int served = 0; served < groupOf.length; served++) {
      // The last ones have a group each; all before them are group 0.
      groupOf[served] = rest == 0 ? groupOf[served] : Math.max(0, groupOf[served] - rest + 1);
    }
    int[] indexesOfLists = lists(evaluation.warmupActions());
    Grouped judged = Grouped.of(counted, columns::judged, groupOf, groups);
    Grouped emitted = Grouped.of(indexesOfLists, columns::emitted, groupOf, groups);
    List<Group> found = new ArrayList<>();
    for (int group = 0; group < groups; group++) {
      String label =
          rest == 0
              ? names.get(group)
              : group == 0 ? rest + " before" : names.get(group + rest - 1);
      mean.clear();
      for (int i = emitted.starts[group]; i < emitted.starts[group + 1]; i++) {
        addNovelty(emitted.indexes[i]);
      }
      Estimate novelty = mean.normal();
      Quality quality = quality(judged.indexes, judged.starts[group], judged.starts[group + 1]);
      if (quality.tests() > 0 || mean(novelty)) {
        found.add(new Group(label, quality, novelty));
      }
    }
    if (latestFirst) {
      Collections.reverse(found);
    } else {
      found.sort(Comparator.comparing(Group::name));
    }
    return found;
  }

  private static boolean mean(Estimate estimate) {
    return Double.isFinite(estimate.value());
  }

  private int[] lists(int from) {
    int[] found = new int[columns.size() - Math.min(from, columns.size())];
    int count = 0;
    for (int index = from; index < columns.size(); index++) {
      if (columns.emitted(index) != Labels.NONE) {
        found[count++] = index;
      }
    }
    return Arrays.copyOf(found, count);
  }

  private List<Source> sources(int[] counted) {
    int number = columns.sources.size();
    long[][] hits = new long[HIT_RATES.length][number];
    long allPlaces = 0;
    for (int source = 0; source < number; source++) {
      allPlaces += columns.places(source);
    }
    for (int index : counted) {
      int source = columns.source(index);
      if (source != Labels.NONE) {
        int rank = columns.rank(index);
        for (int depth = 0; depth < HIT_RATES.length; depth++) {
          hits[depth][source] += (long) HIT_RATES[depth].of(rank);
        }
      }
    }
    List<Source> found = new ArrayList<>();
    for (int source = 0; source < number; source++) {
      mean.clear();
      for (int index : counted) {
        if (RankMetric.HIT_RATE_10.of(columns.rank(index)) > 0) {
          mean.add(columns.user(index), columns.source(index) == source ? 1 : 0);
        }
      }
      long places = columns.places(source);
      if (places > 0 || hits[2][source] > 0) {
        found.add(
            new Source(
                columns.sources.get(source),
                hits[0][source],
                hits[1][source],
                hits[2][source],
                mean.wilson(),
                places,
                allPlaces == 0 ? Double.NaN : (double) places / allPlaces));
      }
    }
    found.sort(
        Comparator.comparingLong(Source::hits10)
            .thenComparingLong(Source::places)
            .reversed()
            .thenComparing(Source::name));
    return found;
  }

  /** The warm-up too: how it is learned is worth seeing. */
  private List<Window> windows() {
    int length = Math.max(FEWEST_TESTS, tests.length / WINDOWS);
    int step = Math.max(1, length / STEPS_OF_WINDOW);
    List<Window> found = new ArrayList<>();
    for (int from = 0; from + length <= tests.length; from += step) {
      int last = tests[from + length - 1];
      found.add(
          new Window(
              tests[from],
              last,
              columns.timeAbout(last),
              length,
              estimate(RankMetric.HIT_RATE_10, tests, from, from + length),
              estimate(RankMetric.MRR_10, tests, from, from + length)));
    }
    return found;
  }

  private List<Activation> activations() {
    boolean[] known = new boolean[columns.served.size()];
    Labels<String> names = new Labels<>();
    List<Activation> found = new ArrayList<>();
    for (int index = 0; index < columns.size(); index++) {
      int served = columns.emitted(index);
      if (served != Labels.NONE && !known[served]) {
        known[served] = true;
        String model = model(columns.served.get(served));
        if (names.numberOf(model) == found.size()) {
          found.add(new Activation(index, columns.timeAbout(index), model));
        }
      }
    }
    return found;
  }

  private Optional<Served> last() {
    for (int index = columns.size() - 1; index >= 0; index--) {
      if (columns.emitted(index) != Labels.NONE) {
        return Optional.of(columns.served.get(columns.emitted(index)));
      }
    }
    return Optional.empty();
  }

  private List<Item> mostShown() {
    return most(item -> items.timesShown(item));
  }

  private List<Item> neverShown() {
    return most(item -> items.timesShown(item) > 0 ? 0 : items.timesWanted(item));
  }

  /** The items of which a count is greatest, without those of which it is 0. */
  private List<Item> most(IntUnaryOperator count) {
    Comparator<Integer> order =
        Comparator.comparingInt(count::applyAsInt)
            .thenComparing((Integer item) -> items.labels.get(item), Comparator.reverseOrder());
    PriorityQueue<Integer> best = new PriorityQueue<>(order);
    for (int item = 0; item < items.size(); item++) {
      if (count.applyAsInt(item) > 0) {
        best.add(item);
        if (best.size() > PlacementQuality.MOST_ITEMS) {
          best.remove();
        }
      }
    }
    return best.stream()
        .sorted(order.reversed())
        .map(
            item ->
                new Item(
                    items.labels.get(item),
                    items.actionsOn(item),
                    items.timesShown(item),
                    items.timesWanted(item)))
        .toList();
  }

  /**
   * Indexes of actions by group, within a group in their order.
   *
   * @param starts where each group begins, and at the end where the last one ends
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Grouped(int[] indexes, int[] starts) {

    /** Groups the indexes; an index without a list is in no group. */
    static Grouped of(int[] indexes, IntUnaryOperator served, int[] groupOf, int groups) {
      int[] starts = new int[groups + 1];
      for (int index : indexes) {
        int who = served.applyAsInt(index);
        if (who != Labels.NONE) {
          starts[groupOf[who] + 1]++;
        }
      }
      for (int group = 0; group < groups; group++) {
        starts[group + 1] += starts[group];
      }
      int[] next = starts.clone();
      int[] sorted = new int[starts[groups]];
      for (int index : indexes) {
        int who = served.applyAsInt(index);
        if (who != Labels.NONE) {
          sorted[next[groupOf[who]]++] = index;
        }
      }
      return new Grouped(sorted, starts);
    }
  }
}
