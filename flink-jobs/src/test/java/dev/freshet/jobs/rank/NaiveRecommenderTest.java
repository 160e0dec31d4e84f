package dev.freshet.jobs.rank;

import static dev.freshet.jobs.TestEvents.randomActions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.jobs.event.Action;
import dev.freshet.jobs.event.ItemChange;
import dev.freshet.jobs.event.RankRequest;
import dev.freshet.jobs.event.ServedList;
import dev.freshet.model.ModelBundle;
import dev.freshet.model.OnnxScorer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The job's features against those that {@link NaiveRecommender} reckons from the whole log. */
class NaiveRecommenderTest {

  private static final int ITEMS = 25;

  /** All items are candidates and all are listed. */
  private static RankerSettings everything() {
    LinkedHashMap<String, Integer> quotas = new LinkedHashMap<>();
    quotas.put("popular", 1_000);
    quotas.put("transitions", 1_000);
    quotas.put("covisits", 1_000);
    quotas.put("recent", 1_000);
    return TestModel.settings(
        Placements.of(quotas).listSize(1_000).maxCandidates(1_000).named("home"));
  }

  @Test
  void theFeaturesAreThoseOfTheDefinition() throws Exception {
    try (OnnxScorer scorer = new OnnxScorer(ModelBundle.of(TestModel.onnx()))) {
      for (int seed = 0; seed < 8; seed++) {
        compare(seed, scorer);
      }
    }
  }

  private static void compare(int seed, OnnxScorer scorer) throws Exception {
    int step = seed % 2 == 0 ? 100 : 5_000;
    List<Action> log = randomActions(new Random(seed), 150, 5, ITEMS, 1_000_000, step);
    RecordedStream stream = RecordedStream.of(log, List.of());
    NaiveRecommender naive = new NaiveRecommender(log, RecordedStream.HALF_LIVES, 8, 1_000);
    ItemReplica replica = new ItemReplica(RecordedStream.replica(RecordedStream.HALF_LIVES));
    Ranker ranker = new Ranker(replica, everything());
    Scoring scoring = TestModel.scoring(scorer);
    List<ItemChange> changes = stream.changes();
    int next = 0;
    for (int asking = 0; asking < log.size(); asking++) {
      RankRequest request = stream.requests().get(asking);
      assertThat(request.eventId).isEqualTo(log.get(asking).eventId);
      while (next < changes.size() && changes.get(next).time < request.time) {
        replica.apply(changes.get(next++));
      }
      ranker.gather(request, "home");
      ranker.score(scoring);
      ServedList list = ranker.remember("id", scoring, true);
      Map<String, Map<String, Double>> expected = naive.features(asking);
      assertThat(new HashSet<>(List.of(list.items))).isEqualTo(expected.keySet());
      for (int row = 0; row < list.items.length; row++) {
        assertRow(list, row, expected.get(list.items[row]), "seed " + seed + ", " + asking);
      }
    }
  }

  private static void assertRow(
      ServedList list, int row, Map<String, Double> expected, String where) {
    int features = RankingFeatures.NAMES.size();
    expected.forEach(
        (name, value) ->
            assertThat((double) list.features[row * features + RankingFeatures.NAMES.indexOf(name)])
                .as(where + ", " + list.items[row] + ", " + name)
                .isCloseTo(value, within(1e-6 * Math.max(1, Math.abs(value)))));
  }
}
