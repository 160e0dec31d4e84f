package dev.freshet.cli;

import dev.freshet.client.model.UntrainedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code freshet models new}: a model that has learned nothing. */
@Command(
    name = "new",
    mixinStandardHelpOptions = true,
    description =
        "Writes a model that has learned nothing: it leaves candidates in the order of their"
            + " sources. To collect the first examples with.")
final class ModelsNewCommand implements Runnable {

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "ONNX to write")
  private Path out;

  @Override
  public void run() {
    try {
      Files.write(out, UntrainedModel.onnx("untrained", "0"));
    } catch (IOException e) {
      throw new CommandException(e.toString());
    }
  }
}
