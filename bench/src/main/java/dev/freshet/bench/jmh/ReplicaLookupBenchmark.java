package dev.freshet.bench.jmh;

import dev.freshet.features.FeatureEvent;
import dev.freshet.ranking.replica.ItemReplica;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
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
 * What it costs to find an item and read one of its numbers, in the replica and in a map of arrays;
 * items in random order, by ids that are other objects than those of the replica and the map.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class ReplicaLookupBenchmark {

  private static final int NUMBERS = 24;
  private static final int ASKED = 1 << 16;

  @Param({"10000", "100000", "1000000"})
  public int items;

  private ItemReplica replica;
  private Map<String, float[]> map;
  private final String[] ids = new String[ASKED];
  private final long[] hashes = new long[ASKED];
  private int next;

  @Setup
  public void fill() {
    replica = MeasuredReplica.ofCatalog(items, items + ASKED).replica();
    map = new HashMap<>();
    for (int item = 0; item < items; item++) {
      map.put(MeasuredReplica.id(item), new float[NUMBERS]);
    }
    SplittableRandom random = new SplittableRandom(7);
    for (int place = 0; place < ASKED; place++) {
      ids[place] = MeasuredReplica.id(random.nextInt(items));
      hashes[place] = FeatureEvent.hash(ids[place]);
    }
  }

  private int next() {
    next = (next + 1) & (ASKED - 1);
    return next;
  }

  /** By the id, whose UTF-8 is hashed each time. */
  @Benchmark
  public double replicaById() {
    return replica.popularLong().weight(replica.find(ids[next()]));
  }

  /** By the stable hash, as requests carry it. */
  @Benchmark
  public double replicaByHash() {
    return replica.popularLong().weight(replica.find(hashes[next()]));
  }

  /** By the id, which keeps its hash code after the first time. */
  @Benchmark
  public double hashMap() {
    return map.get(ids[next()])[0];
  }

  /** By an id that has just come, and has no hash code yet. */
  @Benchmark
  public double hashMapByNewId() {
    return map.get(new String(ids[next()].toCharArray()))[0];
  }

  /** By an id that has just come. */
  @Benchmark
  public double replicaByNewId() {
    return replica.popularLong().weight(replica.find(new String(ids[next()].toCharArray())));
  }
}
