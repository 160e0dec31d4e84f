package dev.freshet.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ClusteredMeanTest {

  @Test
  void wilsonsIntervalOfIndependentOnesIsThatOfTheTextbook() {
    // 10 of 100: Wilson's 95 % interval is 0.0552 to 0.1744.
    ClusteredMean mean = new ClusteredMean(100);
    for (int user = 0; user < 100; user++) {
      mean.add(user, user < 10 ? 1 : 0);
    }
    Estimate plain = ClusteredMean.wilson(0.1, 100);
    assertThat(plain.low()).isCloseTo(0.0552, within(5e-5));
    assertThat(plain.high()).isCloseTo(0.1744, within(5e-5));
    // 100 users of one test: G / (G - 1) makes 100 of them count as 99.
    assertThat(mean.wilson().low()).isCloseTo(plain.low(), within(5e-4));
    assertThat(mean.wilson().value()).isEqualTo(0.1);
  }

  @Test
  void noHitsHaveAnIntervalThatBeginsAtZeroAndHasAWidth() {
    ClusteredMean mean = new ClusteredMean(50);
    for (int user = 0; user < 50; user++) {
      mean.add(user, 0);
    }
    assertThat(mean.wilson().low()).isZero();
    assertThat(mean.wilson().high()).isCloseTo(0.0714, within(5e-4));
  }

  @Test
  void testsOfUsersWhoAlwaysDoTheSameCountAsOneEach() {
    ClusteredMean alike = new ClusteredMean(100);
    ClusteredMean single = new ClusteredMean(100);
    for (int user = 0; user < 100; user++) {
      double value = user % 3 == 0 ? 1 : 0;
      single.add(user, value);
      for (int test = 0; test < 20; test++) {
        alike.add(user, value);
      }
    }
    assertThat(alike.normal().high()).isCloseTo(single.normal().high(), within(1e-12));
    assertThat(alike.wilson().high()).isCloseTo(single.wilson().high(), within(1e-9));
    assertThat(alike.observations()).isEqualTo(2_000);
    assertThat(alike.users()).isEqualTo(100);
  }

  @Test
  void holdsTheTrueMeanInAbout95OfAHundredDrawingsOfUsers() {
    Random random = new Random(5);
    int normal = 0;
    int wilson = 0;
    int drawings = 1_000;
    for (int drawing = 0; drawing < drawings; drawing++) {
      ClusteredMean mean = new ClusteredMean(150);
      for (int user = 0; user < 150; user++) {
        // Users differ: some hit often, most hardly ever. The mean is 0.1.
        double own = random.nextInt(5) == 0 ? 0.5 : 0;
        int tests = 1 + random.nextInt(20);
        for (int test = 0; test < tests; test++) {
          mean.add(user, random.nextDouble() < own ? 1 : 0);
        }
      }
      normal += holds(mean.normal()) ? 1 : 0;
      wilson += holds(mean.wilson()) ? 1 : 0;
    }
    // Intervals that took the tests for independent hold it in about 60 %.
    assertThat(normal).isBetween(910, 970);
    assertThat(wilson).isBetween(920, 975);
  }

  private static boolean holds(Estimate estimate) {
    return estimate.low() <= 0.1 && 0.1 <= estimate.high();
  }

  @Test
  void ofNothingAndOfOneUserNoIntervalIsKnown() {
    ClusteredMean mean = new ClusteredMean(2);
    assertThat(mean.normal().value()).isNaN();
    assertThat(mean.wilson().value()).isNaN();
    mean.add(1, 0.5);
    mean.add(1, 1);
    assertThat(mean.normal().value()).isEqualTo(0.75);
    assertThat(mean.normal().hasInterval()).isFalse();
    mean.clear();
    assertThat(mean.observations()).isZero();
    mean.add(0, 1);
    assertThat(mean.normal().value()).isEqualTo(1);
  }
}
