package dev.freshet.cli;

import picocli.CommandLine.Option;

/** Which model is meant, where several are in use: an option of several commands. */
final class ModelName {

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "default",
      description = "Name of the model. Default: ${DEFAULT-VALUE}.")
  String name;
}
