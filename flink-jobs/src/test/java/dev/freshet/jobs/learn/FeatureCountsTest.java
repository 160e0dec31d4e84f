package dev.freshet.jobs.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class FeatureCountsTest {

  private static FeatureCounts normal(long seed, int rows, double mean, double spread) {
    Random random = new Random(seed);
    FeatureCounts counts = new FeatureCounts(1);
    float[] values = new float[rows];
    for (int i = 0; i < rows; i++) {
      values[i] = (float) (mean + spread * random.nextGaussian());
    }
    counts.add(values, rows);
    return counts;
  }

  @Test
  void binsKeepTheOrderOfMagnitudes() {
    TreeSet<Integer> bins = new TreeSet<>();
    int before = -1;
    for (float value = 0.0003f; value < 4_000; value *= 1.01f) {
      int bin = FeatureCounts.bin(value);
      assertThat(bin).isGreaterThanOrEqualTo(before).isBetween(2, FeatureCounts.BINS - 1);
      assertThat(FeatureCounts.bin(-value)).isEqualTo(bin + (FeatureCounts.BINS - 2) / 2);
      before = bin;
      bins.add(bin);
    }
    assertThat(bins).hasSize((FeatureCounts.BINS - 2) / 2);
    assertThat(FeatureCounts.bin(Float.NaN)).isZero();
    assertThat(FeatureCounts.bin(0f)).isEqualTo(FeatureCounts.bin(-0f)).isEqualTo(1);
    assertThat(FeatureCounts.bin(Float.MAX_VALUE))
        .isEqualTo(FeatureCounts.bin(Float.POSITIVE_INFINITY))
        .isEqualTo(FeatureCounts.bin(4_000f));
    assertThat(FeatureCounts.bin(Float.MIN_VALUE)).isEqualTo(FeatureCounts.bin(0.0003f));
  }

  @Test
  void whatIsTheSameIsStable() {
    assertThat(normal(1, 20_000, 0, 1).stability(0, normal(2, 20_000, 0, 1))).isBetween(0.0, 0.02);
  }

  @Test
  void whatMovesIsNot() {
    FeatureCounts before = normal(1, 20_000, 0, 1);
    assertThat(normal(2, 20_000, 0, 3).stability(0, before)).isGreaterThan(0.25);
    assertThat(normal(2, 20_000, 1, 1).stability(0, before)).isGreaterThan(0.25);
    FeatureCounts unknown = new FeatureCounts(1);
    float[] values = new float[1_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 2 == 0 ? Float.NaN : i;
    }
    unknown.add(values, values.length);
    assertThat(unknown.stability(0, before)).isGreaterThan(0.25);
  }

  @Test
  void theIndexIsThatOfItsDefinition() {
    FeatureCounts one = new FeatureCounts(2);
    FeatureCounts other = new FeatureCounts(2);
    float[] oneRows = new float[2_000];
    float[] otherRows = new float[2_000];
    for (int row = 0; row < 1_000; row++) {
      oneRows[2 * row] = 5;
      otherRows[2 * row] = 5;
      oneRows[2 * row + 1] = row < 500 ? 1 : 2;
      otherRows[2 * row + 1] = row < 250 ? 1 : 2;
    }
    one.add(oneRows, 1_000);
    other.add(otherRows, 1_000);
    assertThat(one.stability(0, other)).isZero();
    double expected = 0.25 * Math.log(0.5 / 0.25) - 0.25 * Math.log(0.5 / 0.75);
    assertThat(one.stability(1, other)).isCloseTo(expected, within(0.005));
    assertThat(other.stability(1, one)).isEqualTo(one.stability(1, other));
  }

  @Test
  void nothingCountedTellsNothing() {
    FeatureCounts empty = new FeatureCounts(1);
    assertThat(empty.stability(0, normal(1, 10, 0, 1))).isNaN();
    assertThat(normal(1, 10, 0, 1).stability(0, empty)).isNaN();
  }

  @Test
  void fadingLeavesAShare() {
    FeatureCounts counted = normal(1, 100, 0, 1);
    FeatureCounts twice = counted.fadedPlus(1, counted);
    assertThat(twice.toBytes()).isNotEqualTo(counted.toBytes());
    assertThat(twice.fadedPlus(0.5, new FeatureCounts(1)).toBytes()).isEqualTo(counted.toBytes());
    assertThat(new FeatureCounts(1).fadedPlus(0.5, counted).toBytes()).isEqualTo(counted.toBytes());
  }

  @Test
  void sumsAndBytesKeepEverything() {
    FeatureCounts sum = normal(1, 100, 0, 1).fadedPlus(0.5, normal(2, 50, 3, 1));
    FeatureCounts read = FeatureCounts.read(sum.toBytes(), 1);
    assertThat(read.toBytes()).isEqualTo(sum.toBytes());
    assertThat(sum.stability(0, read)).isZero();
    assertThatThrownBy(() -> FeatureCounts.read(sum.toBytes(), 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("for 2 features");
  }
}
