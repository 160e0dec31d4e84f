package dev.freshet.local.cli;

import dev.freshet.jobs.rank.RankingFeatures;
import dev.freshet.model.ModelMetadata;
import dev.freshet.model.train.MlpRanker;
import dev.freshet.model.train.OnnxExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
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
    MlpRanker untrained = new MlpRanker(RankingFeatures.NAMES.size(), new int[0], 0);
    ModelMetadata metadata =
        new ModelMetadata(
            "untrained", "0", RankingFeatures.NAMES, Optional.empty(), new TreeMap<>());
    try {
      Files.write(out, OnnxExport.toOnnx(untrained, metadata));
    } catch (IOException e) {
      throw new CommandException(e.toString());
    }
  }
}
