package dev.freshet.jobs.rank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.schema.ExplainedItem;
import dev.freshet.schema.Explanation;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.TrainingExample;
import java.nio.FloatBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** All that a run of the pipeline gave out. */
record Lists(
    List<Recommendation> recommendations,
    List<Recommendation> shadows,
    List<Explanation> explanations,
    List<TrainingExample> examples) {

  Lists() {
    this(
        new CopyOnWriteArrayList<>(),
        new CopyOnWriteArrayList<>(),
        new CopyOnWriteArrayList<>(),
        new CopyOnWriteArrayList<>());
  }

  /** Checks that these are the expected lists, and no others. */
  void check(List<NaiveList> expected) {
    Map<String, Recommendation> byId = byId(timeless(recommendations), Lists::id);
    Map<String, Recommendation> shadowById = byId(timeless(shadows), Lists::idOfShadow);
    Map<String, Explanation> explanationById = byId(explanations, Explanation::getRecommendationId);
    assertThat(expected.stream().filter(list -> list.undecided).count())
        .as("lists that can't be told")
        .isLessThan(1 + expected.size() / 50);
    assertThat(byId.size() + shadowById.size()).isEqualTo(expected.size());
    for (NaiveList list : expected) {
      if (list.shadow) {
        String id = list.id() + list.choice.version();
        assertThat(shadowById).as("shadows, of %s", list).containsKey(id);
        list.check(shadowById.get(id));
        continue;
      }
      assertThat(explanationById).as("explanations, of %s", list).containsKey(list.id());
      list.check(explanationById.get(list.id()));
      assertThat(byId).as("recommendations, of %s", list).containsKey(list.id());
      list.check(byId.get(list.id()));
    }
  }

  private static String id(Recommendation recommendation) {
    return recommendation.getRecommendationId();
  }

  private static String idOfShadow(Recommendation shadow) {
    return id(shadow) + shadow.getModelVersion();
  }

  /** Checks that another run gave out the same, bit for bit. */
  void checkSame(Lists other) {
    assertSame(timeless(recommendations), timeless(other.recommendations), Lists::id);
    assertSame(timeless(shadows), timeless(other.shadows), Lists::idOfShadow);
    assertSame(explanations, other.explanations, Explanation::getRecommendationId);
    assertSame(examples, other.examples, TrainingExample::getRecommendationId);
  }

  private static <T> void assertSame(List<T> some, List<T> others, Function<T, String> id) {
    Map<String, T> otherById = byId(others, id);
    Map<String, T> someById = byId(some, id);
    assertThat(otherById.keySet()).isEqualTo(someById.keySet());
    someById.forEach(
        (key, value) -> {
          T other = otherById.get(key);
          if (value instanceof Explanation explanation) {
            assertSameFeatures(explanation, (Explanation) other);
          }
          assertThat(other).isEqualTo(value);
        });
  }

  /** Tells better what differs. */
  private static void assertSameFeatures(Explanation some, Explanation other) {
    FloatBuffer features = NaiveList.floats(some);
    FloatBuffer otherFeatures = NaiveList.floats(other);
    for (ExplainedItem item : some.getItems()) {
      for (String name : some.getFeatureNames()) {
        assertThat(otherFeatures.get())
            .as("%s of %s, %s of %s", name, item.getItem(), some.getPlacement(), some.getEventId())
            .isEqualTo(Float.valueOf(features.get())); // NaN is equal to itself
      }
    }
  }

  /** What came twice, after a crash, must be the same both times. */
  private static <T> Map<String, T> byId(List<T> values, Function<T, String> id) {
    Map<String, T> byId = new HashMap<>();
    for (T value : values) {
      T before = byId.put(id.apply(value), value);
      if (before != null) {
        assertThat(value).isEqualTo(before);
      }
    }
    return byId;
  }

  /** Without the time by the machine's clock. */
  private static List<Recommendation> timeless(List<Recommendation> lists) {
    return lists.stream()
        .map(list -> Recommendation.newBuilder(list).setEmissionTime(Instant.EPOCH).build())
        .toList();
  }
}
