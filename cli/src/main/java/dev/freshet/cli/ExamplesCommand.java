package dev.freshet.cli;

import picocli.CommandLine.Command;

/** {@code freshet examples}: training examples for other tools. */
@Command(
    name = "examples",
    mixinStandardHelpOptions = true,
    description = "Brings training examples to other tools.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = ExamplesExportCommand.class)
final class ExamplesCommand {}
