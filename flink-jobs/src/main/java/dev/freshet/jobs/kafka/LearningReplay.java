package dev.freshet.jobs.kafka;

import dev.freshet.jobs.input.Decoded;
import dev.freshet.protocol.model.ReceivedModel;
import dev.freshet.protocol.model.Rounds;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.TrainingRound;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * Settings of a replay that learns (docs/adr/0007-learning-in-rounds.md). Events wait for the model
 * of the round before theirs, and sources read at most about a round ahead of that.
 *
 * @param rounds all rounds; the last one ends with the last event that is learned from, or later
 * @param model name of the model that learns
 * @param former content of the topics at the start. It is of the same replay when that continues
 *     from a checkpoint.
 */
public record LearningReplay(Rounds.EndingAt rounds, String model, FormerLearning former) {

  /** Alignment group of the sources that wait for each other. */
  private static final String ALIGNED = "learning";

  /** Interval at which these sources report how far they have come. */
  private static final Duration ALIGNING = Duration.ofMillis(20);

  /**
   * Returns the event time up to which a record of the topic of models settles which models serve.
   */
  static long settledUntil(ReceivedModel received) {
    return received.record.getContent() instanceof ModelPlan plan
        ? settledUntil(plan)
        : Long.MIN_VALUE;
  }

  private static long settledUntil(ModelPlan plan) {
    Instant until = plan.getSettledTime();
    return until == null ? Long.MIN_VALUE : until.toEpochMilli();
  }

  /** Returns the event time up to which it is settled at the start which models serve. */
  long settledUntil() {
    ModelPlan plan = former.start().plan();
    return Math.max(firstEnd(), plan == null ? Long.MIN_VALUE : settledUntil(plan));
  }

  /** Returns when the first round ends. No model is learned before that. */
  public long firstEnd() {
    return rounds.ends().get(0);
  }

  /** Returns whether this is the last plan. */
  static boolean isLastPlan(Decoded<ReceivedModel> decoded) {
    return decoded.deadLetter == null && settledUntil(decoded.value) == Rounds.NONE;
  }

  /** Recognizes the last round, after which there is none. */
  EndingKafkaSource.Last<Decoded<TrainingRound>> lastRound() {
    String learned = model;
    Rounds all = rounds;
    return decoded ->
        decoded.deadLetter == null
            && decoded.value.getModel().equals(learned)
            && all.after(decoded.value.getEndTime().toEpochMilli()) == Rounds.NONE;
  }

  <T> WatermarkStrategy<T> aligned(WatermarkStrategy<T> watermarks) {
    return watermarks.withWatermarkAlignment(ALIGNED, usualLength(), ALIGNING);
  }

  /**
   * Returns the median length of a round, so that a few long rounds don't let sources read far
   * ahead.
   */
  private Duration usualLength() {
    List<Long> ends = rounds.ends();
    long[] lengths = new long[ends.size() - 1];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = ends.get(i + 1) - ends.get(i);
    }
    Arrays.sort(lengths);
    return Duration.ofMillis(lengths.length == 0 ? 1 : lengths[lengths.length / 2]);
  }
}
