package dev.freshet.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet models delete}. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = {
      "Deletes a published version from the topic, so that it can't be activated any more. One that"
          + " serves or shadows, now or by the plan, can't be deleted.",
      "A replay that reaches back to when it served won't have it."
    },
    footerHeading = "%nExample:%n",
    footer = "  ./freshet models delete 1")
final class ModelsDeleteCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Mixin private ModelOptions options;

  @Mixin private ModelName model;

  @Parameters(paramLabel = "VERSION", description = "A published version")
  private String version;

  @Override
  public void run() {
    options.control().delete(model.name, version);
    PrintWriter out = spec.commandLine().getOut();
    out.printf("Deleted version %s of model %s%n", version, model.name);
  }
}
