package dev.freshet.cli;

import dev.freshet.client.AvroTopicReader;
import dev.freshet.client.ListExplanation;
import dev.freshet.client.model.ModelTopic;
import dev.freshet.config.BundledCatalog;
import dev.freshet.config.FreshetConfig;
import dev.freshet.model.ModelBundle;
import dev.freshet.model.ModelRejectedException;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.protocol.model.RankingModel;
import dev.freshet.ranking.feature.StoreFeatures;
import dev.freshet.ranking.list.Placement;
import dev.freshet.schema.ExplainedItem;
import dev.freshet.schema.Explanation;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet explain}. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description =
        "Shows why a list is as it is: for each item its sources, features and score, scored anew"
            + " with the same model.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:explained", "1:the scores came out differently", "3:not found"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet topics tail recommendations --limit 1     shows an id",
      "  ./freshet explain 0a1b2c3d-…",
      "  ./freshet explain --user u0001                      the user's last list",
      "  ./freshet explain 0a1b2c3d-… --items 3 --features 20",
      "",
      "The job keeps what explains a list when ranking.explanations is true; the demo does."
    })
final class ExplainCommand implements Callable<Integer> {

  private static final int DIFFERENT = 1;
  private static final int NOT_FOUND = 3;

  @Spec private CommandSpec spec;

  @Mixin private Connection connection;

  @Parameters(
      arity = "0..1",
      paramLabel = "RECOMMENDATION_ID",
      description = "As the recommendation carries it.")
  private String id;

  @Option(
      names = "--user",
      paramLabel = "USER",
      description = "In place of an id: the last list of this user.")
  private String user;

  @Option(
      names = "--items",
      paramLabel = "N",
      defaultValue = "5",
      description = "Items whose features are shown, the best first. Default: ${DEFAULT-VALUE}.")
  private int items;

  @Option(
      names = "--features",
      paramLabel = "N",
      defaultValue = "8",
      description =
          "Features of an item that are shown, those with the greatest effect. Default:"
              + " ${DEFAULT-VALUE}.")
  private int features;

  @Override
  public Integer call() throws IOException {
    if ((id == null) == (user == null)) {
      throw new CommandException("Give either the id of a recommendation, or --user.");
    }
    if (items < 0 || features < 0) {
      throw new CommandException("--items and --features are numbers from 0 on.");
    }
    FreshetConfig config = connection.config();
    Optional<Explanation> found = find(config);
    if (found.isEmpty()) {
      spec.commandLine()
          .getErr()
          .printf(
              "The topic %s on %s explains no list %s. Is ranking.explanations true, and does the"
                  + " topic reach back that far?%n",
              config.topics().explanations(),
              config.kafka().bootstrapServers(),
              id == null ? "of user " + user : id);
      return NOT_FOUND;
    }
    PrintWriter out = spec.commandLine().getOut();
    Explanation explanation = found.get();
    head(explanation, out);
    boolean reproduced = true;
    if (explanation.getModel().equals(Placement.NO_MODEL)) {
      list(explanation, null, out);
      out.println(
          "\nNo model scores this placement: the order in which the sources proposed stands.");
    } else {
      ListExplanation anew = new ListExplanation(explanation, model(config, explanation));
      list(explanation, anew, out);
      effects(explanation, anew, out);
      reproduced = anew.isReproduced();
      out.println(
          reproduced
              ? "\nScored anew, every score is the same to the last digit."
              : "\nScored anew, scores differ. A model that quantises a whole list at once (int8)"
                  + " does so on the listed items alone; of another one this is a fault.");
    }
    out.flush();
    return reproduced ? 0 : DIFFERENT;
  }

