package dev.freshet.replay.judge;

import static dev.freshet.replay.judge.Recommendations.PLACEMENT;
import static dev.freshet.replay.judge.Recommendations.action;
import static dev.freshet.replay.judge.Recommendations.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.evaluation.RankMetric;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.UserAction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QualityAnalysisTest {

  private static Recommendation list(
      UserAction action, String version, String variant, String... items) {
    RankedItem[] ranked = new RankedItem[items.length];
    for (int i = 0; i < items.length; i++) {
      // "knn:a" is a of the source knn.
      String[] parts = items[i].split(":", -1);
      ranked[i] = new RankedItem(parts[1], (float) -i, parts[0]);
    }
    Recommendation answer = answer(action, ranked);
    answer.setModelVersion(version);
    answer.setVariant(variant);
    return answer;
  }

  private static PlacementQuality analyse(PrequentialEvaluation evaluation) {
    return new QualityAnalysis(PLACEMENT, evaluation).analyse();
  }

  @Test
  void tellsByVersionVariantAndSourceWhatWasHitAndShown() {
    List<JudgedAction> judged = new ArrayList<>();
    PrequentialEvaluation evaluation =
        new PrequentialEvaluation(Judging.next(PLACEMENT, 0), PLACEMENT, 1, judged::add);
    // The warm-up: shown to nobody that counts, but its list is judged by an action that does.
    UserAction first = action("1", "u", "a", 1);
    evaluation.add(first, list(first, "v1", "", "knn:b", "popular:c"));
    UserAction second = action("2", "u", "c", 2);
    evaluation.add(second, list(second, "v2", "new", "popular:a", "knn:d"));
    UserAction third = action("3", "u", "a", 3);
    evaluation.add(third, list(third, "v2", "new", "popular:a"));
    evaluation.add(action("4", "u", "e", 4), null);

    PlacementQuality quality = analyse(evaluation);

    assertThat(quality.overall().tests()).isEqualTo(3);
    assertThat(quality.overall().of(RankMetric.HIT_RATE_10).value())
        .isCloseTo(2 / 3.0, within(1e-12));
    assertThat(quality.overall().of(RankMetric.MRR_10).value()).isCloseTo(0.5, within(1e-12));
    assertThat(quality.versions())
        .extracting(PlacementQuality.Group::name, group -> group.quality().tests())
        .as("the latest first")
        .containsExactly(tuple("default v2", 2L), tuple("default v1", 1L));
    assertThat(quality.variants())
        .extracting(PlacementQuality.Group::name, group -> group.quality().tests())
        .containsExactly(tuple("", 1L), tuple("new", 2L));
    assertThat(quality.sources())
        .extracting(
            PlacementQuality.Source::name,
            PlacementQuality.Source::hits10,
            PlacementQuality.Source::places)
        .as("places of the lists behind the warm-up")
        .containsExactly(tuple("popular", 2L, 2L), tuple("knn", 0L, 1L));
    assertThat(quality.activations())
        .extracting(PlacementQuality.Activation::action, PlacementQuality.Activation::model)
        .containsExactly(tuple(0, "default v1"), tuple(1, "default v2"));
    assertThat(judged)
        .extracting(
            JudgedAction::eventId,
            JudgedAction::rank,
            JudgedAction::modelVersion,
            JudgedAction::variant,
            JudgedAction::source,
            JudgedAction::warmup)
        .containsExactly(
            tuple("2", 2, "v1", "", "popular", false),
            tuple("3", 1, "v2", "new", "popular", false),
            tuple("4", 0, "v2", "new", "", false));
  }

  @Test
  void coverageGiniAndNoveltyAreOfWhatWasShown() {
    PrequentialEvaluation evaluation =
        new PrequentialEvaluation(Judging.next(PLACEMENT, 0), PLACEMENT, 4, test -> {});
    for (int i = 0; i < 4; i++) {
      // Three of four actions on a, one on b.
      evaluation.add(action("" + i, "w" + i, i == 3 ? "b" : "a", i), null);
    }
    UserAction one = action("5", "u", "a", 5);
    evaluation.add(one, list(one, "v1", "", "knn:b", "knn:c"));
    UserAction two = action("6", "v", "a", 6);
    evaluation.add(two, list(two, "v1", "", "knn:b"));

    PlacementQuality.Lists lists = analyse(evaluation).lists();

    assertThat(lists.number()).isEqualTo(2);
    assertThat(lists.itemsKnown()).as("a, b and c").isEqualTo(3);
    assertThat(lists.coverage()).isCloseTo(2 / 3.0, within(1e-12));
    // Shown 0, 1 and 2 times: (-2 * 0 + 0 * 1 + 2 * 2) / (3 * 3).
    assertThat(lists.gini()).isCloseTo(4 / 9.0, within(1e-12));
    // b had 1 of 4 and then 1 of 5; c, of which nothing is known, counts as 1 of 4.
    double expected = (2 + 2 + Math.log(5) / Math.log(2)) / 3;
    assertThat(lists.novelty().value()).isCloseTo(expected, within(1e-6));
    assertThat(lists.novelty().hasInterval()).isTrue();
  }

  @Test
  void namesWhatWasWantedAndNeverShown() {
    PrequentialEvaluation evaluation = new PrequentialEvaluation(Judging.next(PLACEMENT, 0));
    for (int i = 0; i < 5; i++) {
      UserAction action = action("" + i, "u", i < 3 ? "lost" : "found", i);
      evaluation.add(action, list(action, "v1", "", "knn:found"));
    }
    PlacementQuality quality = analyse(evaluation);
    assertThat(quality.neverShown()).containsExactly(new PlacementQuality.Item("lost", 3, 0, 2));
    assertThat(quality.mostShown()).containsExactly(new PlacementQuality.Item("found", 2, 5, 2));
  }

  @Test
  void ofManyVersionsTheLatestAreNamedAndTheRestIsOneGroup() {
    PrequentialEvaluation evaluation = new PrequentialEvaluation(Judging.next(PLACEMENT, 0));
    int versions = 130;
    for (int i = 0; i < 4 * versions; i++) {
      UserAction action = action("" + i, "u" + i % 4, "a", i);
      evaluation.add(action, list(action, "v" + i / 4, "", "knn:a"));
    }
    PlacementQuality quality = analyse(evaluation);
    assertThat(quality.versions()).hasSize(PlacementQuality.MOST_VERSIONS);
    assertThat(quality.versions().get(0).name()).isEqualTo("default v129");
    // Nothing follows upon the last version's lists.
    assertThat(quality.versions().get(0).quality().tests()).isZero();
    assertThat(quality.versions().get(49).name()).isEqualTo("default v80");
    assertThat(quality.otherVersions().orElseThrow().name()).isEqualTo("80 before");
    assertThat(quality.otherVersions().orElseThrow().quality().tests()).isEqualTo(80 * 4);
    assertThat(quality.activations()).hasSize(versions);
  }

  @Test
  void windowsFollowEachOtherThroughAllTests() {
    PrequentialEvaluation evaluation =
        new PrequentialEvaluation(Judging.next(PLACEMENT, 0.5), PLACEMENT, 1_000, test -> {});
    for (int i = 0; i < 2_000; i++) {
      UserAction action = action("" + i, "u" + i % 10, i < 1_000 ? "a" : "b", i);
      evaluation.add(action, list(action, "v1", "", "knn:b"));
    }
    List<PlacementQuality.Window> windows = analyse(evaluation).windows();
    assertThat(windows).hasSize((1_990 - 200) / 50 + 1);
    assertThat(windows.get(0).hitRateAt10().value()).isZero();
    assertThat(windows.get(0).from()).isEqualTo(10);
    assertThat(windows.get(0).to()).isEqualTo(209);
    assertThat(windows.get(windows.size() - 1).hitRateAt10().value()).isEqualTo(1);
    assertThat(windows).allSatisfy(window -> assertThat(window.tests()).isEqualTo(200));
  }

  @Test
  void nothingIsSaidOfNothing() {
    PlacementQuality quality = analyse(new PrequentialEvaluation(Judging.next(PLACEMENT, 0.2)));
    assertThat(quality.overall().tests()).isZero();
    assertThat(quality.overall().of(RankMetric.NDCG_20).value()).isNaN();
    assertThat(quality.lists().coverage()).isNaN();
    assertThat(quality.windows()).isEmpty();
    assertThat(quality.last()).isEmpty();
  }
}
