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
 * How a replay that learns goes (docs/adr/0007-learning-in-rounds.md): events wait for the model of
 * the round before theirs, and what is read is at most about a round ahead of that.
 *
 * @param rounds all of them; the last one ends with the last event that is learned from, or later
 * @param model name of the one that learns
 * @param former what the topics had at the start: of the same replay, when it goes on from a
 *     checkpoint
 */
public record LearningReplay(Rounds.EndingAt rounds, String model, FormerLearning former) {

  /** Sources that wait for each other. */
  private static final String ALIGNED = "learning";

  /** How often they tell each other how far they have come. */
  private static final Duration ALIGNING = Duration.ofMillis(20);

  /** Event time up to which a record of the topic of models settles which ones serve. */
  static long settledUntil(ReceivedModel received) {
    return received.record.getContent() instanceof ModelPlan plan
        ? settledUntil(plan)
        : Long.MIN_VALUE;
  }

  private static long settledUntil(ModelPlan plan) {
    Instant until = plan.getSettledTime();
    return until == null ? Long.MIN_VALUE : until.toEpochMilli();
  }

  /** The same as of the start. */
  long settledUntil() {
    ModelPlan plan = former.start().plan();
    return Math.max(firstEnd(), plan == null ? Long.MIN_VALUE : settledUntil(plan));
  }

  /** When the first round ends, before which no model is learned. */
  public long firstEnd() {
    return rounds.ends().get(0);
  }

  /** Whether nothing more will be planned. */
  static boolean isLastPlan(Decoded<ReceivedModel> decoded) {
    return decoded.deadLetter == null && settledUntil(decoded.value) == Rounds.NONE;
  }

  /** Tells the round after which there is none. */
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

  /** The median, so that a few long rounds don't let much be read ahead. */
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
