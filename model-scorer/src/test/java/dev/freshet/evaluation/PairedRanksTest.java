package dev.freshet.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedRanksTest {

  @Test
  void comparesEveryMetricTestByTest() {
    PairedRanks ranks = new PairedRanks(50);
    Random random = new Random(7);
    int tests = 500;
    double[] sumA = new double[RankMetric.values().length];
    double[] sumB = new double[RankMetric.values().length];
    long onlyA = 0;
    long onlyB = 0;
    for (int test = 0; test < tests; test++) {
      int a = random.nextInt(25);
      int b = random.nextInt(15);
      ranks.add(test % 40, a, b);
      for (RankMetric metric : RankMetric.values()) {
        sumA[metric.ordinal()] += metric.of(a);
        sumB[metric.ordinal()] += metric.of(b);
      }
      boolean hitA = a >= 1 && a <= 5;
      boolean hitB = b >= 1 && b <= 5;
      onlyA += hitA && !hitB ? 1 : 0;
      onlyB += hitB && !hitA ? 1 : 0;
    }
    assertThat(ranks.tests()).isEqualTo(tests);
    assertThat(ranks.users()).isEqualTo(40);
    List<PairedRanks.Comparison> compared = ranks.compare();
    assertThat(compared)
        .extracting(PairedRanks.Comparison::metric)
        .containsExactly(RankMetric.values());
    for (PairedRanks.Comparison metric : compared) {
      double a = sumA[metric.metric().ordinal()] / tests;
      double b = sumB[metric.metric().ordinal()] / tests;
      assertThat(metric.a()).isCloseTo(a, within(1e-12));
      assertThat(metric.b()).isCloseTo(b, within(1e-12));
      assertThat(metric.difference().value()).isCloseTo(b - a, within(1e-12));
      assertThat(metric.difference().low()).isLessThan(b - a);
      assertThat(metric.difference().high()).isGreaterThan(b - a);
    }
    PairedRanks.Comparison hitRate = compared.get(0);
    assertThat(hitRate.onlyA()).isEqualTo(onlyA);
    assertThat(hitRate.onlyB()).isEqualTo(onlyB);
    assertThat(hitRate.mcNemar()).isEqualTo(McNemar.midP(onlyA, onlyB)).isLessThan(0.05);
    assertThat(hitRate.p()).isLessThan(0.05);
    assertThat(compared.get(3).mcNemar()).as("MRR is not a yes or no").isNaN();
  }

  @Test
  void equalSidesDoNotDiffer() {
    PairedRanks ranks = new PairedRanks(3);
    for (int test = 0; test < 30; test++) {
      ranks.add(test % 3, test % 21, test % 21);
    }
    for (PairedRanks.Comparison metric : ranks.compare()) {
      assertThat(metric.difference()).isEqualTo(new Estimate(0, 0, 0));
      assertThat(metric.p()).isEqualTo(1);
    }
  }
}
