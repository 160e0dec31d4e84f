package dev.freshet.features;

import static dev.freshet.features.Catalogs.ACTION_COUNT;
import static dev.freshet.features.Catalogs.LAST_ITEM;
import static dev.freshet.features.Catalogs.SHOP;
import static dev.freshet.features.Catalogs.VIEW_COUNT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.embedded.EmbeddedRedis;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;

class RedisFeatureStoreITCase {
  @TempDir private static Path folder;
  private static EmbeddedRedis redis;

  private RedisSettings settings;
  private RedisFeatureStore store;
  private PackedCodec.Writer user;
  private PackedCodec.Writer item;

  @BeforeAll
  static void startRedis() throws Exception {
    redis = EmbeddedRedis.start(folder);
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @BeforeEach
  void openStore(TestInfo test) {
    String prefix = test.getTestMethod().orElseThrow().getName() + "-" + test.hashCode();
    settings = RedisSettings.parse(redis.address()).withPrefix(prefix);
    store = new RedisFeatureStore(settings, SHOP);
    user = store.codec().writer("user");
    item = store.codec().writer("item");
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  /** A user whose action count tells the values apart. */
  private FeatureWrite user(String id, long eventTime, long sequence, long actions) {
    byte[] packed = user.begin(eventTime, sequence).putLong(ACTION_COUNT, actions).toBytes();
    return new FeatureWrite("user", id, packed);
  }

  private long actions(String id) {
    return store.get("user", id).orElseThrow().getLong("action_count").orElseThrow();
  }

  @Test
  void theNewerVersionIsKeptWhateverComesLast() {
    assertThat(store.write(List.of(user("u", 1000, 5, 1)))).isEqualTo(new WriteResult(1, 0));
    assertThat(store.write(List.of(user("u", 999, 9, 2)))).isEqualTo(new WriteResult(0, 1));
    assertThat(store.write(List.of(user("u", 1000, 4, 3)))).isEqualTo(new WriteResult(0, 1));
    assertThat(store.write(List.of(user("u", 1000, 5, 4)))).isEqualTo(new WriteResult(0, 1));
    assertThat(actions("u")).as("an equal version keeps what is stored").isEqualTo(1);
    assertThat(store.write(List.of(user("u", 1000, 6, 5)))).isEqualTo(new WriteResult(1, 0));
    assertThat(store.write(List.of(user("u", 1001, 0, 6)))).isEqualTo(new WriteResult(1, 0));
    assertThat(actions("u")).isEqualTo(6);
    assertThat(store.get("user", "u").orElseThrow().version())
        .isEqualTo(new FeatureVersion(1001, 0));
  }

  /** Versions that differ in each byte, and with bytes of 0 and above 127, in both orders. */
  @Test
  void everyByteOfTheVersionCounts() {
    Random random = new Random(11);
    List<FeatureVersion> versions = new ArrayList<>();
    for (int bit = 0; bit < 64; bit++) {
      versions.add(new FeatureVersion(1L << bit, 0));
      versions.add(new FeatureVersion(-(1L << bit), 127));
      versions.add(new FeatureVersion(128, (1L << bit) & Long.MAX_VALUE));
      versions.add(new FeatureVersion(random.nextLong(), random.nextLong(Long.MAX_VALUE)));
    }
    List<FeatureWrite> writes = new ArrayList<>();
    Map<String, FeatureVersion> highest = new HashMap<>();
    for (int i = 0; i < 2000; i++) {
      FeatureVersion first = versions.get(random.nextInt(versions.size()));
      FeatureVersion second = versions.get(random.nextInt(versions.size()));
      String id = "u" + i;
      writes.add(user(id, first.eventTime(), first.sequence(), 1));
      writes.add(user(id, second.eventTime(), second.sequence(), 2));
      highest.put(id, first.compareTo(second) >= 0 ? first : second);
    }

    store.write(writes);

    store
        .multiGet("user", highest.keySet())
        .forEach((id, row) -> assertThat(row.version()).as(id).isEqualTo(highest.get(id)));
  }

  @Test
  void twoWritersInAnyOrderEndWithTheHighestVersions() throws Exception {
    int entities = 20;
    int versions = 100;
    CyclicBarrier start = new CyclicBarrier(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Integer>> writers = new ArrayList<>();
      for (int seed = 0; seed < 2; seed++) {
        writers.add(threads.submit(writer(seed, entities, versions, start)));
      }
      int applied = 0;
      for (Future<Integer> writer : writers) {
        applied += writer.get(60, TimeUnit.SECONDS);
      }
      assertThat(applied).isBetween(entities, entities * versions);
    } finally {
      threads.shutdownNow();
    }
    for (int entity = 0; entity < entities; entity++) {
      FeatureRow row = store.get("user", "u" + entity).orElseThrow();
      assertThat(row.version())
          .isEqualTo(new FeatureVersion((versions - 1) / 10, (versions - 1) % 10));
      assertThat(row.getLong("action_count")).hasValue(versions - 1L);
    }
  }

  /** Writes every version of every entity in a random order and in small batches. */
  private Callable<Integer> writer(int seed, int entities, int versions, CyclicBarrier start) {
    return () -> {
      PackedCodec.Writer own = store.codec().writer("user");
      List<FeatureWrite> writes = new ArrayList<>();
      for (int entity = 0; entity < entities; entity++) {
        for (int v = 0; v < versions; v++) {
          byte[] packed = own.begin(v / 10, v % 10).putLong(ACTION_COUNT, v).toBytes();
          writes.add(new FeatureWrite("user", "u" + entity, packed));
        }
      }
      Collections.shuffle(writes, new Random(seed));
      start.await(10, TimeUnit.SECONDS);
      int applied = 0;
      for (int from = 0; from < writes.size(); from += 7) {
        List<FeatureWrite> batch = writes.subList(from, Math.min(from + 7, writes.size()));
        applied += store.write(batch).applied();
      }
      return applied;
    };
  }

  @Test
  void aRestartedRedisGetsTheScriptAgain() throws Exception {
    store.write(List.of(user("u", 1, 1, 1)));
    redis.stop();
    assertThatThrownBy(() -> store.write(List.of(user("u", 2, 2, 2))))
        .isInstanceOf(FeatureStoreException.class)
        .hasMessageContaining(redis.address())
        .hasMessageContaining("start it");
    redis.restart();

    WriteResult result = store.write(List.of(user("u", 2, 2, 2), user("v", 1, 1, 3)));

    assertThat(result).isEqualTo(new WriteResult(2, 0));
    assertThat(actions("u")).isEqualTo(2);
  }

  @Test
  void oneFailureAfterARestartReplacesEveryIdleConnection() throws Exception {
    pingAtOnce(4);
    redis.restart();
    assertThatThrownBy(store::ping).isInstanceOf(FeatureStoreException.class);
    pingAtOnce(4);
  }

  /** Uses several connections: Redis answers none for a while, so that no ping can share one. */
  private void pingAtOnce(int connections) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(connections);
    try (RedisClient client = RedisClient.create("127.0.0.1", redis.port())) {
      client.executeCommand(new CommandArguments(Protocol.Command.CLIENT).add("PAUSE").add(300));
      List<Future<?>> pings = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        pings.add(threads.submit(store::ping));
      }
      for (Future<?> ping : pings) {
        ping.get(30, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "u1",
        ":",
        "a:b::c",
        " ",
        "*",
        "[a-z]?",
        "\\",
        "ünïcödé",
        "\ud83d\udc51",
        "\r\nGET x",
        "\u0000",
        "a\u0000b",
        "'\"",
        "item:1"
      })
  void idsMayHoldAnything(String id) {
    store.write(List.of(user(id, 1, 1, 7), user(id + "x", 1, 1, 8)));
    assertThat(actions(id)).isEqualTo(7);
    assertThat(store.multiGet("user", List.of(id)).get(id).id()).isEqualTo(id);
    assertThat(scanned()).containsOnlyKeys("user " + id, "user " + id + "x");
    assertThat(store.delete("user", id)).isTrue();
    assertThat(store.delete("user", id)).isFalse();
    assertThat(store.get("user", id)).isEmpty();
    assertThat(actions(id + "x")).isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\ud83d", "a\udc51"})
  void emptyAndInvalidIdsAreErrors(String id) {
    assertThatThrownBy(() -> store.get("user", id)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.write(List.of(user(id, 1, 1, 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("The id of a user");
  }

  @Test
  void missingAndEmptyValuesAreToldApart() {
    byte[] missing = user.begin(1, 1).toBytes();
    byte[] empty = user.begin(1, 1).putLong(ACTION_COUNT, 0).putString(LAST_ITEM, "").toBytes();
    store.write(
        List.of(
            new FeatureWrite("user", "missing", missing),
            new FeatureWrite("user", "empty", empty)));

    Map<String, FeatureRow> rows =
        store.multiGet("user", List.of("empty", "nobody", "missing", "empty"));

    assertThat(rows.keySet()).containsExactly("empty", "missing");
    assertThat(rows.get("missing").getLong("action_count")).isEmpty();
    assertThat(rows.get("missing").getString("last_item")).isEmpty();
    assertThat(rows.get("empty").getLong("action_count")).hasValue(0);
    assertThat(rows.get("empty").getString("last_item")).hasValue("");
    assertThat(store.multiGet("user", List.of())).isEmpty();
    assertThat(store.write(List.of())).isEqualTo(new WriteResult(0, 0));
  }

  @Test
  void scanSeesEverythingUnderItsPrefixAndNothingElse() {
    List<FeatureWrite> writes = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      writes.add(user("u" + i, i, 0, i));
      byte[] packed = item.begin(i, 0).putLong(VIEW_COUNT, i).toBytes();
      writes.add(new FeatureWrite("item", "u" + i, packed));
    }
    store.write(writes);
    RedisSettings others = settings.withPrefix(settings.prefix() + "2");
    try (RedisFeatureStore other = new RedisFeatureStore(others, SHOP)) {
      other.write(List.of(user("of another", 1, 1, 1)));
    }

    Map<String, FeatureRow> rows = scanned();

    assertThat(rows).hasSize(10_000);
    for (int i = 0; i < 5000; i++) {
      assertThat(rows.get("user u" + i).getLong("action_count")).hasValue(i);
      assertThat(rows.get("item u" + i).getLong("view_count")).hasValue(i);
    }
  }

  private Map<String, FeatureRow> scanned() {
    Map<String, FeatureRow> rows = new HashMap<>();
    store.scan(row -> rows.put(row.entity() + " " + row.id(), row));
    return rows;
  }

  @Test
  void whatAnotherProgramWroteUnderThePrefixIsAnError() {
    try (RedisClient client = RedisClient.create("127.0.0.1", redis.port())) {
      client.set(settings.prefix() + ":cart:7", "x");
      assertThatThrownBy(() -> store.scan(row -> {}))
          .isInstanceOf(FeatureLayoutException.class)
          .hasMessageContaining(":cart:7");
      client.del(settings.prefix() + ":cart:7");

      client.set(settings.prefix() + ":user:7", "x");
      assertThatThrownBy(() -> store.get("user", "7"))
          .isInstanceOf(FeatureLayoutException.class)
          .hasMessageContaining("user '7'");
      assertThat(store.write(List.of(user("7", 1, 1, 1))).applied()).isEqualTo(1);

      client.lpush(settings.prefix() + ":user:8", "x");
      assertThatThrownBy(() -> store.write(List.of(user("8", 1, 1, 1), user("9", 1, 1, 9))))
          .isInstanceOf(FeatureStoreException.class)
          .hasMessageContaining("WRONGTYPE");
      assertThat(actions("9")).as("each write stands for itself").isEqualTo(9);
      assertThat(store.write(List.of(user("9", 2, 1, 10))).applied()).isEqualTo(1);
    }
  }

  @Test
  void theKeyAndTheValueAreAsDocumented() {
    FeatureWrite write = user("é:1", 5, 6, 7);
    store.write(List.of(write));
    byte[] key = (settings.prefix() + ":user:é:1").getBytes(StandardCharsets.UTF_8);
    try (RedisClient client = RedisClient.create("127.0.0.1", redis.port())) {
      assertThat(client.get(key)).isEqualTo(write.packed());
    }
  }

  @Test
  void unpackedBytesAndUnknownEntitiesAreErrors() {
    assertThatThrownBy(() -> store.write(List.of(new FeatureWrite("user", "u", new byte[30]))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not packed");
    assertThatThrownBy(() -> store.get("shop", "u"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'shop'");
  }

  @Test
  void usesThePasswordAndTheDatabase() throws Exception {
    try (EmbeddedRedis guarded = EmbeddedRedis.start(folder, "--requirepass", "secret")) {
      RedisSettings open = RedisSettings.parse(guarded.address());
      for (RedisSettings denied : List.of(open, open.withCredentials("", "guess"))) {
        try (RedisFeatureStore closed = new RedisFeatureStore(denied, SHOP)) {
          assertThatThrownBy(closed::ping)
              .isInstanceOf(FeatureStoreException.class)
              .hasMessageContaining(guarded.address())
              .hasMessageContaining("check the user and the password")
              .hasMessageNotContaining("guess");
        }
      }
      RedisSettings known = open.withCredentials("", "secret").withDatabase(3);
      try (RedisFeatureStore opened = new RedisFeatureStore(known, SHOP);
          RedisFeatureStore elsewhere =
              new RedisFeatureStore(
                  known.withCredentials("default", "secret").withDatabase(4), SHOP)) {
        opened.write(List.of(user("u", 1, 1, 1)));
        assertThat(opened.get("user", "u")).isPresent();
        assertThat(elsewhere.get("user", "u")).isEmpty();
      }
    }
  }

  @Test
  void aServerThatIsNotThereIsAnErrorWithinTheTimeout() throws Exception {
    EmbeddedRedis gone = EmbeddedRedis.start(folder);
    gone.close();
    RedisSettings absent = RedisSettings.parse(gone.address()).withTimeout(Duration.ofMillis(300));
    try (RedisFeatureStore unreachable = new RedisFeatureStore(absent, SHOP)) {
      long start = System.nanoTime();
      assertThatThrownBy(unreachable::ping)
          .isInstanceOf(FeatureStoreException.class)
          .hasMessageContaining(gone.address())
          .hasMessageContaining("300 ms");
      assertThatThrownBy(() -> unreachable.scan(row -> {}))
          .isInstanceOf(FeatureStoreException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
  }
}
