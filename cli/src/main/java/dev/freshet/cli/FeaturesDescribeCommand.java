package dev.freshet.cli;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureDefinition;
import dev.freshet.features.FeatureDefinition.Source;
import dev.freshet.features.type.FeatureTypes;
import dev.freshet.yaml.Suggestion;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet features describe}: everything about one feature. */
@Command(
    name = "describe",
    mixinStandardHelpOptions = true,
    description = "Tells all about a feature of the catalog. Needs no running stack.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet features describe actions",
      "  ./freshet features describe actions --entity item --catalog my-features.yaml"
    })
final class FeaturesDescribeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private CatalogOptions options;

  @Parameters(paramLabel = "NAME", description = "The feature's name.")
  private String name;

  @Override
  public Integer call() throws IOException {
    FeatureCatalog catalog = options.catalog();
    List<Entity> entities = options.entities(catalog);
    List<FeatureDefinition> found = new ArrayList<>();
    for (Entity entity : entities) {
      catalog.features(entity).stream()
          .filter(feature -> feature.name().equals(name) || feature.formerNames().contains(name))
          .forEach(found::add);
    }
    if (found.isEmpty()) {
      throw unknown(catalog, entities);
    }
    PrintWriter out = spec.commandLine().getOut();
    for (FeatureDefinition feature : found) {
      print(feature, out);
    }
    out.flush();
    return 0;
  }

  private CommandException unknown(FeatureCatalog catalog, List<Entity> entities) {
    TreeSet<String> names = new TreeSet<>();
    entities.forEach(
        entity -> catalog.features(entity).forEach(feature -> names.add(feature.name())));
    Optional<String> meant = Suggestion.closest(name, names);
    String remedy =
        meant
            .map(closest -> "Did you mean " + closest + "?")
            .orElse("There are " + String.join(", ", names) + ".");
    if (meant.isEmpty() && FeatureTypes.of(name).isPresent()) {
      remedy = "It is a type of features, on the page " + TypePage.path(name) + ".";
    }
    return new CommandException(
        "The feature catalog %s has no feature '%s' of %s. %s"
            .formatted(
                catalog.source(),
                name,
                String.join(" or ", entities.stream().map(Entity::key).toList()),
                remedy));
  }

  private static void print(FeatureDefinition feature, PrintWriter out) throws IOException {
    String type = FeatureTypes.of(feature.type()).orElseThrow().description();
    out.printf("%s, of %s%n", feature.name(), feature.entity().description());
    out.printf("  %s%n%n", feature.description());
    line(out, "type", feature.type() + ": " + type);
    TypePage page = TypePage.of(feature.type());
    for (FeatureText.Parameter parameter : FeatureText.parameters(feature)) {
      line(
          out,
          parameter.key(),
          String.join(", ", parameter.values())
              + (parameter.isDefault() ? " (the default)" : "")
              + page.meaning(parameter.key()).map(meaning -> ": " + meaning).orElse(""));
    }
    line(
        out,
        "actions",
        feature.source() == Source.STORE
            ? "none: it is written to the store"
            : feature.actions().isEmpty()
                ? "all kinds"
                : String.join(", ", feature.actions().stream().sorted().toList()));
    line(out, "value", FeatureText.shape(feature));
    line(
        out,
        "default",
        feature.defaultValue() == null
            ? "none: without a value there is nothing"
            : FeatureText.value(feature.defaultValue()));
    line(
        out,
        "TTL",
        feature.ttl() == Long.MAX_VALUE
            ? "none: the value is never forgotten"
            : FeatureText.duration(feature.ttl()) + " without an event");
    line(
        out,
        "retention",
        feature.retention() == Long.MAX_VALUE
            ? "for ever"
            : FeatureText.duration(feature.retention())
                + ": for so long an event can matter to the value");
    line(
        out,
        "computed by",
        feature.source() == Source.JOB
            ? "the job"
            : "someone else, who writes the group " + feature.group() + " to the store");
    line(out, "stored", "in the group %s, tag %08x".formatted(feature.group(), feature.tag()));
    if (!feature.formerNames().isEmpty()) {
      line(out, "was", String.join(", ", feature.formerNames()));
    }
    line(out, "more", TypePage.path(feature.type()).toString());
    out.printf("%nIn a catalog:%n%n%s%n", FeatureText.yaml(feature));
  }

  private static void line(PrintWriter out, String label, String text) {
    out.printf("  %-12s %s%n", label, text);
  }
}
