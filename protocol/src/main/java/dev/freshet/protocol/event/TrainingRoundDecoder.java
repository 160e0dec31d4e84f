package dev.freshet.protocol.event;

import dev.freshet.config.TimeSource;
import dev.freshet.schema.TrainingRound;
import java.time.Instant;

/** Decodes the topic {@code training-rounds}. */
public final class TrainingRoundDecoder extends EventDecoder<TrainingRound, TrainingRound> {

  private static final long serialVersionUID = 1;

  public TrainingRoundDecoder(EventRules rules) {
    super(TrainingRound.class, TrainingRound.class, rules, TimeSource.EVENT);
  }

  @Override
  TrainingRound convert(TrainingRound round, long time) throws RejectedRecordException {
    rules.checkId("model", round.getModel());
    return round;
  }

  @Override
  Instant eventTime(TrainingRound round) {
    return round.getEndTime();
  }
}
