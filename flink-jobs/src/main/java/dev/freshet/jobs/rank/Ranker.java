package dev.freshet.jobs.rank;

import dev.freshet.jobs.event.RankRequest;
import dev.freshet.jobs.event.ServedList;
import dev.freshet.model.OnnxScorer;
import dev.freshet.schema.RankedItem;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Turns a request into a list: gathers candidates, computes their features, scores them in one call
 * and keeps the best. Holds no state of its own: all it knows is in the replica.
 *
 * <p>One ONNX call a request: a score then never depends on which requests became due together.
 */
final class Ranker {

  private final CandidateSource[] sources;
  private final String[] sourceNames;
  private final int[] quotas;
  private final int listSize;
  private final int sampledNegatives;
  private final OnnxScorer scorer;
  private final RankingContext context;
  private final CandidateSet candidates;
  private final TopRows best = new TopRows();
  private final TopRows sampled = new TopRows();

  /** Features of a candidate, all that there are. */
  private final int features;

  /** Features of all candidates, row-major. */
  private final float[] rows;

  /** For each feature of the model, where it stands in a row. */
  private final int[] modelFeatures;

  private FloatBuffer scores;
  private int listed;

  /**
   * @param modelFeatures names of the model's features, in its order; all must be known
   */
  Ranker(
      ItemReplica replica, OnnxScorer scorer, List<String> modelFeatures, RankerSettings settings) {
    this.scorer = scorer;
    List<String> names = RankingFeatures.names(replica.storeFeatures());
    this.features = names.size();
    this.modelFeatures = modelFeatures.stream().mapToInt(names::indexOf).toArray();
    this.rows = new float[settings.maxCandidates() * features];
    this.context = new RankingContext(replica, settings.historyLength());
    this.candidates = new CandidateSet(replica, context.evidence(), settings.maxCandidates());
    this.listSize = settings.listSize();
    this.sampledNegatives = settings.sampledNegatives();
    this.sources = new CandidateSource[settings.quotas().size()];
    this.sourceNames = new String[sources.length];
    this.quotas = new int[sources.length];
    int source = 0;
    for (Map.Entry<String, Integer> entry : settings.quotas().entrySet()) {
      sources[source] = CandidateSources.create(entry.getKey());
      sourceNames[source] = entry.getKey();
      quotas[source] = entry.getValue();
      source++;
    }
  }

  /**
   * Ranks as of the request's event time, which the replica must stand at.
   *
   * @return the list, best first; empty when nothing at all is known yet
   */
  List<RankedItem> rank(RankRequest request) {
    candidates.clear();
    context.prepare(request);
    for (int source = 0; source < sources.length; source++) {
      candidates.begin(source, quotas[source]);
      sources[source].propose(context, quotas[source], candidates);
    }
    if (candidates.size() == 0) {
      listed = 0;
      return List.of();
    }
    score();
    return select();
  }

  private void score() {
    int count = candidates.size();
    FloatBuffer input = scorer.input(count);
    for (int candidate = 0; candidate < count; candidate++) {
      int row = candidate * features;
      RankingFeatures.put(context, candidates, candidate, rows, row);
      for (int feature : modelFeatures) {
        input.put(rows[row + feature]);
      }
    }
    scores = scorer.score(count);
  }

  private List<RankedItem> select() {
    best.reset(listSize);
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      best.offer(candidate, scores.get(candidate));
    }
    listed = best.sort();
    List<RankedItem> items = new ArrayList<>(listed);
    for (int position = 0; position < listed; position++) {
      int candidate = best.row(position);
      items.add(
          new RankedItem(
              context.replica().id(candidates.item(candidate)),
              scores.get(candidate),
              sourceNames[candidates.source(candidate)]));
    }
    return items;
  }

  /**
   * What the last call of {@link #rank} should be remembered by: the listed candidates and a sample
   * of the others, drawn by a hash of event and item, so that a replay draws the same.
   *
   * @return null when nothing was listed
   */
  ServedList remember(String recommendationId, String placement, String modelVersion) {
    if (listed == 0) {
      return null;
    }
    RankRequest request = context.request();
    int[] position = new int[candidates.size()];
    for (int rank = 0; rank < listed; rank++) {
      position[best.row(rank)] = rank + 1;
    }
    sampled.reset(sampledNegatives);
    int seed = request.eventId.hashCode();
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      if (position[candidate] == 0) {
        int hash = context.replica().id(candidates.item(candidate)).hashCode() ^ seed;
        sampled.offer(candidate, hash * 0x9E3779B9);
      }
    }
    int negatives = sampled.sort();
    int unlisted = candidates.size() - listed;
    int count = listed + negatives;

    ServedList served = new ServedList();
    served.recommendationId = recommendationId;
    served.placement = placement;
    served.modelVersion = modelVersion;
    served.time = request.time;
    served.items = new String[count];
    served.sources = new String[count];
    served.scores = new float[count];
    served.positions = new int[count];
    served.propensities = new float[count];
    served.features = new float[count * features];
    for (int row = 0; row < count; row++) {
      int candidate = row < listed ? best.row(row) : sampled.row(row - listed);
      served.items[row] = context.replica().id(candidates.item(candidate));
      served.sources[row] = sourceNames[candidates.source(candidate)];
      served.scores[row] = scores.get(candidate);
      served.positions[row] = position[candidate];
      served.propensities[row] = row < listed ? 1 : (float) negatives / unlisted;
      System.arraycopy(rows, candidate * features, served.features, row * features, features);
    }
    return served;
  }
}
