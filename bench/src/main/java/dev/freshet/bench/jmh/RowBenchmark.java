package dev.freshet.bench.jmh;

import dev.freshet.features.FeatureDefinition;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureValue;
import dev.freshet.features.FeatureVectors;
import dev.freshet.features.RowUpdater;
import dev.freshet.features.ValueType;
import java.util.List;
import java.util.Map;
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

/** What it costs to read a stored row, and to merge two. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class RowBenchmark {
  @Param public UpdateBenchmark.Features features;

  /** Events that the row has seen. */
  @Param("20000")
  public int history;

  private byte[] packed;
  private byte[] other;
  private long time;
  private FeatureRow row;
  private FeatureVectors vectors;
  private float[] vector;
  private RowUpdater updater;

  @Setup
  public void makeRow() {
    MeasuredRow measured = features.make(history);
    packed = measured.packed();
    time = measured.time();
    row = measured.row();
    List<String> numbers =
        measured.group().features().stream()
            .filter(RowBenchmark::isNumeric)
            .map(FeatureDefinition::name)
            .toList();
    vectors = new FeatureVectors(measured.catalog(), measured.group().entity(), numbers);
    vector = new float[vectors.width()];
    for (int i = 0; i < history; i++) {
      other = measured.update();
    }
    updater = new RowUpdater(measured.group());
  }

  private static boolean isNumeric(FeatureDefinition feature) {
    return feature.valueType().isNumber() || feature.valueType() == ValueType.NUMBERS;
  }

  /** All that are numbers, as a model wants them. */
  @Benchmark
  public float[] readVector() {
    vectors.read(row, time, vector, 0);
    return vector;
  }

  /** All values with what is known of them, as a person wants them. */
  @Benchmark
  public Map<String, FeatureValue> readAll() {
    return row.at(time).all();
  }

  /** Two stretches of events as one. */
  @Benchmark
  public byte[] merge() {
    return updater.merge(packed, other);
  }
}
