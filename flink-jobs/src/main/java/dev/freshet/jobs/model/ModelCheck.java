package dev.freshet.jobs.model;

import dev.freshet.jobs.input.DeadLetterCounters;
import dev.freshet.jobs.input.SplitDeadLetters;
import dev.freshet.protocol.model.ModelRefusedException;
import dev.freshet.protocol.model.ModelRules;
import dev.freshet.protocol.model.ReceivedModel;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ModelRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Lets pass the models that may serve and the plans that can be followed. The others become dead
 * letters, and nothing else happens because of them. Loads each model once, so it belongs right
 * after the source, where no request waits for it.
 */
public final class ModelCheck extends ProcessFunction<ReceivedModel, ModelRecord> {

  private static final long serialVersionUID = 1;

  /** A longer error, such as of thousands of features, is cut: a letter has room for its record. */
  static final int MAX_ERROR = 2_000;

  private final ModelRules rules;
  private transient DeadLetterCounters counters;

  public ModelCheck(ModelRules rules) {
    this.rules = rules;
  }

  @Override
  public void open(OpenContext context) {
    counters = new DeadLetterCounters(getRuntimeContext());
  }

  @Override
  public void processElement(ReceivedModel model, Context context, Collector<ModelRecord> out) {
    try {
      rules.check(model.key, model.record);
    } catch (ModelRefusedException e) {
      counters.count(e.reason());
      DeadLetter letter = model.letter;
      letter.setReason(e.reason().name());
      letter.setError(shortened(e.getMessage()) + letter.getError());
      context.output(SplitDeadLetters.DEAD_LETTERS, letter);
      return;
    }
    out.collect(model.record);
  }

  private static String shortened(String error) {
    return error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR) + " ...";
  }
}
