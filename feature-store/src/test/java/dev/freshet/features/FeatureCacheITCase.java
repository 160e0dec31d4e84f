package dev.freshet.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.embedded.EmbeddedRedis;
import dev.freshet.features.redis.RedisFeatureStore;
import dev.freshet.features.redis.RedisSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FeatureCacheITCase {

  private static final FeatureCatalog CATALOG =
      FeatureCatalog.parse(
          "test.yaml",
          """
          features:
            - {name: score, entity: user, source: store, type: given, shape: number,
               description: Written by the test}
          """);

  private static final double NOTHING = -1;

  @TempDir static Path folder;
  private static EmbeddedRedis redis;
  private RedisFeatureStore store;
  private FeatureCache<Double> cache;

  @BeforeAll
  static void startRedis() throws IOException {
    redis = EmbeddedRedis.start(folder);
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @BeforeEach
  void open() throws IOException {
    redis.restart();
    store = new RedisFeatureStore(RedisSettings.parse(redis.address()), CATALOG);
    cache = cache(1_000, Duration.ofHours(1));
  }

  @AfterEach
  void close() {
    cache.close();
    store.close();
  }

  private FeatureCache<Double> cache(int maxEntities, Duration maxAge) {
    return new FeatureCache<>(
        store,
        Entity.USER,
        row -> row == null ? NOTHING : row.at(0).getDouble("score").orElseThrow(),
        maxEntities,
        maxAge);
  }

  private void write(String user, double score, long sequence) {
    FeatureGroup group = CATALOG.group(Entity.USER, "batch").orElseThrow();
    byte[] packed =
        new RowUpdater(group).given(new FeatureVersion(1, sequence), Map.of("score", score));
    store.write(List.of(new FeatureWrite(group, user, packed)));
  }

  private double read(String user) throws Exception {
    return cache.get(user).get(10, TimeUnit.SECONDS);
  }

  @Test
  void whatIsCachedIsNotAskedForAgain() throws Exception {
    write("u", 0.5, 1);
    assertThat(read("u")).isEqualTo(0.5);
    assertThat(read("nobody")).isEqualTo(NOTHING);
    redis.stop();
    assertThat(read("u")).isEqualTo(0.5);
    assertThat(read("nobody")).isEqualTo(NOTHING);
    assertThat(cache.stats().hitCount()).isEqualTo(2);
    assertThat(cache.size()).isEqualTo(2);
  }

  @Test
  void whatIsTooOldIsReadAgain() throws Exception {
    cache.close();
    cache = cache(1_000, Duration.ofMillis(20));
    write("u", 1, 1);
    assertThat(read("u")).isEqualTo(1);
    write("u", 2, 2);
    await(() -> cache.get("u").join() == 2);
  }

  @Test
  void aFailureIsToldAndNotCached() throws Exception {
    write("u", 0.5, 1);
    redis.stop();
    assertThatThrownBy(() -> read("u")).hasCauseInstanceOf(FeatureStoreException.class);
    redis.restart();
    write("u", 0.5, 1);
    await(() -> !cache.get("u").handle((value, failure) -> value == null).join());
    assertThat(read("u")).isEqualTo(0.5);
  }

  @Test
  void aValueThatCannotBeReadIsToldAndTheOthersAreNotHarmed() throws Exception {
    write("u", 0.5, 1);
    assertThatThrownBy(() -> cache.get("").get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IllegalArgumentException.class);
    assertThat(read("u")).isEqualTo(0.5);
  }

  @Test
  void manyQuestionsAreAnsweredAndNoMoreThanTheBoundIsKept() throws Exception {
    cache.close();
    cache = cache(100, Duration.ofHours(1));
    for (int user = 0; user < 2_000; user++) {
      write("u" + user, user, 1);
    }
    List<CompletableFuture<Double>> answers = new ArrayList<>();
    for (int user = 0; user < 2_000; user++) {
      answers.add(cache.get("u" + user));
    }
    for (int user = 0; user < 2_000; user++) {
      assertThat(answers.get(user).get(10, TimeUnit.SECONDS)).isEqualTo(user);
    }
    await(() -> cache.size() <= 100);
  }

  @Test
  void afterClosingNothingIsAnswered() throws Exception {
    cache.close();
    assertThat(cache.get("u")).isCompletedExceptionally();
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }
}
