package dev.freshet.jobs.learn;

import dev.freshet.protocol.model.ModelKeys;
import dev.freshet.protocol.model.ModelRefusedException;
import dev.freshet.protocol.model.ModelRules;
import dev.freshet.protocol.model.ReceivedModel;
import dev.freshet.schema.ModelPlan;
import org.apache.flink.api.common.functions.FilterFunction;

/**
 * Lets pass the plans of one model that can be followed. What can't is for the job that serves to
 * report; it doesn't follow it either.
 */
public final class PlanFilter implements FilterFunction<ReceivedModel> {

  private static final long serialVersionUID = 1;

  private final String model;

  public PlanFilter(String model) {
    this.model = model;
  }

  @Override
  public boolean filter(ReceivedModel received) {
    return received.record.getContent() instanceof ModelPlan plan
        && plan.getName().equals(model)
        && ModelKeys.of(received.record).equals(received.key)
        && canBeFollowed(plan);
  }

  private static boolean canBeFollowed(ModelPlan plan) {
    try {
      ModelRules.check(plan);
      return true;
    } catch (ModelRefusedException e) {
      return false;
    }
  }
}