  /** The last one, if there are several: a repetition after a crash is the same. */
  private Optional<Explanation> find(FreshetConfig config) throws IOException {
    Explanation[] found = new Explanation[1];
    try (AvroTopicReader<Explanation> reader =
            new AvroTopicReader<>(
                KafkaConnection.of(config), config.topics().explanations(), Explanation.class);
        PartialBars bars = new PartialBars(new Console(spec.commandLine().getErr()))) {
      long[] read = {0};
      long total = reader.size();
      reader.readToEnd(
          explanation -> {
            // What comes while it searches is not in the total.
            bars.update("Searching", "lists", Math.min(++read[0], total), total);
            if (id != null
                ? explanation.getRecommendationId().equals(id)
                : explanation.getUser().equals(user) && isNewer(explanation, found[0])) {
              found[0] = explanation;
            }
          });
    }
    return Optional.ofNullable(found[0]);
  }

  private static boolean isNewer(Explanation explanation, Explanation than) {
    return than == null || !explanation.getEventTime().isBefore(than.getEventTime());
  }

  private static ModelBundle model(FreshetConfig config, Explanation explanation) {
    ModelBundle first = RankingModel.load(config, StoreFeatures.of(BundledCatalog.of(config)));
    if (first.name().equals(explanation.getModel())
        && first.version().equals(explanation.getModelVersion())) {
      return first;
    }
    byte[] onnx =
        new ModelTopic(config)
            .onnx(explanation.getModel(), explanation.getModelVersion())
            .orElseThrow(
                () ->
                    new CommandException(
                        "The list was scored by model %s %s, which is neither the first one, %s %s, nor on the topic %s."
                            .formatted(
                                explanation.getModel(),
                                explanation.getModelVersion(),
                                first.name(),
                                first.version(),
                                config.topics().models())));
    try {
      return ModelBundle.of(onnx);
    } catch (ModelRejectedException e) {
      throw new CommandException(
          "The model on the topic %s is refused (%s): %s"
              .formatted(config.topics().models(), e.reason(), e.getMessage()));
    }
  }

  private static void head(Explanation explanation, PrintWriter out) {
    out.printf("recommendation  %s%n", explanation.getRecommendationId());
    out.printf(
        "for             %s, placement %s, as of %s%n",
        explanation.getUser(), explanation.getPlacement(), explanation.getEventTime());
    out.printf(
        Locale.ROOT,
        "scored by       %s %s%s, %,d candidates%n%n",
        explanation.getModel(),
        explanation.getModelVersion(),
        explanation.getVariant().isEmpty() ? "" : " (variant " + explanation.getVariant() + ")",
        explanation.getCandidates());
  }

  private static void list(Explanation explanation, ListExplanation anew, PrintWriter out) {
    TextTable table =
        new TextTable(List.of("rank", "item", "score", "anew", "proposed by"), Set.of(0, 2, 3));
    List<ExplainedItem> items = explanation.getItems();
    for (int item = 0; item < items.size(); item++) {
      ExplainedItem listed = items.get(item);
      table.add(
          List.of(
              String.valueOf(item + 1),
              listed.getItem(),
              String.valueOf(listed.getScore()),
              anew == null ? "" : String.valueOf(anew.score(item)),
              String.join(", ", listed.getSources())));
    }
    table.print(out);
  }

  /** What an item's score owes to each of its features. */
  private void effects(Explanation explanation, ListExplanation anew, PrintWriter out) {
    int shown = Math.min(items, explanation.getItems().size());
    for (int item = 0; item < shown; item++) {
      out.printf("%n%d. %s%n", item + 1, explanation.getItems().get(item).getItem());
      TextTable table = new TextTable(List.of("  ", "feature", "value", "effect"), Set.of(2, 3));
      List<ListExplanation.Effect> effects = new ArrayList<>(anew.effects(item));
      for (ListExplanation.Effect effect : effects.subList(0, Math.min(features, effects.size()))) {
        table.add(
            List.of(
                "",
                effect.name(),
                Float.isNaN(effect.value()) ? "unknown" : String.valueOf(effect.value()),
                String.format(Locale.ROOT, "%+.4f", effect.effect())));
      }
      table.print(out);
    }
    if (shown > 0) {
      out.println("\neffect: by how much the score is higher than if the feature were unknown");
    }
  }
}
