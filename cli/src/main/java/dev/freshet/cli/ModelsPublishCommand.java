package dev.freshet.cli;

import dev.freshet.client.model.ModelControl;
import dev.freshet.client.model.ModelControl.Publication;
import dev.freshet.client.model.PlanChange;
import dev.freshet.model.ModelBundle;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet models publish}. */
@Command(
    name = "publish",
    mixinStandardHelpOptions = true,
    description = {
      "Checks a model as the job will, and puts it on the topic. It serves nobody before a plan says"
          + " so: --activate does it at once.",
      "A version is for good: the same bytes again change nothing, others are refused."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet models publish ranker.onnx",
      "  ./freshet models publish ranker.onnx --activate --in 30s --reason 'ann: weekly model'"
    })
final class ModelsPublishCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private ModelOptions options;

  @Mixin private StepOptions step;

  @Mixin private ReplaceOption replace;

  @Parameters(paramLabel = "FILE", description = "ONNX file; name and version are in its metadata")
  private Path file;

  @Option(names = "--activate", description = "Lets it serve everyone, too.")
  private boolean activate;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    byte[] onnx = Files.readAllBytes(file);
    ModelControl control = options.control();
    ModelBundle model = control.check(onnx);
    Publication publication = control.publish(model);
    out.printf(
        "Model %s %s, %d features, SHA-256 %s: %s on topic %s%n",
        model.name(),
        model.version(),
        model.featureNames().size(),
        model.sha256(),
        publication == Publication.PUBLISHED ? "published" : "was there already",
        control.place());
    if (!options.wanted().contains(model.name())) {
      spec.commandLine()
          .getErr()
          .printf(
              "Note: no placement of the configuration ranks with a model of the name %s, but with %s"
                  + " (ranking.placements.NAME.model).%n",
              model.name(), String.join(", ", options.wanted()));
    }
    if (!activate) {
      out.printf(
          "It serves nobody yet. Next: ./freshet models shadow|split|activate %s%s%n",
          model.version(), model.name().equals("default") ? "" : " --model " + model.name());
      return 0;
    }
    return step.apply(
        control,
        model.name(),
        replace.value,
        spec,
        (PlanChange change) -> change.activate(model.version()));
  }
}
