package dev.freshet.cli;

import dev.freshet.client.model.TopicContents.Published;
import dev.freshet.model.ModelBundle;
import dev.freshet.model.ModelRejectedException;
import dev.freshet.schema.ModelRelease;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet models show}: what a model says of itself. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Prints a model's name, version, features and lineage.",
      "A file is checked, and needs no running stack; anything else is a published version."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ./freshet models show ranker.onnx", "  ./freshet models show 2 --model default"})
final class ModelsShowCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Mixin private ModelOptions options;

  @Mixin private ModelName model;

  @Parameters(paramLabel = "FILE|VERSION", description = "ONNX file, or a published version")
  private String what;

  @Override
  public void run() {
    if (Files.exists(Path.of(what)) || what.endsWith(".onnx")) {
      showFile(Path.of(what));
      return;
    }
    Published published = options.control().contents().require(model.name, what);
    ModelRelease release = published.release();
    print(
        release.getName(),
        release.getVersion(),
        release.getSha256(),
        release.getFeatureNames(),
        release.getLineage());
    PrintWriter out = spec.commandLine().getOut();
    out.printf("Published %s, %,d bytes%n", release.getPublishedTime(), published.bytes());
  }

  private void showFile(Path file) {
    try {
      ModelBundle bundle = ModelBundle.read(file);
      print(
          bundle.name(),
          bundle.version(),
          bundle.sha256(),
          bundle.featureNames(),
          bundle.lineage());
    } catch (ModelRejectedException e) {
      throw new CommandException(
          "%s is refused (%s): %s".formatted(file, e.reason(), e.getMessage()));
    }
  }

  private void print(
      String name,
      String version,
      String sha256,
      List<String> features,
      Map<String, String> lineage) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s %s%nSHA-256 %s%n", name, version, sha256);
    out.println("Features");
    features.forEach(feature -> out.println("  " + feature));
    out.println(lineage.isEmpty() ? "Lineage unknown" : "Lineage");
    new TreeMap<>(lineage).forEach((key, value) -> out.printf("  %-20s %s%n", key, value));
  }
}
