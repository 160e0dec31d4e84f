package dev.freshet.cli;

import dev.freshet.client.model.ModelControl;
import dev.freshet.client.model.TopicContents;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code freshet models list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description =
        "Lists the models that were published, what serves now (*), and what is to come (>).",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet models list",
      "  ./freshet models list --model default --kafka broker:9092"
    })
final class ModelsListCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Mixin private ModelOptions options;

  @Option(names = "--model", paramLabel = "NAME", description = "Only this one. Default: all.")
  private String model;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    ModelControl control = options.control();
    TopicContents contents = control.contents();
    if (model != null && !contents.names().contains(model)) {
      contents.requireModel(model);
    }
    out.printf("Topic %s%n%n", control.place());
    if (contents.names().isEmpty()) {
      out.println(
          "No model has been published: the job ranks with the model of its configuration"
              + " (model.file). './freshet models publish FILE' adds one.");
    }
    new ModelTable(contents, Instant.now()).print(Optional.ofNullable(model), out);
    out.flush();
  }
}
