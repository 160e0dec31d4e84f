package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.PlacementConfig;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VariantTest {

  private static FreshetConfig config(Variant variant) {
    return FreshetConfig.of(variant.keys("localhost:9092", "localhost:6379"));
  }

  @Test
  void noVariantSharesATopicOrAKeyWithAnother() {
    Set<String> topics = new HashSet<>();
    Set<String> prefixes = new HashSet<>();
    for (Variant variant :
        new Variant[] {
          Variant.floor(100, 1), Variant.full("0ms", 100, 1), Variant.full("5ms", 100, 1)
        }) {
      FreshetConfig config = config(variant);
      assertThat(topics.add(config.topics().userActions())).isTrue();
      assertThat(topics.add(config.topics().recommendations())).isTrue();
      assertThat(topics.add(config.topics().trainingExamples())).isTrue();
      assertThat(topics.add(config.topics().models())).isTrue();
      assertThat(prefixes.add(config.redis().keyPrefix())).isTrue();
    }
  }

  @Test
  void sourcesAskForAsManyCandidatesAsAreWanted() {
    for (int candidates : new int[] {1, 10, 100, 500, 2_000}) {
      PlacementConfig home =
          config(Variant.full("5ms", candidates, 2)).ranking().placements().get("home");
      assertThat(home.maxCandidates()).isEqualTo(candidates);
      assertThat(home.listSize()).isEqualTo(Math.min(20, candidates));
      assertThat(home.sources().values().stream().mapToInt(Integer::intValue).sum())
          .isGreaterThanOrEqualTo(candidates);
    }
  }

  @Test
  void theDelayIsTheConfigurations() {
    assertThat(Variant.full("1s", 100, 1).delaySeconds()).isEqualTo(1);
    assertThat(config(Variant.full("7ms", 100, 3)).watermark().maxDelay()).hasMillis(7);
    assertThat(config(Variant.full("7ms", 100, 3)).job().parallelism()).isEqualTo(3);
  }

  @Test
  void aJobBeginsWithTheHeapThatItMayHave() {
    Variant variant = Variant.full("0ms", 100, 1);
    assertThat(variant.withWholeHeap().javaOptions())
        .contains("-Xms" + (Runtime.getRuntime().maxMemory() >> 20) + "m");
    List<String> own = List.of("-Xmx5g", "-XX:+UseZGC", "-Xmx3g");
    assertThat(variant.withJavaOptions("own", own).withWholeHeap().javaOptions())
        .contains("-Xms3g")
        .endsWith("-Xmx5g", "-XX:+UseZGC", "-Xmx3g");
  }
}
