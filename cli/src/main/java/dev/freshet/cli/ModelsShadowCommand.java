package dev.freshet.cli;

import dev.freshet.client.model.PlanChange;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet models shadow}. */
@Command(
    name = "shadow",
    mixinStandardHelpOptions = true,
    description = {
      "Lets a published version score along without being served, or no longer (--off).",
      "The plan is read, changed and written: if someone else does so at the same time, one change is"
          + " lost. That is noticed and told, with exit code 3."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ./freshet models shadow 2", "  ./freshet models shadow 2 --off"})
final class ModelsShadowCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private ModelOptions options;

  @Mixin private ModelName model;

  @Mixin private StepOptions step;

  @Mixin private ReplaceOption replace;

  @Parameters(paramLabel = "VERSION", description = "A published version")
  private String version;

  @Option(names = "--off", description = "It no longer scores along.")
  private boolean off;

  @Override
  public Integer call() {
    return step.apply(
        options.control(),
        model.name,
        replace.value,
        spec,
        (PlanChange change) -> off ? change.unshadow(version) : change.shadow(version));
  }
}
