package dev.freshet.bench;

import dev.freshet.config.FreshetConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A job that is measured. Each has topics and keys of its own, so that none disturbs another.
 *
 * @param name for people
 * @param prefix of its topics and of its keys in Redis
 * @param floor whether it is the floor and not the whole product
 * @param maxDelay as in {@code watermark.max-delay}
 * @param candidates scored for a list, as far as there are so many
 * @param stateBackend of its Flink job
 * @param javaOptions of its process, after the usual ones
 */
record Variant(
    String name,
    String prefix,
    boolean floor,
    String maxDelay,
    int candidates,
    int parallelism,
    StateBackend stateBackend,
    List<String> javaOptions) {

  static final String FLOOR = "floor";

  private static final String MOST_HEAP = "-Xmx";

  private static final int LIST_SIZE = 20;

  /** Candidates that the default placement scores. */
  private static final int DEFAULT_CANDIDATES = 200;

  static Variant floor(int candidates, int parallelism) {
    return new Variant(
        FLOOR, FLOOR, true, "0ms", candidates, parallelism, StateBackend.HASHMAP, List.of());
  }

  static Variant full(String maxDelay, int candidates, int parallelism) {
    return new Variant(
        "full " + maxDelay,
        "full-" + maxDelay,
        false,
        maxDelay,
        candidates,
        parallelism,
        StateBackend.HASHMAP,
        List.of());
  }

  Variant withPrefix(String prefix) {
    return new Variant(
        name, prefix, floor, maxDelay, candidates, parallelism, stateBackend, javaOptions);
  }

  Variant withStateBackend(StateBackend stateBackend) {
    return new Variant(
        name, prefix, floor, maxDelay, candidates, parallelism, stateBackend, javaOptions);
  }

  /** The same in a process of other options, and another word in its name. */
  Variant withJavaOptions(String word, List<String> javaOptions) {
    return new Variant(
        name + " " + word,
        prefix + "-" + word,
        floor,
        maxDelay,
        candidates,
        parallelism,
        stateBackend,
        javaOptions);
  }

  /**
   * The same with the whole heap from the start, as Flink's own scripts give it to a TaskManager,
   * and in large pages where there are any: a list mostly waits for memory, and then for fewer
   * steps of it. The options that there are outdo these.
   */
  Variant withWholeHeap() {
    String heap =
        javaOptions.stream()
            .filter(option -> option.startsWith(MOST_HEAP))
            .reduce((before, last) -> last)
            .map(option -> option.substring(MOST_HEAP.length()))
            .orElseGet(() -> (Runtime.getRuntime().maxMemory() >> 20) + "m");
    List<String> options = new ArrayList<>(List.of("-Xms" + heap, "-XX:+AlwaysPreTouch"));
    if (System.getProperty("os.name").equals("Linux")) {
      options.add("-XX:+UseTransparentHugePages");
    }
    options.addAll(javaOptions);
    return new Variant(
        name, prefix, floor, maxDelay, candidates, parallelism, stateBackend, options);
  }

  /** How long each answer has to wait, in seconds. */
  double delaySeconds() {
    Duration delay =
        FreshetConfig.of(Map.of("watermark.max-delay", maxDelay)).watermark().maxDelay();
    return delay.toMillis() / 1_000.0;
  }

  /** What is set beyond the defaults. */
  Map<String, String> keys(String kafka, String redis) {
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("kafka.bootstrap-servers", kafka);
    keys.put("redis.address", redis);
    keys.put("kafka.group-id", prefix);
    keys.put("redis.key-prefix", prefix);
    keys.put("job.name", prefix);
    keys.put("job.parallelism", Integer.toString(parallelism));
    keys.put("watermark.max-delay", maxDelay);
    keys.put("training.examples", "true");
    keys.putAll(placement());
    // Stopped for minutes between two windows, what was under way is not to count as lost.
    keys.put("kafka.properties.delivery.timeout.ms", "86400000");
    topics().forEach((key, topic) -> keys.put("topics." + key, topic));
    return keys;
  }

  /**
   * The default sources in proportion, but as much of what is popular as is wanted: that fills up
   * what the others leave open.
   */
  private Map<String, String> placement() {
    String home = "ranking.placements.home.";
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put(home + "max-candidates", Integer.toString(candidates));
    keys.put(home + "list-size", Integer.toString(Math.min(LIST_SIZE, candidates)));
    FreshetConfig.defaults()
        .ranking()
        .placements()
        .get("home")
        .sources()
        .forEach(
            (source, quota) ->
                keys.put(
                    home + "sources." + source,
                    Integer.toString(
                        source.equals("popular")
                            ? candidates
                            : Math.max(1, quota * candidates / DEFAULT_CANDIDATES))));
    return keys;
  }

  private Map<String, String> topics() {
    Map<String, String> topics = new HashMap<>();
    for (String topic :
        new String[] {
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
          "evaluation"
        }) {
      topics.put(topic, prefix + "-" + topic);
    }
    return topics;
  }
}
