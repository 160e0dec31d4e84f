package dev.freshet.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one event costs an entity with a single feature. A part of each is what every row costs,
 * whatever is in it: little more than {@link SyntheticFeature#COUNT} shows.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class TypeUpdateBenchmark {
  @Param public SyntheticFeature feature;

  /** Events before the measured ones. */
  @Param("20000")
  public int history;

  private MeasuredRow row;

  @Setup
  public void makeHistory() {
    row = MeasuredRow.of(feature, history);
  }

  @Benchmark
  public byte[] update() {
    return row.update();
  }
}
