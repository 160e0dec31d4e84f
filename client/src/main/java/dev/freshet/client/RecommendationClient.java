package dev.freshet.client;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.TopicsConfig;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.RecommendationRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks a running job for lists, one after the other, and waits for each. Not thread-safe. */
public final class RecommendationClient implements AutoCloseable {

  /** Time before the client looks for a dead letter: an answer arrives within milliseconds. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * What came of a request: the list, or why it was refused.
   *
   * @param recommendation null when the request was refused
   * @param deadLetter null when it was answered
   * @param nanos from sending the request until the answer was read
   */
  public record Answer(Recommendation recommendation, DeadLetter deadLetter, long nanos) {}

  private final TopicsConfig topics;
  private final AvroTopicReader<Recommendation> recommendations;
  private final AvroTopicReader<DeadLetter> deadLetters;
  private final AvroTopicWriter requests;
  private Answer answer;

  /** Opens what is needed, so that a request takes no longer than the job does. */
  public RecommendationClient(FreshetConfig config) {
    KafkaConnection kafka = KafkaConnection.of(config);
    topics = config.topics();
    recommendations = new AvroTopicReader<>(kafka, topics.recommendations(), Recommendation.class);
    deadLetters = new AvroTopicReader<>(kafka, topics.deadLetters(), DeadLetter.class);
    requests = new AvroTopicWriter(kafka, 0);
    requests.connect(topics.recommendationRequests());
  }

  /**
   * Sends a request and waits for what comes of it.
   *
   * @param request with an id that was not used before; its event time is set to now, at the last
   *     moment, so that it is not late for what it took to get here
   * @return empty if nothing came in time
   * @throws IOException if there are records that can't be read
   */
  public Optional<Answer> ask(RecommendationRequest request, Duration timeout) throws IOException {
    recommendations.seekToEnd();
    deadLetters.seekToEnd();
    answer = null;
    request.setEventTime(Instant.ofEpochMilli(System.currentTimeMillis()));
    long start = System.nanoTime();
    requests.send(
        topics.recommendationRequests(),
        request.getUser(),
        request.getEventTime().toEpochMilli(),
        request);
    requests.flush();
    while (answer == null && System.nanoTime() - start < timeout.toNanos()) {
      recommendations.poll(
          recommendation -> {
            if (isFor(request, recommendation)) {
              answer = new Answer(recommendation, null, System.nanoTime() - start);
            }
          });
      if (answer == null && System.nanoTime() - start > PATIENCE_NANOS) {
        deadLetters.poll(
            letter -> {
              if (isOf(request, letter)) {
                answer = new Answer(null, letter, System.nanoTime() - start);
              }
            });
      }
    }
    return Optional.ofNullable(answer);
  }

  private static boolean isFor(RecommendationRequest request, Recommendation recommendation) {
    return recommendation.getEventId().equals(request.getRequestId())
        && recommendation.getUser().equals(request.getUser());
  }

  private boolean isOf(RecommendationRequest request, DeadLetter letter) {
    return letter.getTopic().equals(topics.recommendationRequests())
        && letter.getValue() != null
        && letter.getValue().equals(AvroTopicWriter.encode(request));
  }

  @Override
  public void close() {
    requests.close();
    recommendations.close();
    deadLetters.close();
  }
}
