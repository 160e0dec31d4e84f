package dev.freshet.jobs.learn;

import dev.freshet.model.train.LearnedState;
import dev.freshet.protocol.model.ReceivedModel;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.TrainingRound;
import dev.freshet.schema.TrustedSchemas;
import dev.freshet.yaml.Nullable;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What the topics had when a run began: the last round of a former run, from which one without a
 * checkpoint goes on, with what was learned and the numbers of the rounds, but an empty memory; and
 * the newest plan, before which none counts any more, checkpoint or not.
 */
public final class LearningStart implements Serializable {

  /** Learning begins, and no model has been planned. */
  public static final LearningStart ANEW = new LearningStart(Optional.empty(), Optional.empty());

  private static final long serialVersionUID = 1;

  /** Null: there is none. */
  private final byte[] round;

  /** Null: there is none. */
  private final byte[] plan;

  private final long planOffset;

  /**
   * @param round the last one of a former run
   * @param plan the newest that can be followed
   */
  public LearningStart(Optional<TrainingRound> round, Optional<ReceivedModel> plan) {
    try {
      this.round = round.isEmpty() ? null : ByteArrays.of(round.get().toByteBuffer());
      this.plan = plan.isEmpty() ? null : ByteArrays.of(plan.get().record.toByteBuffer());
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
    planOffset = plan.map(received -> received.offset).orElse(-1L);
  }

  /** The last round of a former run; null: there is none. */
  @Nullable
  public TrainingRound round() {
    TrustedSchemas.register();
    try {
      return round == null ? null : TrainingRound.fromByteBuffer(ByteBuffer.wrap(round));
    } catch (IOException e) {
      throw new UncheckedIOException("Reading from memory failed", e);
    }
  }

  /** The state that the last round of a former run has learned; null: there is no such round. */
  public @Nullable LearnedState state() {
    TrainingRound former = round();
    return former == null ? null : LearnedState.read(ByteArrays.of(former.getState()));
  }

  /** The newest plan; null: there is none. */
  @Nullable
  public ModelPlan plan() {
    TrustedSchemas.register();
    try {
      return plan == null
          ? null
          : (ModelPlan) ModelRecord.fromByteBuffer(ByteBuffer.wrap(plan)).getContent();
    } catch (IOException e) {
      throw new UncheckedIOException("Reading from memory failed", e);
    }
  }

  /** Offset of the newest plan; -1: there is none. */
  long planOffset() {
    return planOffset;
  }
}
