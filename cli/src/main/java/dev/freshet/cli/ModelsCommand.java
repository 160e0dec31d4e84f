package dev.freshet.cli;

import picocli.CommandLine.Command;

/** {@code freshet models}: makes models, publishes them, and says which of them serve. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = "Makes ranking models, publishes them, and says which of them serve, from when.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nThe life of a model:%n",
    footer = {
      "  ./freshet models train OUT/examples.avro --version 2 --out ranker.onnx",
      "  ./freshet models publish ranker.onnx    checked, on the topic, serves nobody yet",
      "  ./freshet models shadow 2               scores along and is not served",
      "  ./freshet models split 2=10%%            serves a tenth of the users",
      "  ./freshet models activate 2             serves everyone",
      "  ./freshet models rollback               what served before serves again",
      "  ./freshet models list                   what there is, serves, and will"
    },
    subcommands = {
      ModelsListCommand.class,
      ModelsShowCommand.class,
      ModelsPublishCommand.class,
      ModelsActivateCommand.class,
      ModelsShadowCommand.class,
      ModelsSplitCommand.class,
      ModelsRollbackCommand.class,
      ModelsDeleteCommand.class,
      ModelsTrainCommand.class,
      ModelsNewCommand.class
    })
final class ModelsCommand {}
