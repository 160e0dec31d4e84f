package dev.freshet.cli;

import dev.freshet.client.model.PlanChange;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet models split}. */
@Command(
    name = "split",
    mixinStandardHelpOptions = true,
    description = {
      "Lets published versions serve shares of the users; the rest stays with the version that serves"
          + " it now. Whom a version serves is decided by a hash of the user, so it stays the same, also"
          + " for the first version while its share grows.",
      "The plan is read, changed and written: if someone else does so at the same time, one change is"
          + " lost. That is noticed and told, with exit code 3."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet models split 2=10%%",
      "  ./freshet models split 2=10%% 3=5%%",
      "  ./freshet models split 2=50%% 1=50%%    nothing is left: no version need serve yet"
    })
final class ModelsSplitCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private ModelOptions options;

  @Mixin private ModelName model;

  @Mixin private StepOptions step;

  @Mixin private ReplaceOption replace;

  @Parameters(
      arity = "1..*",
      paramLabel = "VERSION=SHARE",
      converter = {PlainText.class, ShareConverter.class},
      description = "Versions and their shares, such as 2=10%%; at most two decimals")
  private Map<String, Integer> shares;

  /** A version as it is written. */
  static final class PlainText implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      return text;
    }
  }

  @Override
  public Integer call() {
    return step.apply(
        options.control(),
        model.name,
        replace.value,
        spec,
        (PlanChange change) -> change.split(shares));
  }
}
