package dev.freshet.cli;

import picocli.CommandLine.Command;

/** {@code freshet features}: looks at the feature catalog and the feature store. */
@Command(
    name = "features",
    mixinStandardHelpOptions = true,
    description = "Looks at the feature catalog and the feature store.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet features list                   which features there are",
      "  ./freshet features describe actions       all that is known of one",
      "  ./freshet features get user u0001         what the store has of a user",
      "  ./freshet features check                  is the store what the events say?"
    },
    subcommands = {
      FeaturesListCommand.class,
      FeaturesDescribeCommand.class,
      FeaturesTypesCommand.class,
      FeaturesGetCommand.class,
      FeaturesCheckCommand.class
    })
final class FeaturesCommand {}
