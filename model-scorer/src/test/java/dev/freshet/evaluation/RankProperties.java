package dev.freshet.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The rank rule against its definition, by sorting. */
class RankProperties {

  @Property
  void theRankInAListIsThePlaceBehindAllEquals(
      @ForAll("scores") float[] scores, @ForAll @IntRange(max = 29) int wanted) {
    int place = wanted % scores.length;
    int rank = Rank.of(scores, scores.length, place);
    if (Float.isNaN(scores[place])) {
      assertThat(rank).isEqualTo(Rank.MISS);
      return;
    }
    List<Float> sorted = new ArrayList<>();
    for (float score : scores) {
      // -0 equals 0 for a model, but not for the order of Float.
      sorted.add(Float.isNaN(score) ? Float.POSITIVE_INFINITY : score + 0f);
    }
    sorted.sort((one, other) -> Float.compare(other, one));
    int last = sorted.lastIndexOf(scores[place] + 0f) + 1;
    assertThat(rank).isEqualTo(Math.max(last, place + 1));
  }

  @Property
  void whatLiesBehindTheListIsNotRead(@ForAll("scores") float[] scores) {
    float[] longer = java.util.Arrays.copyOf(scores, scores.length + 3);
    java.util.Arrays.fill(longer, scores.length, longer.length, Float.POSITIVE_INFINITY);
    for (int place = 0; place < scores.length; place++) {
      assertThat(Rank.of(longer, scores.length, place))
          .isEqualTo(Rank.of(scores, scores.length, place));
    }
  }

  /** As if each candidate were there as often as its weight says. */
  @Property
  void theRankOfTheBestWantedIsThatOfTheWholeList(
      @ForAll("scores") float[] scores, @ForAll long wantedBits, @ForAll long weightBits) {
    double[] asDoubles = new double[scores.length];
    float[] labels = new float[scores.length];
    float[] weights = new float[scores.length];
    float[] ones = new float[scores.length];
    int better = 0;
    int plainBetter = 0;
    double best = Double.NaN;
    for (int i = 0; i < scores.length; i++) {
      asDoubles[i] = scores[i];
      labels[i] = wantedBits >> i & 1;
      weights[i] = 1 + (weightBits >> i & 3);
      ones[i] = 1;
      if (labels[i] > 0 && !Float.isNaN(scores[i])) {
        best = Double.isNaN(best) ? scores[i] : Math.max(best, scores[i]);
      }
    }
    for (int i = 0; i < scores.length; i++) {
      if (labels[i] == 0 && (Float.isNaN(scores[i]) || scores[i] >= best)) {
        better += (int) weights[i];
        plainBetter++;
      }
    }
    boolean missed = Double.isNaN(best);
    assertThat(Rank.ofBest(asDoubles, labels, weights)).isEqualTo(missed ? 0 : better + 1);
    assertThat(Rank.ofBest(asDoubles, labels)).isEqualTo(missed ? 0 : plainBetter + 1);
    assertThat(Rank.ofBest(asDoubles, labels, ones)).isEqualTo(Rank.ofBest(asDoubles, labels));
  }

  @Example
  void countsWhatASampledCandidateStandsFor() {
    float[] labels = {0, 1, 0, 0.5f};
    float[] weights = {3, 2, 10, 7};
    assertThat(Rank.ofBest(new double[] {2, 1, 0, 0}, labels, weights)).isEqualTo(4);
    assertThat(Rank.ofBest(new double[] {2, 1, 1, 0}, labels, weights)).isEqualTo(14);
    assertThat(Rank.ofBest(new double[] {2, 1, 1, 3}, labels, weights)).isEqualTo(1);
    assertThat(Rank.ofBest(new double[] {Double.NaN, 1, 0, 0}, labels, weights)).isEqualTo(4);
    assertThat(Rank.ofBest(new double[] {2, Double.NaN, 1, Double.NaN}, labels, weights))
        .isEqualTo(Rank.MISS);
  }

  /** A model that gives all items the same score must not gain from it. */
  @Property
  void equalScoresRankLast(@ForAll @IntRange(min = 1, max = 50) int listed) {
    float[] scores = new float[listed];
    for (int place = 0; place < listed; place++) {
      assertThat(Rank.of(scores, listed, place)).isEqualTo(listed);
    }
    assertThat(RankMetric.Kind.MRR.gain(listed)).isCloseTo(1.0 / listed, within(1e-15));
  }

  @Provide
  Arbitrary<float[]> scores() {
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(4, Arbitraries.of(-1f, -0f, 0f, 0.5f, 1f)),
            net.jqwik.api.Tuple.of(4, Arbitraries.floats()),
            net.jqwik.api.Tuple.of(
                1, Arbitraries.of(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY)))
        .array(float[].class)
        .ofMinSize(1)
        .ofMaxSize(30);
  }
}
