package dev.freshet.bench.jmh;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureVectors;
import dev.freshet.features.redis.RedisFeatureStore;
import dev.freshet.features.redis.RedisSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import redis.clients.jedis.Jedis;

/**
 * 32 floats of each of 100 items, from the store into one array, against what Jedis alone needs to
 * get the very same bytes. {@link MultiGetRatio} runs the two in turn.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
public class MultiGetBenchmark {
  private static final int ITEMS = 100;
  private static final int FLOATS = 32;

  /** How the floats lie in the catalog. */
  public enum Shape {
    /** One feature, such as an embedding. */
    NUMBERS_32,
    /** A feature for each. */
    FEATURES_32
  }

  @Param public Shape shape;

  private MeasuredRedis redis;
  private FeatureStore store;
  private Jedis jedis;
  private List<String> ids;
  private byte[][] keys;
  private FeatureVectors vectors;
  private float[] matrix;
  private Map<String, FeatureRow> rows;
  private long now;

  @Setup
  public void fillStore() throws IOException {
    redis = MeasuredRedis.open();
    FeatureCatalog catalog =
        shape == Shape.NUMBERS_32 ? GivenFloats.oneFeature(FLOATS) : GivenFloats.features(FLOATS);
    RedisSettings settings = RedisSettings.parse("127.0.0.1:" + redis.port());
    store = new RedisFeatureStore(settings, catalog);
    jedis = new Jedis("127.0.0.1", redis.port());
    ids = IntStream.range(0, ITEMS).mapToObj("item-%05d"::formatted).toList();
    GivenFloats floats = new GivenFloats(catalog);
    // What another shape has left would be as new, and stay.
    ids.forEach(id -> store.delete(Entity.ITEM, id));
    store.write(ids.stream().map(floats::write).toList());
    String group = catalog.groups(Entity.ITEM).get(0).name();
    keys =
        ids.stream()
            .map(id -> settings.prefix() + ":item:" + group + ":" + id)
            .map(key -> key.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    vectors = new FeatureVectors(catalog, Entity.ITEM, floats.names());
    matrix = new float[ITEMS * vectors.width()];
    now = GivenFloats.TIME;
    rows = store.multiGet(Entity.ITEM, ids);
    requireSameBytes(group);
  }

  /** A key that is not the store's would be got in no time. */
  private void requireSameBytes(String group) {
    List<byte[]> values = jedis.mget(keys);
    for (int i = 0; i < ITEMS; i++) {
      byte[] stored = rows.get(ids.get(i)).packed(group).orElseThrow();
      if (!Arrays.equals(stored, values.get(i))) {
        throw new IllegalStateException("The two don't read the same bytes of " + ids.get(i));
      }
    }
  }

  @TearDown
  public void close() {
    jedis.close();
    store.close();
    redis.close();
  }

  /** What Jedis alone needs: the bytes, of which nothing is made. */
  @Benchmark
  public List<byte[]> jedis() {
    return jedis.mget(keys);
  }

  /** The floats in one array. */
  @Benchmark
  public float[] store() {
    return read(store.multiGet(Entity.ITEM, ids));
  }

  /** The part of it in which rows become floats. */
  @Benchmark
  public float[] readRows() {
    return read(rows);
  }

  private float[] read(Map<String, FeatureRow> from) {
    int offset = 0;
    for (int i = 0; i < ITEMS; i++) {
      vectors.read(from.get(ids.get(i)), now, matrix, offset);
      offset += vectors.width();
    }
    return matrix;
  }
}
