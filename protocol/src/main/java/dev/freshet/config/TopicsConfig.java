package dev.freshet.config;

import java.io.Serializable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Names of the Kafka topics; all different.
 *
 * @param userActions read: what users did
 * @param itemUpdates read: the items' attributes
 * @param recommendationRequests read: lists that are asked for without an action
 * @param recommendations written: the ranked lists
 * @param deadLetters written: records that can't be processed, with the reason
 * @param trainingExamples written: ranked lists and what the user did next
 * @param models read: models, and which of them serve from when; one partition, compacted
 * @param shadowRecommendations written: what models that are tried in the shadow would have served
 * @param explanations written: what each list was made from
 * @param trainingRounds written and read by learning: how each round ended; one partition,
 *     compacted
 * @param evaluation written: how good the lists were, by what users did next
 */
public record TopicsConfig(
    String userActions,
    String itemUpdates,
    String recommendationRequests,
    String recommendations,
    String deadLetters,
    String trainingExamples,
    String models,
    String shadowRecommendations,
    String explanations,
    String trainingRounds,
    String evaluation)
    implements Section, Serializable {
  private static final Pattern LEGAL = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");

  static TopicsConfig defaults() {
    return new TopicsConfig(
        "user-actions",
        "item-updates",
        "recommendation-requests",
        "recommendations",
        "dead-letters",
        "training-examples",
        "models",
        "shadow-recommendations",
        "explanations",
        "training-rounds",
        "evaluation");
  }

  /** The topics by their keys, such as {@code user-actions}. */
  public Map<String, String> byKey() {
    Map<String, String> topics = new LinkedHashMap<>();
    topics.put("user-actions", userActions);
    topics.put("item-updates", itemUpdates);
    topics.put("recommendation-requests", recommendationRequests);
    topics.put("recommendations", recommendations);
    topics.put("dead-letters", deadLetters);
    topics.put("training-examples", trainingExamples);
    topics.put("models", models);
    topics.put("shadow-recommendations", shadowRecommendations);
    topics.put("explanations", explanations);
    topics.put("training-rounds", trainingRounds);
    topics.put("evaluation", evaluation);
    return topics;
  }

  @Override
  public void check(Check check) {
    Map<String, String> keyOf = new HashMap<>();
    byKey()
        .forEach(
            (key, topic) -> {
              check.require(
                  LEGAL.matcher(topic).matches(),
                  "is not a legal name of a Kafka topic",
                  "Use 1 to 249 of the characters A-Z, a-z, 0-9, '.', '_' and '-'.",
                  key);
              String other = keyOf.putIfAbsent(topic, key);
              check.require(
                  other == null,
                  "is the same topic as topics." + other,
                  "Give each its own topic.",
                  key,
                  String.valueOf(other));
            });
  }
}
