package dev.freshet.bench.jmh;

import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureWrite;
import dev.freshet.features.redis.FeastFeatureStore;
import dev.freshet.features.redis.RedisFeatureStore;
import dev.freshet.features.redis.RedisSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/**
 * What an entity takes in Redis, by the difference of {@code used_memory}: packed in one string, as
 * Freshet does; as a hash with a field for each feature, named as the feature, numbers that aren't
 * whole as floats of four bytes and everything else as text; and in Feast's layout.
 */
public final class RedisMemory {
  private static final int ENTITIES = 10_000;
  private static final int BATCH = 500;
  private static final int HISTORY = 20_000;
  private static final String USED_MEMORY = "used_memory:";
  private static final List<Integer> FLOATS = List.of(10, 32, 200);

  private final Jedis jedis;
  private final RedisSettings settings;

  private RedisMemory(Jedis jedis, RedisSettings settings) {
    this.jedis = jedis;
    this.settings = settings;
  }

  public static void main(String[] arguments) throws IOException {
    measure(ENTITIES, HISTORY).forEach(System.out::println);
  }

  /** The lines of a table. */
  static List<String> measure(int entities, int history) throws IOException {
    try (MeasuredRedis redis = MeasuredRedis.start();
        Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
      RedisSettings settings = RedisSettings.parse("127.0.0.1:" + redis.port());
      RedisMemory memory = new RedisMemory(jedis, settings);
      List<String> lines = new ArrayList<>();
      lines.add("| features | packed row | packed | hash of fields | Feast's layout |");
      lines.add("|---|---|---|---|---|");
      for (int floats : FLOATS) {
        FeatureCatalog one = GivenFloats.oneFeature(floats);
        lines.add(
            memory.line("1 of " + floats + " floats", one, entities, new GivenFloats(one)::write));
        FeatureCatalog many = GivenFloats.features(floats);
        lines.add(
            memory.line(floats + " of a float", many, entities, new GivenFloats(many)::write));
      }
      for (UpdateBenchmark.Features features : UpdateBenchmark.Features.values()) {
        if (features != UpdateBenchmark.Features.BUNDLED_GLOBAL) {
          MeasuredRow row = features.make(history);
          lines.add(
              memory.line(
                  features.name(),
                  row.catalog(),
                  entities,
                  id -> new FeatureWrite(row.group(), id, row.packed())));
        }
      }
      return lines;
    }
  }

  private String line(
      String name, FeatureCatalog catalog, int entities, Function<String, FeatureWrite> rows) {
    double packed;
    try (FeatureStore store = new RedisFeatureStore(settings, catalog)) {
      packed = bytes(entities, rows, store::write);
    }
    double hash = bytes(entities, rows, batch -> writeHashes(catalog, batch));
    double feast;
    try (FeatureStore store = new FeastFeatureStore(settings, "freshet", catalog, failure -> {})) {
      feast = bytes(entities, rows, store::write);
    }
    return String.format(
        Locale.ROOT,
        "| %s | %d B | %.0f B | %.0f B, %.1f x | %.0f B, %.1f x |",
        name,
        rows.apply("x").packed().length,
        packed,
        hash,
        hash / packed,
        feast,
        feast / packed);
  }

  /** What an entity takes of the server's memory, key and all. */
  private double bytes(
      int entities, Function<String, FeatureWrite> rows, Consumer<List<FeatureWrite>> write) {
    jedis.flushAll();
    long before = usedMemory();
    List<FeatureWrite> batch = new ArrayList<>();
    for (int i = 0; i < entities; i++) {
      batch.add(rows.apply("entity-%06d".formatted(i)));
      if (batch.size() == BATCH || i == entities - 1) {
        write.accept(batch);
        batch.clear();
      }
    }
    return (double) (usedMemory() - before) / entities;
  }

  private long usedMemory() {
    return jedis
        .info("memory")
        .lines()
        .filter(line -> line.startsWith(USED_MEMORY))
        .mapToLong(line -> Long.parseLong(line.substring(USED_MEMORY.length())))
        .findFirst()
        .orElseThrow();
  }

  private void writeHashes(FeatureCatalog catalog, List<FeatureWrite> writes) {
    Pipeline pipeline = jedis.pipelined();
    for (FeatureWrite write : writes) {
      FeatureGroup group = write.group();
      FeatureRow row =
          new FeatureRow(catalog, group.entity(), write.id(), Map.of(group.name(), write.packed()));
      Map<byte[], byte[]> fields = new LinkedHashMap<>();
      row.at(row.version().eventTime())
          .present()
          .forEach((name, value) -> fields.put(utf8(name), field(value)));
      pipeline.hset(utf8(settings.prefix() + ":" + group.entity() + ":" + write.id()), fields);
    }
    pipeline.sync();
  }

  private static byte[] field(Object value) {
    double[] numbers = value instanceof Double number ? new double[] {number} : null;
    if (value instanceof double[] several) {
      numbers = several;
    }
    if (numbers == null) {
      return utf8(value.toString());
    }
    ByteBuffer floats = ByteBuffer.allocate(numbers.length * Float.BYTES);
    for (double number : numbers) {
      floats.putFloat((float) number);
    }
    return floats.array();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
