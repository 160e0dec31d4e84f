package dev.freshet.client.example;

import dev.freshet.client.AvroTopicReader;
import dev.freshet.config.FreshetConfig;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.schema.TrainingExample;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Reads the topic of training examples up to where it ends now. */
public final class TopicExamples {

  /** Receives how far the reading has come. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Reports how many records have been read, repetitions included, and the most there can be.
     * Records that Kafka no longer keeps count in the total too.
     */
    void read(long records, long total);
  }

  private TopicExamples() {}

  /**
   * Reads and seals.
   *
   * @param examples takes all of them
   * @throws IllegalArgumentException if Kafka has no such topic
   */
  public static void read(FreshetConfig config, OrderedExamples examples, Progress progress)
      throws IOException {
    try (AvroTopicReader<TrainingExample> reader =
        new AvroTopicReader<>(
            KafkaConnection.of(config),
            config.topics().trainingExamples(),
            TrainingExample.class)) {
      long total = reader.size();
      long[] count = {0};
      reader.readToEnd(
          example -> {
            try {
              examples.add(example);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            progress.read(++count[0], total);
          });
    }
    examples.seal();
  }
}
