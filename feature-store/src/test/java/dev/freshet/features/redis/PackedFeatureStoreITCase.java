package dev.freshet.features.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.embedded.EmbeddedRedis;
import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureLayoutException;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureStoreException;
import dev.freshet.features.FeatureValue.Status;
import dev.freshet.features.FeatureVectors;
import dev.freshet.features.FeatureWrite;
import dev.freshet.features.WriteResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;

class PackedFeatureStoreITCase extends StandaloneFeatureStoreContract {
  @Override
  FeatureStoreSettings settings(String of) {
    return FeatureStoreSettings.packed(redisSettings().withPrefix(of));
  }

  @Override
  byte[] key(String group, Entity entity, String id) {
    return (name + ":" + entity + ":" + group + ":" + id).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void theKeyAndTheValueAreAsDocumented() {
    FeatureWrite write = level("é:1", 5, 6, 7);
    store.write(List.of(write));
    assertThat(client.get((name + ":user:batch:é:1").getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(write.packed());
  }

  @Test
  void aKeyLivesTwiceTheLongestTtlFromEachAppliedWriteOn() {
    assertLives(views(START), views(START - 1), views(START + 1), Duration.ofHours(2));
    assertLives(meetings(START), meetings(START - 1), meetings(START + 1), Duration.ofHours(1));
    store.write(List.of(price("i", 1)));
    assertThat(client.pttl(key("batch", Entity.ITEM, "i")))
        .as("a group's own")
        .isGreaterThan(Duration.ofHours(3).toMillis());
  }

  @Test
  void whatIsStoredIsReadAsOfAnyTime() {
    FeatureCatalog windows =
        FeatureCatalog.parse(
            "windows.yaml",
            """
            features:
              - {name: clicks_1h, entity: user, description: d, type: count, window: 1h, tile: 5m}
              - {name: mortal, entity: user, description: d, type: count, actions: [click], ttl: 1h,
                 default: -1}
            """);
    try (FeatureStore ofWindows = settings(name).open(windows)) {
      FeatureWrite write =
          new FeatureWrite(
              windows.groups().get(0),
              "u",
              live(windows.groups().get(0), event("click", START), event("view", START + HOUR)));
      ofWindows.write(List.of(write));
      FeatureRow row = ofWindows.get(Entity.USER, "u").orElseThrow();
      assertThat(row.at(START + 1).getLong("clicks_1h")).isPresent();
      assertThat(row.at(START + 3 * HOUR).getLong("clicks_1h")).hasValue(0);
      assertThat(row.at(START + HOUR).get("mortal").status()).isEqualTo(Status.PRESENT);
      assertThat(row.at(START + HOUR + 1).get("mortal").status())
          .as("each feature by its own newest event")
          .isEqualTo(Status.EXPIRED);
      assertThat(row.at(START + HOUR + 1).getLong("mortal")).hasValue(-1);
    }
  }

  @Test
  void aKeyOfAnotherKindReadsAsNothing() {
    client.lpush(key("batch", Entity.USER, "8"), new byte[] {1});
    assertThat(store.get(Entity.USER, "8")).isEmpty();
    assertThat(scanned()).isEmpty();
  }

  @Test
  void bytesThatAreNoRowAreAnErrorThatNamesThem() {
    byte[] oldLayout = level("7", 1, 1, 1).packed().clone();
    oldLayout[0] = 1;
    for (byte[] wrong :
        List.of(new byte[0], "x".getBytes(StandardCharsets.UTF_8), new byte[] {2, 1}, oldLayout)) {
      client.set(key("batch", Entity.USER, "7"), wrong);
      assertThatThrownBy(() -> store.get(Entity.USER, "7"))
          .isInstanceOf(FeatureLayoutException.class)
          .hasMessageContaining("user.batch of '7'")
          .hasMessageMatching(".*(cut off|layout version).*");
      assertThatThrownBy(() -> store.scan(row -> {})).isInstanceOf(FeatureLayoutException.class);
    }
    client.set(key("batch", Entity.USER, "7"), new byte[0]);
    assertThat(store.write(List.of(level("7", 1, 1, 1))))
        .as("what is no version is older than any")
        .isEqualTo(new WriteResult(1, 0));
  }

  @Test
  void damageBehindTheHeaderIsFoundWhenFeaturesAreAskedFor() {
    byte[] packed = level("7", 1, 1, 300).packed();
    client.set(key("batch", Entity.USER, "7"), Arrays.copyOf(packed, packed.length - 1));
    FeatureRow row = store.get(Entity.USER, "7").orElseThrow();
    assertThatThrownBy(() -> row.at(START).all())
        .isInstanceOf(FeatureLayoutException.class)
        .hasMessageContaining("user.batch of '7'")
        .hasMessageContaining("cut off");
    FeatureVectors vectors = new FeatureVectors(CATALOG, Entity.USER, List.of("level"));
    assertThatThrownBy(() -> vectors.read(row, START, new float[1], 0))
        .isInstanceOf(FeatureLayoutException.class)
        .hasMessageContaining("user.batch of '7'");

    byte[] within = packed.clone();
    within[within.length - 1] |= (byte) 0x80; // a number that goes on
    client.set(key("batch", Entity.USER, "7"), within);
    FeatureRow.Values values = store.get(Entity.USER, "7").orElseThrow().at(START);
    assertThatThrownBy(() -> values.getLong("level"))
        .isInstanceOf(FeatureLayoutException.class)
        .hasMessageContaining("user.batch.level of '7'");
  }

  @Test
  void otherKeysUnderThePrefixArePassedOver() {
    store.write(List.of(level("u", 1, 1, 1)));
    for (String other :
        List.of("", "x", "cart:7", "user:7", "user:cart:7", "user:batch:", "user_item:live:u")) {
      client.set(name + ":" + other, "x");
    }
    client.set(key("batch", Entity.USER, "u\u0000"), new byte[0]);
    client.del(key("batch", Entity.USER, "u\u0000"));
    assertThat(scanned()).containsOnlyKeys("user u");
  }

  @Test
  void oneFailureAfterARestartReplacesEveryIdleConnection() throws Exception {
    try (FeatureStore hasty = settings(name).withRetry(RedisRetry.NONE).open(CATALOG)) {
      pingAtOnce(hasty, 4);
      redis.restart();
      assertThatThrownBy(hasty::ping).isInstanceOf(FeatureStoreException.class);
      pingAtOnce(hasty, 4);
    }
  }

  /** Uses several connections: Redis answers none for a while, so that no ping can share one. */
  private void pingAtOnce(FeatureStore pinged, int connections) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(connections);
    try (RedisClient pausing = RedisClient.create("127.0.0.1", redis.port())) {
      pausing.executeCommand(new CommandArguments(Protocol.Command.CLIENT).add("PAUSE").add(300));
      List<Future<?>> pings = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        pings.add(threads.submit(pinged::ping));
      }
      for (Future<?> ping : pings) {
        ping.get(30, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void usesThePasswordAndTheDatabase() throws Exception {
    try (EmbeddedRedis guarded = EmbeddedRedis.start(folder, "--requirepass", "secret")) {
      RedisSettings open = RedisSettings.parse(guarded.address());
      for (RedisSettings denied : List.of(open, open.withCredentials("", "guess"))) {
        try (FeatureStore closed = FeatureStoreSettings.packed(denied).open(CATALOG)) {
          assertThatThrownBy(closed::ping)
              .isInstanceOf(FeatureStoreException.class)
              .hasMessageContaining(guarded.address())
              .hasMessageContaining("check the user and the password")
              .hasMessageNotContaining("guess");
        }
      }
      RedisSettings known = open.withCredentials("", "secret").withDatabase(3);
      try (FeatureStore opened = FeatureStoreSettings.packed(known).open(CATALOG);
          FeatureStore elsewhere =
              FeatureStoreSettings.packed(
                      known.withCredentials("default", "secret").withDatabase(4))
                  .open(CATALOG)) {
        opened.write(List.of(level("u", 1, 1, 1)));
        assertThat(opened.get(Entity.USER, "u")).isPresent();
        assertThat(elsewhere.get(Entity.USER, "u")).isEmpty();
      }
    }
  }
}
