package dev.freshet.replay.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.replay.judge.EvaluationJson;
import dev.freshet.replay.judge.Judging;
import dev.freshet.replay.judge.PlacementQuality;
import dev.freshet.replay.judge.PrequentialEvaluation;
import dev.freshet.replay.judge.Quality;
import dev.freshet.replay.judge.QualityAnalysis;
import dev.freshet.replay.judge.RankingMetrics;
import dev.freshet.replay.judge.Recommendations;
import dev.freshet.replay.judge.ReplayEvaluation;
import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplaySummaryTest {

  private static final Quality NOTHING =
      new PrequentialEvaluation(Judging.next("home", 0)).qualityFrom(0);

  @Test
  void isWrittenWithTheseKeysInThisOrder(@TempDir Path folder) throws IOException {
    ReplaySummary summary =
        new ReplaySummary(
            1000,
            998,
            3,
            0,
            Map.of("WRONG_TYPE", 2L, "EMPTY_ID", 5L),
            1,
            4,
            2.5,
            2,
            "v1",
            "aa",
            "bb",
            new Judging("home", 0.2, Judging.Lists.ASKED, true),
            Optional.empty(),
            Optional.of(
                new RankingMetrics(
                    9,
                    5,
                    1,
                    new RankingMetrics.Order(0.5, 0.25, 0.125),
                    new RankingMetrics.Order(0.4, 0.2, Double.NaN))),
            new ReplayEvaluation(NOTHING, List.of(evaluated()), Instant.EPOCH));
    Path file = folder.resolve("summary.json");

    summary.write(file);

    JsonNode json = new ObjectMapper().readTree(file.toFile());
    assertThat(names(json))
        .containsExactly(
            "actions",
            "recommendations",
            "repeated_recommendations",
            "conflicting_recommendations",
            "dead_letters",
            "dead_letters_by_reason",
            "duplicates",
            "late",
            "seconds",
            "actions_per_second",
            "parallelism",
            "model_version",
            "recommendations_sha256",
            "features_sha256",
            "warmup",
            "placement",
            "lists",
            "exclude_seen",
            "rankings",
            "evaluation");
    assertThat(json.get("dead_letters").asLong()).isEqualTo(7);
    assertThat(json.get("dead_letters_by_reason").toString())
        .isEqualTo("{\"EMPTY_ID\":5,\"WRONG_TYPE\":2}");
    assertThat(json.get("actions_per_second").asDouble()).isEqualTo(400);
    JsonNode lastFifth = json.at("/evaluation/last_fifth");
    assertThat(lastFifth.get("tests").asLong()).isZero();
    assertThat(lastFifth.at("/metrics/hit_rate@10").toString())
        .isEqualTo("{\"value\":null,\"low\":null,\"high\":null}");
    assertThat(json.get("rankings").toString())
        .isEqualTo(
            "{\"rankings\":9,\"evaluated\":5,\"unanswered\":1,"
                + "\"served\":{\"ndcg@10\":0.5,\"map@10\":0.25,\"mrr\":0.125},"
                + "\"logged\":{\"ndcg@10\":0.4,\"map@10\":0.2,\"mrr\":null}}");
  }

  @Test
  void theEvaluationHasFiguresWithIntervals() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    EvaluationJson.put(json, new ReplayEvaluation(NOTHING, List.of(evaluated()), Instant.EPOCH));

    JsonNode home = json.at("/placements/home");
    assertThat(names(home))
        .containsExactly(
            "actions",
            "warmup_actions",
            "tests",
            "users",
            "metrics",
            "lists",
            "items_known",
            "items_shown",
            "coverage@10",
            "gini@10",
            "novelty_bits@10",
            "variants",
            "models",
            "sources");
    assertThat(names(home.get("metrics")))
        .containsExactly(
            "hit_rate@5",
            "hit_rate@10",
            "hit_rate@20",
            "mrr@5",
            "mrr@10",
            "mrr@20",
            "ndcg@5",
            "ndcg@10",
            "ndcg@20");
    assertThat(names(home.at("/metrics/mrr@5"))).containsExactly("value", "low", "high");
    assertThat(home.at("/metrics/mrr@5/value").asDouble()).isEqualTo(0.5);
    assertThat(home.at("/metrics/mrr@5/low").isNull()).as("one user tells no interval").isTrue();
    assertThat(home.at("/models/0/model").asText()).isEqualTo("default v1");
    assertThat(home.at("/sources/0/source").asText()).isEqualTo("popular");
  }

  /** A user who wants the second of a list. */
  private static PlacementQuality evaluated() {
    PrequentialEvaluation evaluation =
        new PrequentialEvaluation(Judging.next(Recommendations.PLACEMENT, 0));
    UserAction first = Recommendations.action("1", "u", "x", 1);
    evaluation.add(
        first,
        Recommendations.answer(
            first, Recommendations.ranked("a", 2), Recommendations.ranked("b", 1)));
    evaluation.add(Recommendations.action("2", "u", "b", 2), null);
    return new QualityAnalysis(Recommendations.PLACEMENT, evaluation).analyse();
  }

  private static List<String> names(JsonNode json) {
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
