package dev.freshet.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Every formula against its definition, written without regard to cost. */
class MetricProperties {

  private static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }

  private static double naive(RankMetric.Kind kind, int depth, int rank) {
    if (rank < 1 || rank > depth) {
      return 0;
    }
    return switch (kind) {
      case HIT_RATE -> 1;
      case MRR -> 1.0 / rank;
      case NDCG -> 1 / log2(1 + rank);
    };
  }

  @Property
  void aMetricOfARankIsItsDefinition(@ForAll @IntRange(max = 100) int rank) {
    for (RankMetric metric : RankMetric.values()) {
      assertThat(metric.of(rank))
          .as(metric.key())
          .isCloseTo(naive(metric.kind(), metric.depth(), rank), within(1e-15));
      assertThat(metric.kind().gain(rank))
          .isCloseTo(naive(metric.kind(), Integer.MAX_VALUE, rank), within(1e-15));
    }
  }

  @Property
  void aMeanOfCountsIsTheMeanOfTheRanks(@ForAll("ranks") List<Integer> ranks) {
    long[] counts = new long[RankMetric.DEEPEST];
    ClusteredMean[] means = new ClusteredMean[RankMetric.values().length];
    for (int rank : ranks) {
      if (rank >= 1 && rank <= RankMetric.DEEPEST) {
        counts[rank - 1]++;
      }
    }
    for (RankMetric metric : RankMetric.values()) {
      ClusteredMean gains = means[metric.ordinal()] = new ClusteredMean(7);
      double sum = 0;
      for (int i = 0; i < ranks.size(); i++) {
        sum += naive(metric.kind(), metric.depth(), ranks.get(i));
        gains.add(i % 7, metric.of(ranks.get(i)));
      }
      assertThat(metric.mean(counts, ranks.size()))
          .as(metric.key())
          .isCloseTo(sum / ranks.size(), within(1e-12));
      assertThat(metric.estimate(gains).value()).isCloseTo(sum / ranks.size(), within(1e-12));
    }
  }

  @Property
  void metricsOfAListAreTheirDefinitions(
      @ForAll @Size(max = 30) List<Boolean> places,
      @ForAll @IntRange(max = 5) int elsewhere,
      @ForAll @IntRange(min = 1, max = 12) int depth) {
    int there = (int) places.stream().filter(relevant -> relevant).count();
    int all = Math.max(1, there + elsewhere);
    boolean[] relevant = new boolean[places.size()];
    List<Integer> ranks = new ArrayList<>();
    for (int place = 0; place < relevant.length; place++) {
      relevant[place] = places.get(place);
      if (relevant[place]) {
        ranks.add(place + 1);
      }
    }
    double gain = 0;
    double precision = 0;
    for (int rank : ranks) {
      if (rank <= depth) {
        gain += 1 / log2(1 + rank);
        precision += ranks.stream().filter(other -> other <= rank).count() / (double) rank;
      }
    }
    double ideal = 0;
    for (int rank = 1; rank <= Math.min(all, depth); rank++) {
      ideal += 1 / log2(1 + rank);
    }
    ListMetrics metrics = ListMetrics.of(relevant, all, depth);
    assertThat(metrics.ndcg()).isCloseTo(gain / ideal, within(1e-12));
    assertThat(metrics.averagePrecision())
        .isCloseTo(precision / Math.min(all, depth), within(1e-12));
    assertThat(metrics.reciprocalRank())
        .isCloseTo(ranks.isEmpty() ? 0 : 1.0 / ranks.get(0), within(1e-12));
  }

  @Property
  void ofOneWantedItemBothKindsOfMetricsAgree(@ForAll @IntRange(min = 1, max = 20) int rank) {
    boolean[] relevant = new boolean[20];
    relevant[rank - 1] = true;
    ListMetrics list = ListMetrics.of(relevant, 1, 10);
    assertThat(list.ndcg()).isEqualTo(RankMetric.NDCG_10.of(rank));
    assertThat(list.averagePrecision()).isEqualTo(RankMetric.MRR_10.of(rank));
    assertThat(list.reciprocalRank()).isEqualTo(RankMetric.Kind.MRR.gain(rank));
  }

  @Property
  void theGiniIndexIsTheMeanDifferenceOfPairs(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 50) Integer> shown) {
    int[] counts = shown.stream().mapToInt(Integer::intValue).toArray();
    double differences = 0;
    double sum = 0;
    for (int one : counts) {
      sum += one;
      for (int other : counts) {
        differences += Math.abs(one - other);
      }
    }
    double gini = BeyondAccuracy.gini(counts);
    if (sum == 0) {
      assertThat(gini).isNaN();
    } else {
      assertThat(gini).isCloseTo(differences / (2 * counts.length * sum), within(1e-12));
    }
  }

  @Property
  void noveltyIsTheLogarithmOfTheShare(
      @ForAll @IntRange(max = 1_000) int onItem, @ForAll @IntRange(max = 1_000) int others) {
    double share = Math.max(1, onItem) / (double) Math.max(1, onItem + others);
    assertThat(BeyondAccuracy.novelty(onItem, onItem + others))
        .isCloseTo(-log2(share), within(1e-12));
    double coverage = BeyondAccuracy.coverage(onItem, onItem + others);
    if (onItem + others == 0) {
      assertThat(coverage).isNaN();
    } else {
      assertThat(coverage).isEqualTo((double) onItem / (onItem + others));
    }
  }

  @Property
  void intervalsOfGroupsAreThoseOfTheirMeans(@ForAll("ranks") List<Integer> ranks) {
    UserGroups groups = new UserGroups();
    UserGroups rest = new UserGroups();
    ClusteredMean hits = new ClusteredMean(UserGroups.GROUPS);
    ClusteredMean reciprocals = new ClusteredMean(UserGroups.GROUPS);
    ClusteredMean gains = new ClusteredMean(UserGroups.GROUPS);
    Random random = new Random(ranks.size());
    for (int rank : ranks) {
      long user = random.nextLong();
      (rank % 2 == 0 ? groups : rest).add(user, rank);
      int group = (int) (user >>> 54);
      hits.add(group, naive(RankMetric.Kind.HIT_RATE, 10, rank));
      reciprocals.add(group, naive(RankMetric.Kind.MRR, 10, rank));
      gains.add(group, naive(RankMetric.Kind.NDCG, 10, rank));
    }
    groups.add(rest);
    assertThat(groups.size()).isEqualTo(hits.users());
    assertClose(groups.hitRate(), hits.wilson(), 1e-12);
    assertClose(groups.mrr(), reciprocals.normal(), 1e-12);
    assertClose(groups.ndcg(), gains.normal(), 1e-9);
  }

  private static void assertClose(Estimate found, Estimate expected, double within) {
    assertThat(found.value()).isCloseTo(expected.value(), within(within));
    assertThat(found.hasInterval()).isEqualTo(expected.hasInterval());
    if (expected.hasInterval()) {
      assertThat(found.low()).isCloseTo(expected.low(), within(1e-4));
      assertThat(found.high()).isCloseTo(expected.high(), within(1e-4));
    }
  }

  /** The variance of the differences, over n. */
  @Property
  void pairedMeansAreThoseOfTheDifferences(
      @ForAll @Size(min = 2, max = 40) List<@IntRange(max = 20) Integer> ranks) {
    PairedMeans means = PairedMeans.NONE;
    double[] differences = new double[ranks.size()];
    double sum = 0;
    for (int i = 0; i < differences.length; i++) {
      double a = RankMetric.Kind.MRR.gain(ranks.get(i));
      double b = RankMetric.Kind.MRR.gain(1 + i % 4);
      differences[i] = a - b;
      sum += a - b;
      means = means.plus(PairedMeans.of(a, b));
    }
    double mean = sum / differences.length;
    double squares = 0;
    for (double difference : differences) {
      squares += (difference - mean) * (difference - mean);
    }
    double error = Math.sqrt(squares / (differences.length - 1) / differences.length);
    assertThat(means.n()).isEqualTo(differences.length);
    assertThat(means.difference()).isCloseTo(mean, within(1e-12));
    assertThat(means.meanA() - means.meanB()).isCloseTo(mean, within(1e-12));
    assertThat(means.standardError()).isCloseTo(error, within(1e-7));
  }

  /** Two sides that are as good as each other: one of twenty looks worse by chance. */
  @Example
  void chanceRarelyLooksLess() {
    Random random = new Random(4);
    int less = 0;
    int trials = 2_000;
    for (int trial = 0; trial < trials; trial++) {
      PairedMeans means = PairedMeans.NONE;
      for (int i = 0; i < 100; i++) {
        means =
            means.plus(
                PairedMeans.of(
                    RankMetric.Kind.MRR.gain(1 + random.nextInt(20)),
                    RankMetric.Kind.MRR.gain(1 + random.nextInt(20))));
      }
      less += means.isLess() ? 1 : 0;
    }
    assertThat((double) less / trials).isCloseTo(0.05, within(0.015));
    assertThat(PairedMeans.NONE.isLess()).isFalse();
    assertThat(PairedMeans.of(0, 1).isLess()).as("one pair has no standard error").isFalse();
  }

  @Example
  void weightsCountAsSoManyObservations() {
    ClusteredMean weighted = new ClusteredMean(3);
    ClusteredMean repeated = new ClusteredMean(3);
    Random random = new Random(6);
    for (int i = 0; i < 30; i++) {
      int weight = 1 + random.nextInt(4);
      double value = random.nextDouble();
      weighted.add(i % 3, weight * value, weight);
      for (int copy = 0; copy < weight; copy++) {
        repeated.add(i % 3, value);
      }
    }
    assertThat(weighted.observations()).isEqualTo(repeated.observations());
    assertThat(weighted.normal().low()).isCloseTo(repeated.normal().low(), within(1e-12));
    assertThat(new Estimate(0.5, -0.1, 1.2).within(0, 1)).isEqualTo(new Estimate(0.5, 0, 1));
  }

  @Provide
  Arbitrary<List<Integer>> ranks() {
    return Arbitraries.integers().between(0, 25).list().ofMinSize(1).ofMaxSize(60);
  }
}
