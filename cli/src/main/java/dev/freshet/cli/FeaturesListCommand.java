package dev.freshet.cli;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureDefinition;
import dev.freshet.features.FeatureDefinition.Source;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code freshet features list}: all features of a catalog. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the features of the catalog. Needs no running stack.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet features list",
      "  ./freshet features list --entity item",
      "  ./freshet features list --catalog my-features.yaml"
    })
final class FeaturesListCommand implements Runnable {

  private static final List<String> HEAD =
      List.of("", "feature", "type", "parameters", "value", "TTL", "by", "description");

  @Spec private CommandSpec spec;

  @Mixin private CatalogOptions options;

  @Override
  public void run() {
    FeatureCatalog catalog = options.catalog();
    PrintWriter out = spec.commandLine().getOut();
    out.printf("Feature catalog %s%nhash %s%n%n", catalog.source(), catalog.hash());
    TextTable table = new TextTable(HEAD, Set.of());
    for (Entity entity : options.entities(catalog)) {
      List<FeatureDefinition> features = catalog.features(entity);
      table.addLine(
          "%s: %d feature%s of %s"
              .formatted(
                  entity, features.size(), features.size() == 1 ? "" : "s", entity.description()));
      for (FeatureDefinition feature : features) {
        table.add(
            List.of(
                "",
                feature.name(),
                feature.type(),
                FeatureText.parametersInShort(feature),
                FeatureText.shape(feature),
                feature.ttl() == Long.MAX_VALUE ? "-" : FeatureText.duration(feature.ttl()),
                feature.source() == Source.JOB ? "job" : "store." + feature.group(),
                feature.description()));
      }
    }
    table.print(out);
    out.flush();
  }
}
