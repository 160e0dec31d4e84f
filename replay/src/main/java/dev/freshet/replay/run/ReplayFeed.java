package dev.freshet.replay.run;

import dev.freshet.client.AvroTopicWriter;
import dev.freshet.config.FreshetConfig;
import dev.freshet.config.TopicsConfig;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.ranking.list.Placement;
import dev.freshet.replay.judge.Judging;
import dev.freshet.replay.reader.Recording;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.RecommendationRequest;
import dev.freshet.schema.UserAction;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Sends a recording to Kafka, with the requests that judging needs. */
final class ReplayFeed {

  private final FreshetConfig config;
  private final Judging judging;
  private final Adversity adversity;

  ReplayFeed(FreshetConfig config, Judging judging, Adversity adversity) {
    this.config = config;
    this.judging = judging;
    this.adversity = adversity;
  }

  /** How many lists are asked for: by actions that the job refuses too. */
  long lists(Recording recording) {
    List<Set<String>> placements =
        config.ranking().placements().values().stream()
            .map(placement -> Set.copyOf(placement.actions()))
            .toList();
    Map<String, Long> byAction = new HashMap<>();
    long lists = judging.asked() ? (long) recording.actions().size() * placements.size() : 0;
    for (UserAction action : recording.actions()) {
      lists +=
          byAction.computeIfAbsent(
              action.getAction(),
              kind ->
                  placements.stream()
                      .filter(
                          actions ->
                              actions.contains(Placement.EVERY_ACTION) || actions.contains(kind))
                      .count());
    }
    return lists + recording.rankings().size();
  }

  /** Sends everything to Kafka. */
  void send(Recording recording, Replay.Progress progress) {
    TopicsConfig topics = config.topics();
    long total = recording.actions().size();
    try (AvroTopicWriter kafka = new AvroTopicWriter(KafkaConnection.of(config), 5)) {
      for (DeadLetter letter : recording.unreadable()) {
        kafka.send(topics.deadLetters(), null, -1, letter);
      }
      for (ItemUpdate item : recording.items()) {
        kafka.send(
            topics.itemUpdates(),
            item.getItem(),
            AvroTopicWriter.recordTime(item.getEventTime()),
            item);
      }
      RankingFeed rankings =
          new RankingFeed(kafka, topics, recording.rankings(), judging.placement());
      long all = total * adversity.copies();
      AtomicLong fed = new AtomicLong();
      adversity.arrange(
          recording.actions(),
          action -> action.getEventTime().toEpochMilli(),
          config.watermark().maxDelay().toMillis(),
          action -> {
            rankings.sendUntil(action.getEventTime());
            if (judging.asked()) {
              ask(kafka, action);
            }
            kafka.send(
                topics.userActions(),
                action.getUser(),
                AvroTopicWriter.recordTime(action.getEventTime()),
                action);
            progress.fed(fed.incrementAndGet(), all);
          });
      rankings.finish();
      kafka.flush();
    }
  }

  /** Sends a request for each placement, as a page does that is opened just before the action. */
  private void ask(AvroTopicWriter kafka, UserAction action) {
    Instant time = action.getEventTime().minusMillis(Judging.ASKED_BEFORE);
    for (String placement : config.ranking().placements().keySet()) {
      kafka.send(
          config.topics().recommendationRequests(),
          action.getUser(),
          AvroTopicWriter.recordTime(time),
          RecommendationRequest.newBuilder()
              .setRequestId(judging.requestId(placement, action.getEventId()))
              .setUser(action.getUser())
              .setPlacement(placement)
              .setEventTime(time)
              .build());
    }
  }
}
