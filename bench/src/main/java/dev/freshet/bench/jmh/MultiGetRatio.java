package dev.freshet.bench.jmh;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs {@link MultiGetBenchmark} so that noise of the machine hits both alike: with one Redis, each
 * of the two in a JVM of its own, in turn, several times. Prints the ratio of each turn.
 *
 * <p>Argument: how many turns; 5 without it.
 */
public final class MultiGetRatio {
  private static final int TURNS = 5;

  private MultiGetRatio() {}

  public static void main(String[] arguments) throws IOException, RunnerException {
    int turns = arguments.length == 0 ? TURNS : Integer.parseInt(arguments[0]);
    StringBuilder table = new StringBuilder();
    table.append("| shape | turn | Jedis p50 | store p50 | ratio p50 | ratio of means |\n");
    table.append("|---|---|---|---|---|---|\n");
    try (MeasuredRedis redis = MeasuredRedis.start()) {
      for (MultiGetBenchmark.Shape shape : MultiGetBenchmark.Shape.values()) {
        double[] ratios = new double[turns];
        for (int i = 0; i < turns; i++) {
          Statistics jedis = run("jedis", shape, redis.port());
          Statistics store = run("store", shape, redis.port());
          ratios[i] = store.getPercentile(50) / jedis.getPercentile(50);
          table.append(
              String.format(
                  Locale.ROOT,
                  "| %s | %d | %.1f µs | %.1f µs | %.2f | %.2f |%n",
                  shape,
                  i + 1,
                  jedis.getPercentile(50),
                  store.getPercentile(50),
                  ratios[i],
                  store.getMean() / jedis.getMean()));
        }
        Arrays.sort(ratios);
        table.append(
            String.format(Locale.ROOT, "| %s | median | | | %.2f | |%n", shape, ratios[turns / 2]));
      }
    }
    System.out.println();
    System.out.print(table);
  }

  private static Statistics run(String method, MultiGetBenchmark.Shape shape, int port)
      throws RunnerException {
    return new Runner(
            new OptionsBuilder()
                .include("\\." + MultiGetBenchmark.class.getSimpleName() + "\\." + method + "$")
                .param("shape", shape.name())
                .forks(1)
                .jvmArgsAppend("-D" + MeasuredRedis.PORT + "=" + port)
                .shouldFailOnError(true)
                .build())
        .runSingle()
        .getPrimaryResult()
        .getStatistics();
  }
}
