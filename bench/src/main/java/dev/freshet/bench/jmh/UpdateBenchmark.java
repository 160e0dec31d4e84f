package dev.freshet.bench.jmh;

import dev.freshet.features.Entity;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
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

/** What one event costs an entity with many features: read its row, take the event in, write it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class UpdateBenchmark {

  /** Whose features, and which. */
  public enum Features {
    BUNDLED_USER(history -> MeasuredRow.bundled(Entity.USER, history)),
    BUNDLED_ITEM(history -> MeasuredRow.bundled(Entity.ITEM, history)),
    BUNDLED_GLOBAL(history -> MeasuredRow.bundled(Entity.GLOBAL, history)),
    SYNTHETIC_30(MeasuredRow::synthetic);

    private final IntFunction<MeasuredRow> make;

    Features(IntFunction<MeasuredRow> make) {
      this.make = make;
    }

    MeasuredRow make(int history) {
      return make.apply(history);
    }
  }

  @Param public Features features;

  /** Events before the measured ones. */
  @Param("20000")
  public int history;

  private MeasuredRow row;

  @Setup
  public void makeHistory() {
    row = features.make(history);
  }

  @Benchmark
  public byte[] update() {
    return row.update();
  }
}
