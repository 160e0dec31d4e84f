package dev.freshet.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FeatureVersionTest {
  @Test
  void ordersByEventTimeAndThenBySequence() {
    FeatureVersion version = new FeatureVersion(1000, 5);
    assertThat(version)
        .isLessThan(new FeatureVersion(1001, 0))
        .isLessThan(new FeatureVersion(1000, 6))
        .isGreaterThan(new FeatureVersion(-1, Long.MAX_VALUE))
        .isEqualByComparingTo(new FeatureVersion(1000, 5));
  }

  @Test
  void aNegativeSequenceIsAnError() {
    assertThatThrownBy(() -> new FeatureVersion(0, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sequence");
  }
}
