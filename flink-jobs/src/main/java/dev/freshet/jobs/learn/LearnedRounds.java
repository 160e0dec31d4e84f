package dev.freshet.jobs.learn;

import dev.freshet.schema.TrainingRound;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Tells every shard of every round of the model. */
public final class LearnedRounds implements FlatMapFunction<TrainingRound, LearnedRound> {

  private static final long serialVersionUID = 1;

  private final LearningSettings settings;

  public LearnedRounds(LearningSettings settings) {
    this.settings = settings;
  }

  @Override
  public void flatMap(TrainingRound round, Collector<LearnedRound> out) {
    if (!round.getModel().equals(settings.model())) {
      return;
    }
    byte[] state = ByteArrays.of(round.getState());
    for (int shard = 0; shard < settings.options().shards(); shard++) {
      LearnedRound learned = new LearnedRound();
      learned.shard = shard;
      learned.round = round.getRound();
      learned.end = round.getEndTime().toEpochMilli();
      learned.state = state;
      learned.initial = round.getOutcome().equals(RoundConclusion.INITIAL);
      out.collect(learned);
    }
  }
}
