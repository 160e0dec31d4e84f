package dev.freshet.local;

import dev.freshet.jobs.config.FreshetConfig;
import dev.freshet.local.replay.OrderedExamples;
import dev.freshet.schema.TrainingExample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.LongConsumer;

/** Reads the topic of training examples up to where it ends now. */
public final class TopicExamples {

  private TopicExamples() {}

  /**
   * Reads and seals.
   *
   * @param examples takes all of them
   * @param progress told how many have been read, repetitions included
   * @throws IllegalArgumentException if Kafka has no such topic
   */
  public static void read(FreshetConfig config, OrderedExamples examples, LongConsumer progress)
      throws IOException {
    try (AvroTopicReader<TrainingExample> reader =
        new AvroTopicReader<>(
            config.kafka().bootstrapServers(),
            config.topics().trainingExamples(),
            TrainingExample.class)) {
      long[] count = {0};
      reader.readToEnd(
          example -> {
            try {
              examples.add(example);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            progress.accept(++count[0]);
          });
    }
    examples.seal();
  }
}
