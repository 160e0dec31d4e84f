package dev.freshet.replay.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.replay.judge.Canonical;
import dev.freshet.replay.judge.EvaluationJson;
import dev.freshet.replay.judge.Judging;
import dev.freshet.replay.judge.Quality;
import dev.freshet.replay.judge.RankingMetrics;
import dev.freshet.replay.judge.ReplayEvaluation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a replay did, for people and scripts: {@code summary.json}.
 *
 * @param actions records that became actions and were sent to the job
 * @param recommendations different recommendations that came back
 * @param repeatedRecommendations repetitions of a recommendation id, dropped
 * @param conflictingRecommendations those of them with another content than the first: must be 0
 * @param deadLettersByReason number of dead letters by reason code, those of reading and those of
 *     the job
 * @param duplicates actions that the job dropped because their id had been seen
 * @param late actions that came behind the watermark
 * @param seconds from the first record sent to the last answer, by the machine's clock
 * @param parallelism of the job
 * @param modelVersion version of the model that ranked; of one that learned, the last
 * @param recommendationsSha256 digest of the recommendations, see {@link Canonical}
 * @param featuresSha256 digest of the feature store's content, see {@link Canonical}
 * @param judging which lists were evaluated, and how
 * @param learning what was learned; empty: the models were fixed
 * @param rankings how recorded lists were ranked anew; empty: none were recorded
 * @param evaluation how good the lists were
 */
public record ReplaySummary(
    long actions,
    long recommendations,
    long repeatedRecommendations,
    long conflictingRecommendations,
    Map<String, Long> deadLettersByReason,
    long duplicates,
    long late,
    double seconds,
    int parallelism,
    String modelVersion,
    String recommendationsSha256,
    String featuresSha256,
    Judging judging,
    Optional<ReplayRounds> learning,
    Optional<RankingMetrics> rankings,
    ReplayEvaluation evaluation) {

  public ReplaySummary {
    deadLettersByReason = Map.copyOf(deadLettersByReason);
  }

  /** Sum over all reasons. */
  public long deadLetters() {
    return deadLettersByReason.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns how well the main placement's lists predicted, after the warm-up. */
  public Quality quality() {
    return evaluation.placement(judging.placement()).overall();
  }

  /** Actions by seconds, NaN when no time passed. */
  public double actionsPerSecond() {
    return seconds > 0 ? actions / seconds : Double.NaN;
  }

  /** The JSON text: keys always in the same order; a metric over nothing is null. */
  public String toJson() {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = mapper.createObjectNode();
    json.put("actions", actions);
    json.put("recommendations", recommendations);
    json.put("repeated_recommendations", repeatedRecommendations);
    json.put("conflicting_recommendations", conflictingRecommendations);
    json.put("dead_letters", deadLetters());
    ObjectNode reasons = json.putObject("dead_letters_by_reason");
    new TreeMap<>(deadLettersByReason).forEach(reasons::put);
    json.put("duplicates", duplicates);
    json.put("late", late);
    put(json, "seconds", seconds);
    put(json, "actions_per_second", actionsPerSecond());
    json.put("parallelism", parallelism);
    json.put("model_version", modelVersion);
    json.put("recommendations_sha256", recommendationsSha256);
    json.put("features_sha256", featuresSha256);
    json.put("warmup", judging.warmup());
    json.put("placement", judging.placement());
    json.put("lists", judging.lists().name().toLowerCase(Locale.ROOT));
    json.put("exclude_seen", judging.excludeSeen());
    learning.ifPresent(of -> json.set("learning", of.toJson()));
    rankings.ifPresent(of -> put(json.putObject("rankings"), of));
    EvaluationJson.put(json.putObject("evaluation"), evaluation);
    return json.toPrettyString() + "\n";
  }

  private static void put(ObjectNode json, RankingMetrics metrics) {
    json.put("rankings", metrics.rankings());
    json.put("evaluated", metrics.evaluated());
    json.put("unanswered", metrics.unanswered());
    put(json.putObject("served"), metrics.served());
    put(json.putObject("logged"), metrics.logged());
  }

  private static void put(ObjectNode json, RankingMetrics.Order metrics) {
    put(json, "ndcg@10", metrics.ndcgAt10());
    put(json, "map@10", metrics.mapAt10());
    put(json, "mrr", metrics.mrr());
  }

  /** JSON has no NaN. */
  private static void put(ObjectNode json, String key, double value) {
    if (Double.isFinite(value)) {
      json.put(key, value);
    } else {
      json.putNull(key);
    }
  }

  /** Writes the JSON text. */
  public void write(Path file) throws IOException {
    Files.write(file, toJson().getBytes(StandardCharsets.UTF_8));
  }
}
