package dev.freshet.local.cli;

import dev.freshet.local.Demo;
import dev.freshet.local.EmbeddedStack;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code freshet demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Shows Freshet at work: Kafka, Redis and Flink on this machine, simulated shoppers, and"
            + " recommendations milliseconds after each action. Needs no Docker.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet demo",
      "  ./freshet demo --duration 60s --rate 500 --parallelism 2",
      "",
      "While it runs, in another terminal:",
      "  ./freshet topics tail recommendations",
      "  ./freshet features get user u0001"
    })
final class DemoCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long, such as 60s or 10m. Default: until Ctrl-C.")
  private Duration duration;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "200",
      description = "Actions per second. Default: ${DEFAULT-VALUE}.")
  private double rate;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      defaultValue = "1",
      description = "Subtasks of each operator. Default: ${DEFAULT-VALUE}.")
  private int parallelism;

  @Option(
      names = "--max-delay",
      paramLabel = "TIME",
      defaultValue = "5ms",
      description =
          "How far the watermark is held behind now: 0ms ranks on arrival. Default:"
              + " ${DEFAULT-VALUE}.")
  private String maxDelay;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of the shoppers. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  public Integer call() throws Exception {
    if (!(rate > 0 && rate <= 100_000)) {
      throw new CommandException("--rate " + rate + " is not within 0 and 100000 actions/s.");
    }
    if (parallelism < 1 || parallelism > EmbeddedStack.PARTITIONS) {
      throw new CommandException(
          "--parallelism %d is not within 1 and %d, the topics' partitions."
              .formatted(parallelism, EmbeddedStack.PARTITIONS));
    }
    Console console = new Console(spec.commandLine().getOut());
    try (EmbeddedStack stack = EmbeddedStack.start(parallelism, console::starting)) {
      console.started();
      new Demo(stack, new Demo.Settings(rate, parallelism, maxDelay, seed))
          .run(Optional.ofNullable(duration), spec.commandLine().getOut());
    }
    return 0;
  }
}
