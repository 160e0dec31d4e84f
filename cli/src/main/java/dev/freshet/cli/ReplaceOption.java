package dev.freshet.cli;

import picocli.CommandLine.Option;

/** Whether a new step may drop planned ones: an option of several commands. */
final class ReplaceOption {

  @Option(
      names = "--replace",
      description =
          "Drops the steps that are planned for that time or later. Without it they are an error.")
  boolean value;
}
