package dev.freshet.cli;

import dev.freshet.client.model.PlanChange;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet models activate}. */
@Command(
    name = "activate",
    mixinStandardHelpOptions = true,
    description = {
      "Lets a published version serve everyone, from an event time on. Shadows stay.",
      "The plan is read, changed and written: if someone else does so at the same time, one change is"
          + " lost. That is noticed and told, with exit code 3."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet models activate 2",
      "  ./freshet models activate 2 --at 2026-01-31T08:00:00Z --reason 'ann: +2% clicks as a split'"
    })
final class ModelsActivateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private ModelOptions options;

  @Mixin private ModelName model;

  @Mixin private StepOptions step;

  @Mixin private ReplaceOption replace;

  @Parameters(paramLabel = "VERSION", description = "A published version")
  private String version;

  @Override
  public Integer call() {
    return step.apply(
        options.control(),
        model.name,
        replace.value,
        spec,
        (PlanChange change) -> change.activate(version));
  }
}
