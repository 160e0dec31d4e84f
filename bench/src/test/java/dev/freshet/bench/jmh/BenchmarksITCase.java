package dev.freshet.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureDefinition;
import dev.freshet.features.type.FeatureType;
import dev.freshet.features.type.FeatureTypes;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs every benchmark for a moment, in this JVM: figures that mean nothing, but they run. */
class BenchmarksITCase {
  private static final int HISTORY = 100;
  private static final int LOOKUPS = 5;
  private static final int GROWTHS = 1;

  /** Gathering, ranking and the model alone, for each number of candidates and each model. */
  private static final int LISTS = 3 * 2 * 2;

  /** A round, and the memory for a checkpoint. */
  private static final int LEARNING = 2;

  @Test
  void everyBenchmarkRuns() throws RunnerException {
    int features = SyntheticFeature.values().length;
    int rows = UpdateBenchmark.Features.values().length;
    int shapes = MultiGetBenchmark.Shape.values().length;

    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(10))
                    .timeout(TimeValue.seconds(10))
                    .param("history", Integer.toString(HISTORY))
                    .param("items", "1000")
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();

    assertThat(results)
        .hasSize(features + rows + 3 * rows + 3 * shapes + LOOKUPS + GROWTHS + LISTS + LEARNING)
        .allSatisfy(
            result ->
                assertThat(result.getPrimaryResult().getScore())
                    .as(result.getParams().id())
                    .isPositive());
  }

  @Test
  void memoryIsMeasured() throws IOException {
    List<String> lines = RedisMemory.measure(200, HISTORY);

    assertThat(lines).hasSize(2 + 2 * 3 + 3).noneMatch(line -> line.contains(" -"));
  }

  @Test
  void thirtyFeaturesUseEveryComputedType() {
    List<FeatureDefinition> all = SyntheticFeature.all().features(Entity.ITEM);

    assertThat(all).hasSize(30);
    assertThat(all)
        .extracting(FeatureDefinition::type)
        .containsAll(
            FeatureTypes.all().stream()
                .map(FeatureType::name)
                .filter(type -> !type.equals("given"))
                .toList());
  }

  @Test
  void rowsHaveAllFeatures() {
    for (UpdateBenchmark.Features features : UpdateBenchmark.Features.values()) {
      MeasuredRow row = features.make(HISTORY);

      assertThat(row.row().at(row.time()).present())
          .as(features.name())
          .hasSameSizeAs(row.group().features());
    }
  }
}
