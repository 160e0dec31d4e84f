package dev.freshet.cli;

import dev.freshet.client.model.PlanChange;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code freshet models rollback}. */
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = {
      "Undoes the step that is in force: what served before it serves again. Planned steps are"
          + " dropped. A second rollback undoes the first; 'activate' goes further back.",
      "The plan is read, changed and written: if someone else does so at the same time, one change is"
          + " lost. That is noticed and told, with exit code 3."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet models rollback",
      "  ./freshet models rollback --in 1s --reason 'ann: clicks fell'"
    })
final class ModelsRollbackCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private ModelOptions options;

  @Mixin private ModelName model;

  @Mixin private StepOptions step;

  @Override
  public Integer call() {
    return step.apply(options.control(), model.name, true, spec, PlanChange::rollback);
  }
}
