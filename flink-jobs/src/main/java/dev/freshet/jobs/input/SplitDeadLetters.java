package dev.freshet.jobs.input;

import dev.freshet.protocol.event.RejectReason;
import dev.freshet.schema.DeadLetter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Passes good records on and puts dead letters aside, counted by reason.
 *
 * @param <T> what a good record is
 */
public final class SplitDeadLetters<T> extends ProcessFunction<Decoded<T>, T> {

  /** The records that can't be used. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", TypeInformation.of(DeadLetter.class));

  private transient DeadLetterCounters counters;

  @Override
  public void open(OpenContext context) {
    counters = new DeadLetterCounters(getRuntimeContext());
  }

  @Override
  public void processElement(Decoded<T> decoded, Context context, Collector<T> out) {
    if (decoded.deadLetter == null) {
      out.collect(decoded.value);
    } else {
      counters.count(RejectReason.valueOf(decoded.deadLetter.getReason()));
      context.output(DEAD_LETTERS, decoded.deadLetter);
    }
  }
}
