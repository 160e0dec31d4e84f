package dev.freshet.jobs.rank;

import dev.freshet.model.train.MlpRanker;
import dev.freshet.ranking.NaiveHash;
import dev.freshet.ranking.TestModel;
import dev.freshet.ranking.list.Placement;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.PlanStep;
import dev.freshet.schema.PlanVariant;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which model scores a list, by the definition, and what it says. */
final class NaiveModels {

  private final ModelPlan plan;
  private final Map<String, MlpRanker> rankers = new HashMap<>();

  /**
   * A model in its place.
   *
   * @param variant name of the user's part of a split; empty without one
   */
  record Choice(String model, String version, String variant) {}

  NaiveModels(ModelPlan plan) {
    this.plan = plan;
  }

  /** What a version says of a row of all features, by its weights in plain Java. */
  double score(String version, float[] row) {
    return rankers.computeIfAbsent(version, TestModel::ranker).score(row, 1)[0];
  }

  Choice choose(String model, long time, String user) {
    if (model.equals(Placement.NO_MODEL)) {
      return new Choice(Placement.NO_MODEL, "", "");
    }
    PlanStep step = step(model, time);
    if (step == null) {
      return new Choice(TestModel.NAME, TestModel.VERSION, "");
    }
    int place =
        new BigInteger(Long.toUnsignedString(NaiveHash.of(model + '\0' + user)))
            .mod(BigInteger.valueOf(10_000))
            .intValue();
    int border = 0;
    for (PlanVariant variant : step.getVariants()) {
      border += variant.getShare();
      if (place < border) {
        String name = step.getVariants().size() == 1 ? "" : variant.getName();
        return new Choice(model, variant.getVersion(), name);
      }
    }
    throw new AssertionError("the shares of " + step + " are not the whole");
  }

  /** What scores along. */
  List<Choice> shadows(String model, long time) {
    PlanStep step = model.equals(Placement.NO_MODEL) ? null : step(model, time);
    return step == null
        ? List.of()
        : step.getShadows().stream().map(each -> new Choice(model, each, "shadow")).toList();
  }

  /** The last step that has begun; null: none. */
  private PlanStep step(String model, long time) {
    PlanStep last = null;
    for (PlanStep step : plan.getSteps()) {
      if (plan.getName().equals(model) && time >= step.getFromTime().toEpochMilli()) {
        last = step;
      }
    }
    return last;
  }
}
