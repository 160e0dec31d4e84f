package dev.freshet.jobs.rank;

import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.serving.Ranker;
import dev.freshet.ranking.serving.Scoring;
import dev.freshet.schema.Explanation;
import dev.freshet.schema.Recommendation;
import java.time.Clock;
import java.time.Instant;

/** Builds the records of the list that was ranked last. */
final class ListRecords {

  private final Ranker ranker;
  private final Clock clock;

  /**
   * @param clock the time at which recommendations are emitted
   */
  ListRecords(Ranker ranker, Clock clock) {
    this.ranker = ranker;
    this.clock = clock;
  }

  /**
   * Builds the recommendation.
   *
   * @param scoring what scored the candidates
   * @param variant of the plan; empty if the plan doesn't split the users
   */
  Recommendation recommendation(
      String id, RankRequest request, String placement, Scoring scoring, String variant) {
    Recommendation recommendation = new Recommendation();
    recommendation.setRecommendationId(id);
    recommendation.setEventId(request.eventId);
    recommendation.setUser(request.user);
    recommendation.setPlacement(placement);
    recommendation.setEventTime(Instant.ofEpochMilli(request.time));
    recommendation.setModel(scoring.model());
    recommendation.setModelVersion(scoring.version());
    recommendation.setVariant(variant);
    recommendation.setItems(ranker.list());
    recommendation.setLate(request.late);
    recommendation.setEmissionTime(clock.instant());
    return recommendation;
  }

  /** Builds the explanation of the recommendation: the features and sources of its items. */
  Explanation explanation(Recommendation recommendation) {
    Explanation explanation = new Explanation();
    explanation.setRecommendationId(recommendation.getRecommendationId());
    explanation.setEventId(recommendation.getEventId());
    explanation.setUser(recommendation.getUser());
    explanation.setPlacement(recommendation.getPlacement());
    explanation.setEventTime(recommendation.getEventTime());
    explanation.setModel(recommendation.getModel());
    explanation.setModelVersion(recommendation.getModelVersion());
    explanation.setVariant(recommendation.getVariant());
    ranker.explain(explanation);
    return explanation;
  }
}
