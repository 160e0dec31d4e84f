package dev.freshet.replay.run;

import dev.freshet.client.AvroTopicWriter;
import dev.freshet.config.TopicsConfig;
import dev.freshet.replay.reader.RecordedRankings;
import dev.freshet.schema.RecommendationRequest;
import java.time.Instant;
import java.util.Iterator;

/** Sends recorded rankings as requests, among the actions where their time has come. */
final class RankingFeed {
  private final AvroTopicWriter kafka;
  private final String topic;
  private final Iterator<RecommendationRequest> requests;
  private RecommendationRequest next;

  /**
   * @param placement that the lists are asked for
   */
  RankingFeed(
      AvroTopicWriter kafka, TopicsConfig topics, RecordedRankings rankings, String placement) {
    this.kafka = kafka;
    this.topic = topics.recommendationRequests();
    this.requests = rankings.requests(placement);
    advance();
  }

  private void advance() {
    next = requests.hasNext() ? requests.next() : null;
  }

  /** Sends what was shown up to a time. */
  void sendUntil(Instant time) {
    while (next != null && !next.getEventTime().isAfter(time)) {
      kafka.send(topic, next.getUser(), AvroTopicWriter.recordTime(next.getEventTime()), next);
      advance();
    }
  }

  /** Sends the rest. */
  void finish() {
    sendUntil(Instant.MAX);
  }
}
