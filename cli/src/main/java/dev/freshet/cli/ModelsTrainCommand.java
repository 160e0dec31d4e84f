package dev.freshet.cli;

import dev.freshet.client.example.SpooledLists;
import dev.freshet.model.ModelBundle;
import dev.freshet.model.ModelMetadata;
import dev.freshet.model.ModelRejectedException;
import dev.freshet.model.train.MlpRanker;
import dev.freshet.model.train.OnnxExport;
import dev.freshet.model.train.RankerTrainer;
import dev.freshet.model.train.RankingExample;
import dev.freshet.schema.TrainingExample;
import dev.freshet.schema.TrustedSchemas;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.file.DataFileReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet models train}: trains a model on the examples of replays. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description =
        "Trains a ranking model on the training examples that 'replay --examples' left, and"
            + " writes it as ONNX. The lists go through a temporary file beside --out, of 4 bytes"
            + " for each feature of each candidate: 5 KB for a list of 50 candidates with 25"
            + " features, 21 KB with 200 (training.negatives). What the system has of memory serves"
            + " as its cache; the Java heap holds one list at a time.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet replay events.csv --examples --out OUT",
      "  ./freshet models train OUT/examples.avro --version 2026-01 --out ranker.onnx",
      "  ./freshet replay events.csv --model ranker.onnx --out BETTER"
    })
final class ModelsTrainCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "examples.avro of replays")
  private List<Path> files;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "ONNX to write")
  private Path out;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      defaultValue = "default",
      description = "The model's name. Default: ${DEFAULT-VALUE}.")
  private String name;

  @Option(
      names = "--version",
      paramLabel = "VERSION",
      defaultValue = "1",
      description = "The model's version, shown in recommendations. Default: ${DEFAULT-VALUE}.")
  private String version;

  @Option(
      names = "--hidden",
      split = ",",
      paramLabel = "UNITS",
      defaultValue = "16",
      description = "Units of each hidden layer; 0: a linear model. Default: ${DEFAULT-VALUE}.")
  private List<Integer> hidden;

  @Option(
      names = "--placement",
      paramLabel = "NAME",
      description = "Learns from the lists of this placement alone. Default: from all.")
  private String placement;

  @Option(
      names = "--until",
      paramLabel = "FRACTION",
      defaultValue = "1",
      description =
          "Learns from the first part of the examples alone, such as 0.5, so that the rest can"
              + " judge the model. Default: ${DEFAULT-VALUE}.")
  private double until;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of weights and shuffling. Default: ${DEFAULT-VALUE}.")
  private long seed;

  /** Names of the features as the first example has them. */
  private List<String> featureNames;

  @Override
  public void run() {
    PrintWriter console = spec.commandLine().getOut();
    if (!(until > 0 && until <= 1)) {
      throw new CommandException("--until " + until + " is not a fraction above 0, up to 1.");
    }
    try (SpooledLists spool = new SpooledLists(folder())) {
      for (Path file : files) {
        read(file, spool);
      }
      spool.seal();
      List<RankingExample> examples = spool.subList(0, (int) Math.round(spool.size() * until));
      if (examples.isEmpty()) {
        throw new CommandException("There are no examples in " + files + ".");
      }
      console.printf(Locale.ROOT, "%,d lists from %s%n", examples.size(), files);
      int[] layers = hidden.stream().mapToInt(Integer::intValue).filter(u -> u > 0).toArray();
      MlpRanker ranker = new MlpRanker(featureNames.size(), layers, seed);
      RankerTrainer.Options defaults = RankerTrainer.Options.defaults();
      RankerTrainer.Result result =
          new RankerTrainer(
                  new RankerTrainer.Options(
                      defaults.epochs(),
                      defaults.batchLists(),
                      defaults.learningRate(),
                      defaults.maxGradientNorm(),
                      defaults.holdoutFraction(),
                      defaults.patience(),
                      seed))
              .train(ranker, examples, epoch -> show(console, epoch));
      byte[] onnx =
          OnnxExport.toOnnx(
              ranker,
              new ModelMetadata(name, version, featureNames, Optional.empty(), lineage(result)));
      ModelBundle.of(onnx);
      Files.write(out, onnx);
      console.printf("%s: %s %s, checked%n", out, name, version);
    } catch (IOException e) {
      throw new CommandException(e.toString());
    } catch (ModelRejectedException e) {
      throw new CommandException("The trained model is not fit to serve: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new CommandException("Cannot train on " + files + ": " + e.getMessage() + ".");
    }
  }

  /** Where the model is to be, so that a disk that is too small for all is found out early. */
  private Path folder() {
    Path folder = out.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new CommandException("There is no folder " + folder + ". Make it, or choose --out.");
    }
    return folder;
  }

  private SortedMap<String, String> lineage(RankerTrainer.Result result) {
    SortedMap<String, String> lineage = new TreeMap<>();
    lineage.put("training_lists", String.valueOf(result.trainingLists()));
    lineage.put("epochs", String.valueOf(result.best().number()));
    lineage.put("holdout_lists", String.valueOf(result.best().holdout().lists()));
    lineage.put("holdout_loss_nats", rounded(result.best().holdout().loss()));
    lineage.put("holdout_mrr", rounded(result.best().holdout().mrr()));
    lineage.put("seed", String.valueOf(seed));
    return lineage;
  }

  private static String rounded(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private static void show(PrintWriter console, RankerTrainer.Epoch epoch) {
    console.printf(
        Locale.ROOT,
        "epoch %2d  training loss %.4f  holdout loss %.4f  MRR %.4f  hit rate@10 %.4f%n",
        epoch.number(),
        epoch.trainingLoss(),
        epoch.holdout().loss(),
        epoch.holdout().mrr(),
        epoch.holdout().hitRateAt10());
    console.flush();
  }

  private void read(Path file, SpooledLists examples) throws IOException {
    if (!Files.exists(file)) {
      throw new CommandException(
          "There is no file " + file + ". 'freshet replay --examples' writes it.");
    }
    try (DataFileReader<TrainingExample> reader =
        new DataFileReader<>(file.toFile(), TrustedSchemas.reader(TrainingExample.class))) {
      for (TrainingExample example : reader) {
        if (featureNames == null) {
          featureNames = example.getFeatureNames();
        } else if (!example.getFeatureNames().equals(featureNames)) {
          throw new CommandException(
              "%s has examples of other features, %s, than %s. Replay again with one catalog."
                  .formatted(file, example.getFeatureNames(), featureNames));
        }
        if (placement == null || placement.equals(example.getPlacement())) {
          examples.append(example);
        }
      }
    }
  }
}
