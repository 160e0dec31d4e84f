package dev.freshet.replay.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.schema.FeatureDrift;
import dev.freshet.schema.HeldOutFigures;
import dev.freshet.schema.TrainingRound;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What learning did in a replay, round by round. A round that is reported again after a crash
 * counts once. For one thread.
 */
public final class ReplayRounds {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private final SortedMap<Long, TrainingRound> rounds = new TreeMap<>();

  /** Takes a round from the topic. Its state is not kept. */
  public void add(TrainingRound round) {
    if (round.getRound() > 0) {
      rounds.put(
          round.getRound(),
          TrainingRound.newBuilder(round).setState(EMPTY).setFeatureCounts(EMPTY).build());
    }
  }

  /** Rounds that ended. */
  public long rounds() {
    return rounds.size();
  }

  /** Models that were published and served. */
  public long activated() {
    return rounds.values().stream().filter(round -> round.getVersion() != null).count();
  }

  /** Rounds whose model was shown to be worse than what served. */
  public long refused() {
    return rounds.values().stream().filter(round -> "REFUSE".equals(round.getVerdict())).count();
  }

  /** Lists that were learned from, each once. */
  public long lists() {
    return rounds.values().stream().mapToLong(TrainingRound::getLists).sum();
  }

  /** Version of the last model that was published; empty: none was. */
  public String lastVersion() {
    String last = "";
    for (TrainingRound round : rounds.values()) {
      last = round.getVersion() == null ? last : round.getVersion();
    }
    return last;
  }

  /** The rounds as JSON for the summary. */
  ObjectNode toJson() {
    ObjectNode json = JSON.createObjectNode();
    json.put("rounds", rounds());
    json.put("models_activated", activated());
    json.put("models_refused", refused());
    json.put("lists_learned_from", lists());
    json.put("last_model", lastVersion());
    return json;
  }

  /** Writes a line of JSON for each round. */
  public void write(Path file) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      for (TrainingRound round : rounds.values()) {
        out.write(JSON.writeValueAsString(line(round)));
        out.newLine();
      }
    }
  }

  private static ObjectNode line(TrainingRound round) {
    HeldOutFigures heldOut = round.getHeldOut();
    ObjectNode json = JSON.createObjectNode();
    json.put("round", round.getRound());
    json.put("end_time", round.getEndTime().toString());
    json.put("outcome", round.getOutcome());
    json.put("lists", round.getLists());
    json.put("lists_without_positive", round.getListsWithoutPositive());
    json.put("loss", round.getLoss());
    json.put("held_out_lists", heldOut.getLists());
    putMean(json, "held_out_mrr_learned", heldOut.getLearnedReciprocalRanks(), heldOut.getLists());
    putMean(json, "held_out_mrr_served", heldOut.getServedReciprocalRanks(), heldOut.getLists());
    putWorst(json, round.getFeatureDrift());
    json.put("verdict", round.getVerdict());
    json.put("version", round.getVersion());
    return json;
  }

  private static void putWorst(ObjectNode json, List<FeatureDrift> drift) {
    Optional<FeatureDrift> worst =
        drift.stream().max(Comparator.comparing(FeatureDrift::getStabilityIndex));
    json.put("feature_drift_max", worst.map(FeatureDrift::getStabilityIndex).orElse(null));
    json.put("feature_drift_of", worst.map(FeatureDrift::getFeature).orElse(null));
  }

  private static void putMean(ObjectNode json, String key, double sum, long count) {
    if (count == 0) {
      json.putNull(key);
    } else {
      json.put(key, sum / count);
    }
  }
}
