package dev.freshet.cli.local;

import dev.freshet.cli.CommandException;
import dev.freshet.config.FreshetConfig;
import dev.freshet.local.EmbeddedStack;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** Options that all benchmarks have in common. */
final class BenchOptions {

  static final int MOST_CANDIDATES = 10_000;
  static final int MOST = 100_000_000;

  /** Upper bound: a topic of the benchmark holds no more. */
  static final int MOST_WRITTEN = 2_000_000;

  static final int USUAL_HISTORY = 20_000;
  static final int MOST_PARALLELISM = EmbeddedStack.PARTITIONS;

  @Option(
      names = "--history",
      paramLabel = "N",
      description =
          "Actions of the eight days before, so that there is something to recommend. Default:"
              + " 20000; for soak 200000.")
  private Integer history;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "bench-out",
      description = "Where the results go. Default: ${DEFAULT-VALUE}.")
  private Path out;

  Path out() {
    return out;
  }

  /**
   * @param usual when nothing else is said
   */
  int history(int usual) {
    if (history == null) {
      return usual;
    }
    check("--history", List.of(history), 1, MOST_WRITTEN);
    return history;
  }

  /** Prints each line with the time since the beginning. */
  Consumer<String> progress(PrintWriter out) {
    long start = System.nanoTime();
    return line -> {
      long seconds = (System.nanoTime() - start) / 1_000_000_000;
      out.printf(Locale.ROOT, "%02d:%02d  %s%n", seconds / 60, seconds % 60, line);
      out.flush();
    };
  }

  static void check(String option, List<? extends Number> values, double low, double high) {
    if (values.isEmpty()) {
      throw new CommandException(option + " needs a value.");
    }
    for (Number value : values) {
      if (!(value.doubleValue() >= low && value.doubleValue() <= high)) {
        throw new CommandException(
            String.format(
                Locale.ROOT, "%s %s is not within %,.0f and %,.0f.", option, value, low, high));
      }
    }
  }

  /**
   * @throws dev.freshet.yaml.ConfigurationException if one is not as in the configuration
   */
  static void checkDelays(List<String> maxDelays) {
    for (String maxDelay : maxDelays) {
      FreshetConfig unused = FreshetConfig.of(Map.of("watermark.max-delay", maxDelay));
    }
  }
}
