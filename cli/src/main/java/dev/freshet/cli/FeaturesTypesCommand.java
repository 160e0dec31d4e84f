package dev.freshet.cli;

import dev.freshet.features.type.FeatureType;
import dev.freshet.features.type.FeatureTypes;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code freshet features types}: what a catalog can be made of. */
@Command(
    name = "types",
    mixinStandardHelpOptions = true,
    description = "Lists the types of features that a catalog can use.",
    footerHeading = "%nExample:%n",
    footer = "  ./freshet features types")
final class FeaturesTypesCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    TextTable table = new TextTable(List.of("type", "what it is"), Set.of());
    for (FeatureType type : FeatureTypes.all()) {
      table.add(List.of(type.name(), type.description()));
    }
    table.print(spec.commandLine().getOut());
    spec.commandLine().getOut().printf("%nEach has a page in docs/features.%n");
    spec.commandLine().getOut().flush();
  }
}
