package dev.freshet.cli.local;

import dev.freshet.cli.CommandException;
import dev.freshet.cli.Console;
import dev.freshet.cli.DurationConverter;
import dev.freshet.cli.ShopperOptions;
import dev.freshet.client.shopper.Shoppers;
import dev.freshet.local.EmbeddedStack;
import dev.freshet.local.demo.Demo;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
      "  ./freshet demo --taste-shift 2m     and learning catches up",
      "",
      "While it runs, in another terminal:",
      "  ./freshet topics tail recommendations",
      "  ./freshet features get user u0001",
      "  ./freshet explain --user u0001",
      "  ./freshet models list"
    })
final class DemoCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private ShopperOptions options;

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
      names = "--no-learn",
      negatable = true,
      description =
          "Ranks with the bundled model instead of beginning with one that has learned nothing and"
              + " learning from what the shoppers do, every ten seconds.")
  private boolean learn = true;

  @Option(
      names = "--taste-shift",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "After how long all shoppers take to other things, and again after as long, to watch the"
              + " hit rate fall and recover. Default: never.")
  private Duration tasteShift;

  @Override
  public Integer call() throws Exception {
    Shoppers.Settings settings = options.shoppers();
    if (parallelism < 1 || parallelism > EmbeddedStack.PARTITIONS) {
      throw new CommandException(
          "--parallelism %d is not within 1 and %d, the topics' partitions."
              .formatted(parallelism, EmbeddedStack.PARTITIONS));
    }
    Console console = new Console(spec.commandLine().getOut());
    try (EmbeddedStack stack =
        EmbeddedStack.start(learn ? 2 * parallelism : parallelism, console::starting)) {
      console.started();
      new Demo(
              stack,
              new Demo.Settings(
                  settings, parallelism, maxDelay, learn, Optional.ofNullable(tasteShift)))
          .run(options.duration(), spec.commandLine().getOut());
    }
    return 0;
  }
}
