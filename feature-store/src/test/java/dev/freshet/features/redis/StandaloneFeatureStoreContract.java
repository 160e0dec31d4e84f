package dev.freshet.features.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.embedded.EmbeddedRedis;
import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureStoreException;
import dev.freshet.features.FeatureVersion;
import dev.freshet.features.FeatureWrite;
import dev.freshet.features.RowUpdater;
import dev.freshet.features.WriteResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/**
 * What only a server of one's own shows: its outage, other programs' keys, races, lives of keys.
 */
abstract class StandaloneFeatureStoreContract extends FeatureStoreContract {
  @TempDir static Path folder;
  static EmbeddedRedis redis;

  Jedis client;

  @BeforeAll
  static void startRedis() throws Exception {
    redis = EmbeddedRedis.start(folder);
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @BeforeEach
  void connect() {
    client = new Jedis("127.0.0.1", redis.port());
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  /** The key of the group of an entity, of the store of this test. */
  abstract byte[] key(String group, Entity entity, String id);

  static RedisSettings redisSettings() {
    return RedisSettings.parse(redis.address());
  }

  @Test
  void twoWritersInAnyOrderEndWithTheHighestVersions() throws Exception {
    int entities = 20;
    int versions = 100;
    CyclicBarrier start = new CyclicBarrier(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    int applied = 0;
    try {
      List<Future<Integer>> writers = new ArrayList<>();
      for (int seed = 0; seed < 2; seed++) {
        writers.add(threads.submit(writer(seed, entities, versions, start)));
      }
      for (Future<Integer> writer : writers) {
        applied += writer.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(applied).as("each version at most once").isBetween(entities, entities * versions);
    for (int entity = 0; entity < entities; entity++) {
      FeatureRow row = store.get(Entity.USER, "u" + entity).orElseThrow();
      assertThat(row.version())
          .isEqualTo(new FeatureVersion((versions - 1) / 10, (versions - 1) % 10));
      assertThat(row.at(START).getLong("level")).hasValue(versions - 1L);
    }
  }

  /** Writes every version of every entity in a random order and in small batches. */
  private Callable<Integer> writer(int seed, int entities, int versions, CyclicBarrier start) {
    List<FeatureWrite> writes = new ArrayList<>();
    for (int entity = 0; entity < entities; entity++) {
      for (int version = 0; version < versions; version++) {
        writes.add(level("u" + entity, version / 10, version % 10, version));
      }
    }
    Collections.shuffle(writes, new Random(seed));
    return () -> {
      start.await(10, TimeUnit.SECONDS);
      int applied = 0;
      for (int from = 0; from < writes.size(); from += 7) {
        applied += store.write(writes.subList(from, Math.min(from + 7, writes.size()))).applied();
      }
      return applied;
    };
  }

  @Test
  void anOutageIsToldAndARestartedServerGetsItsScriptsAgain() throws Exception {
    try (FeatureStore hasty = settings(name).withRetry(RedisRetry.NONE).open(CATALOG)) {
      hasty.write(List.of(level("u", 1, 1, 1)));
      assertThat(hasty.get(Entity.USER, "u")).isPresent();
      redis.stop();
      for (Runnable request :
          List.<Runnable>of(
              hasty::ping,
              () -> hasty.write(List.of(level("u", 2, 2, 2))),
              () -> hasty.get(Entity.USER, "u"),
              () -> hasty.scan(row -> {}),
              () -> hasty.delete(Entity.USER, "u"))) {
        assertThatThrownBy(request::run)
            .isInstanceOf(FeatureStoreException.class)
            .hasMessageContaining(redis.address())
            .hasMessageContaining("start it");
      }
      assertThatThrownBy(
              () -> hasty.multiGetAsync(Entity.USER, List.of("u")).get(20, TimeUnit.SECONDS))
          .hasCauseInstanceOf(FeatureStoreException.class);
      redis.restart();
    }
    assertThat(store.write(List.of(level("u", 2, 2, 2), level("v", 1, 1, 3))))
        .isEqualTo(new WriteResult(2, 0));
    assertThat(level("u")).isEqualTo(2);
  }

  @Test
  void aServerThatIsNotThereIsAnErrorWithinTheTimeout() throws Exception {
    EmbeddedRedis gone = EmbeddedRedis.start(folder);
    gone.close();
    FeatureStoreSettings here = settings(name);
    FeatureStoreSettings absent =
        new FeatureStoreSettings(
            RedisSettings.parse(gone.address())
                .withTimeout(Duration.ofMillis(300))
                .withRetry(RedisRetry.NONE),
            here.layout(),
            here.feastProject());
    try (FeatureStore unreachable = absent.open(CATALOG)) {
      long start = System.nanoTime();
      assertThatThrownBy(unreachable::ping)
          .isInstanceOf(FeatureStoreException.class)
          .hasMessageContaining(gone.address())
          .hasMessageContaining("300 ms");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void aKeyOfAnotherKindIsAnErrorThatHarmsNoOtherWrite() {
    byte[] key = key("batch", Entity.USER, "8");
    client.lpush(key, new byte[] {1});
    assertThatThrownBy(() -> store.write(List.of(level("8", 1, 1, 1), level("9", 1, 1, 9))))
        .isInstanceOf(FeatureStoreException.class)
        .hasMessageContaining("WRONGTYPE");
    assertThat(level("9")).as("each write stands for itself").isEqualTo(9);
    assertThat(client.lrange(key, 0, -1)).containsExactly(new byte[] {1});
    client.del(key);
    assertThat(store.write(List.of(level("8", 1, 1, 1)))).isEqualTo(new WriteResult(1, 0));
  }

  /** Writes, and checks the time to live then; also after a write that is superseded. */
  void assertLives(FeatureWrite first, FeatureWrite older, FeatureWrite newer, Duration life) {
    byte[] key = key(first.group().name(), first.group().entity(), first.id());
    long most = life.toMillis();
    store.write(List.of(first));
    assertThat(client.pttl(key)).isBetween(most - 60_000, most);
    client.pexpire(key, 10_000);
    assertThat(store.write(List.of(older))).isEqualTo(new WriteResult(0, 1));
    assertThat(client.pttl(key)).as("superseded").isBetween(1L, 10_000L);
    assertThat(store.write(List.of(newer))).isEqualTo(new WriteResult(1, 0));
    assertThat(client.pttl(key)).as("anew").isBetween(most - 60_000, most);
  }

  static FeatureWrite views(long time) {
    return new FeatureWrite(ITEM_LIVE, "i", live(ITEM_LIVE, event("view", time)));
  }

  static FeatureWrite meetings(long time) {
    return new FeatureWrite(PAIR_LIVE, "u/i", live(PAIR_LIVE, event("view", time)));
  }

  @Test
  void withoutTtlOfOneFeatureAKeyLivesForEver() {
    store.write(List.of(level("u", 1, 1, 1)));
    assertThat(client.pttl(key("batch", Entity.USER, "u"))).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "u1",
        ":",
        "a:b::c",
        "a/b",
        "%2F%",
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
        "{tag}",
        "live:1"
      })
  void idsMayHoldAnything(String id) {
    store.write(List.of(level(id, 1, 1, 7), level(id + "x", 1, 1, 8)));
    assertThat(level(id)).isEqualTo(7);
    assertThat(scanned()).containsOnlyKeys("user " + id, "user " + id + "x");
    assertThat(store.delete(Entity.USER, id)).isTrue();
    assertThat(store.delete(Entity.USER, id)).isFalse();
    assertThat(store.get(Entity.USER, id)).isEmpty();
    assertThat(level(id + "x")).isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\ud83d", "a\udc51"})
  void emptyAndInvalidIdsAreErrors(String id) {
    assertThatThrownBy(() -> store.get(Entity.USER, id))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.delete(Entity.USER, id))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.write(List.of(level("fine", 1, 1, 1), level(id, 1, 1, 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("user")
        .hasMessageContaining(id.isEmpty() ? "empty" : "not valid Unicode");
    assertThat(store.get(Entity.USER, "fine")).as("nothing of the batch").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"u", "u/i/i", "/i", "u/", "a%/i", "u/%2f"})
  void whatIsNoPairIsAnError(String id) {
    assertThatThrownBy(() -> store.get(Entity.USER_ITEM, id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'" + id + "' is no id of a user_item: make it with Entity.pair");
    assertThatThrownBy(() -> store.get(Entity.GLOBAL, id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'" + id + "' is no id of a global: there is only 'all'");
  }

  @Test
  void groupsAndEntitiesThatTheCatalogDoesNotHaveAreErrors() {
    FeatureCatalog other =
        FeatureCatalog.parse(
            "other.yaml",
            """
            features:
              - {name: level, entity: user, description: d, type: given, source: store,
                 shape: number}
              - {name: x, entity: user, description: d, type: given, source: store, group: mine,
                 shape: number}
            """);
    for (FeatureGroup group : other.groups()) {
      byte[] packed = new RowUpdater(group).given(new FeatureVersion(1, 1), Map.of());
      assertThatThrownBy(() -> store.write(List.of(new FeatureWrite(group, "u", packed))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("The group " + group)
          .hasMessageContaining("test.yaml");
    }
    try (FeatureStore ofUsers = settings(name).open(other)) {
      assertThatThrownBy(() -> ofUsers.multiGet(Entity.ITEM, List.of("i")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no features of 'item'");
      assertThatThrownBy(() -> ofUsers.delete(Entity.ITEM, "i"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void bytesThatNobodyPackedAreErrors() {
    byte[] oldLayout = level("u", 1, 1, 1).packed().clone();
    oldLayout[0] = 1;
    for (byte[] packed : List.of(new byte[0], new byte[30], new byte[] {2, 0, 0}, oldLayout)) {
      assertThatThrownBy(() -> store.write(List.of(new FeatureWrite(USER_BATCH, "u", packed))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("layout version 2");
    }
    assertThat(scanned()).isEmpty();
  }

  /** Versions that differ in each byte, and with bytes of 0 and above 127, in both orders. */
  @Test
  void everyByteOfTheVersionCounts() {
    Random random = new Random(11);
    List<FeatureVersion> versions = new ArrayList<>();
    for (int bit = 0; bit < 63; bit++) {
      // Within the years that Feast can write.
      versions.add(new FeatureVersion(1L << Math.min(bit, 46), 0));
      versions.add(new FeatureVersion(-(1L << Math.min(bit, 45)), 127));
      versions.add(new FeatureVersion(128, 1L << bit));
      versions.add(new FeatureVersion(random.nextLong(1L << 46), random.nextLong(Long.MAX_VALUE)));
    }
    List<FeatureWrite> writes = new ArrayList<>();
    Map<String, FeatureVersion> highest = new LinkedHashMap<>();
    for (int i = 0; i < 1000; i++) {
      FeatureVersion first = versions.get(random.nextInt(versions.size()));
      FeatureVersion second = versions.get(random.nextInt(versions.size()));
      writes.add(level("u" + i, first.eventTime(), first.sequence(), 1));
      writes.add(level("u" + i, second.eventTime(), second.sequence(), 2));
      highest.put("u" + i, first.compareTo(second) >= 0 ? first : second);
    }

    store.write(writes);

    Map<String, FeatureVersion> stored = new LinkedHashMap<>();
    store
        .multiGet(Entity.USER, highest.keySet())
        .forEach((id, row) -> stored.put(id, row.version()));
    assertThat(stored).isEqualTo(highest);
  }
}
