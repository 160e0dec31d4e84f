package dev.freshet.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs a replica of a hundredth of its items to grow to all of them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
public class ReplicaGrowthBenchmark {

  @Param("1000000")
  public int items;

  private MeasuredReplica measured;

  @Setup(Level.Iteration)
  public void fill() {
    measured = MeasuredReplica.ofCatalog(items / 100, items);
  }

  @Benchmark
  public long grow() {
    for (int item = items / 100; item < items; item++) {
      measured.replica().apply(measured.catalog(item));
    }
    return measured.replica().size();
  }
}
