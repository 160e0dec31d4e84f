package dev.freshet.features.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.embedded.EmbeddedRedis;
import dev.freshet.embedded.EmbeddedRedisCluster;
import dev.freshet.embedded.EmbeddedRedisSentinel;
import dev.freshet.embedded.SelfSignedCertificates;
import dev.freshet.features.FeatureStoreException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.MigrateParams;
import redis.clients.jedis.util.JedisClusterCRC16;

/** One contract on every kind of Redis, and what each kind has of its own. */
@Timeout(60)
class RedisTopologiesITCase {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  /** Long enough for a restart and a failover. */
  private static final RedisRetry PATIENT =
      new RedisRetry(200, Duration.ofMillis(20), Duration.ofMillis(200));

  private static final String PASSWORD = "s3cret";

  @TempDir private static Path folder;
  private static SelfSignedCertificates certificates;
  private static EmbeddedRedis plain;
  private static EmbeddedRedis guarded;
  private static EmbeddedRedisCluster cluster;
  private static EmbeddedRedisSentinel watched;

  private final AtomicInteger retries = new AtomicInteger();
  private String prefix;

  @BeforeAll
  static void startAll() throws Exception {
    certificates = SelfSignedCertificates.create(folder);
    plain = EmbeddedRedis.start(folder);
    guarded =
        EmbeddedRedis.startWithTls(
            folder,
            certificates,
            Stream.of(
                    "--user default off",
                    "--user ann on >"
                        + PASSWORD
                        + " ~* +ping +mget +get +set +unlink +evalsha"
                        + " +script|load +scan",
                    "--user reader on >" + PASSWORD + " ~readable:* +ping +mget")
                .flatMap(user -> Arrays.stream(user.split(" ")))
                .toArray(String[]::new));
    cluster = EmbeddedRedisCluster.start(folder);
    watched = EmbeddedRedisSentinel.start(folder);
  }

  @AfterAll
  static void stopAll() {
    for (AutoCloseable started :
        Arrays.<AutoCloseable>asList(plain, guarded, cluster, watched, certificates)) {
      close(started);
    }
  }

  private static void close(AutoCloseable started) {
    // What a failed start left out is null.
    if (started instanceof EmbeddedRedis redis) {
      redis.close();
    } else if (started instanceof EmbeddedRedisCluster redis) {
      redis.close();
    } else if (started instanceof EmbeddedRedisSentinel redis) {
      redis.close();
    } else if (started instanceof SelfSignedCertificates files) {
      files.close();
    }
  }

  @BeforeEach
  void choosePrefix(TestInfo test) {
    prefix = test.getTestMethod().orElseThrow().getName() + "-" + System.nanoTime();
  }

  enum Kind {
    STANDALONE,
    TLS_AND_USERS,
    CLUSTER,
    SENTINEL
  }

  private RedisSettings settings(Kind kind) {
    RedisSettings settings =
        switch (kind) {
          case STANDALONE -> RedisSettings.parse(plain.address());
          case TLS_AND_USERS ->
              RedisSettings.parse(guarded.address())
                  .withTls(trusting())
                  .withCredentials("ann", PASSWORD);
          // One of the members is not there: the others do.
          case CLUSTER -> RedisSettings.cluster("127.0.0.1:1,127.0.0.1:" + cluster.port(1));
          case SENTINEL -> RedisSettings.sentinel(watched.masterName(), watched.sentinels());
        };
    return settings.withPrefix(prefix);
  }

  private static RedisTls trusting() {
    return RedisTls.ON.withAuthority(certificates.authorityCertificate().toString());
  }

  private RedisConnection connect(RedisSettings settings) {
    return new RedisConnection(settings, failure -> retries.incrementAndGet());
  }

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "é" + i).toList();
  }

  @ParameterizedTest
  @EnumSource
  void writesReadsScansAndDeletes(Kind kind) {
    List<String> names = names(3000);
    try (RedisConnection connection = connect(settings(kind));
        RedisConnection neighbour = connect(settings(kind).withPrefix(prefix + "2"))) {
      connection.ping();
      Versions versions = new Versions(connection);
      new Versions(neighbour).write(List.of("other"), 1);

      assertThat(versions.write(names, 5)).hasSize(3000).containsOnly(1L);
      assertThat(versions.write(names, 4)).hasSize(3000).containsOnly(0L);
      assertThat(versions.write(names.subList(0, 10), 6)).hasSize(10).containsOnly(1L);

      List<String> asked = new ArrayList<>(names);
      asked.add("absent");
      Collections.reverse(asked);
      Map<String, Long> read = versions.read(asked);
      assertThat(read).hasSize(3000).containsEntry("é3", 6L).containsEntry("é10", 5L);
      assertThat(versions.scan()).isEqualTo(new TreeSet<>(names));
      assertThat(versions.delete(names.subList(0, 100))).isEqualTo(100);
      assertThat(versions.delete(names.subList(0, 101))).isEqualTo(1);
      assertThat(versions.scan()).hasSize(2899);
      assertThat(versions.read(names.subList(0, 102))).containsOnlyKeys("é101");

      assertThat(connection.mget(List.of())).isEmpty();
      assertThat(versions.write(List.of(), 1)).isEmpty();
      assertThat(versions.delete(List.of())).isZero();
      assertThat(retries).hasValue(0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void severalThreadsShareAFewConnections(Kind kind) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try (RedisConnection connection = connect(settings(kind).withConnections(2))) {
      Versions versions = new Versions(connection);
      List<Future<Void>> running = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        String mine = "thread" + i + "-";
        Callable<Void> work =
            () -> {
              for (int round = 1; round <= 50; round++) {
                List<String> names = names(20).stream().map(mine::concat).toList();
                versions.write(names, round);
                assertThat(versions.read(names).values()).hasSize(20).containsOnly((long) round);
              }
              return null;
            };
        running.add(threads.submit(work));
      }
      for (Future<Void> work : running) {
        work.get(30, TimeUnit.SECONDS);
      }
      // A page is worked on with the connection that it came by.
      int[] pages = {0};
      connection.scan(
          versions.key("*"),
          page -> {
            pages[0]++;
            assertThat(connection.mget(page)).doesNotContainNull();
          });
      assertThat(pages[0]).isPositive();
    } finally {
      threads.shutdownNow();
    }
    assertThat(retries).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(names = "TLS_AND_USERS", mode = EnumSource.Mode.EXCLUDE)
  void aServerThatForgotTheScriptIsGivenItAgain(Kind kind) {
    try (RedisConnection connection = connect(settings(kind).withRetry(RedisRetry.NONE))) {
      Versions versions = new Versions(connection);
      versions.write(names(100), 1);
      for (int port : masters(kind)) {
        try (Jedis jedis = new Jedis("127.0.0.1", port)) {
          jedis.scriptFlush();
        }
        assertThat(versions.write(names(100), port + 2)).containsOnly(1L);
      }
    }
  }

  private static int[] masters(Kind kind) {
    return switch (kind) {
      case STANDALONE -> new int[] {plain.port()};
      case TLS_AND_USERS -> new int[] {guarded.port()};
      case CLUSTER -> IntStream.range(0, 3).map(cluster::port).sorted().toArray();
      case SENTINEL -> new int[] {watched.firstMasterPort()};
    };
  }

  @ParameterizedTest
  @EnumSource(names = "TLS_AND_USERS", mode = EnumSource.Mode.EXCLUDE)
  void whatIsWrongInOneRequestIsReportedAndTheOthersAreMade(Kind kind) {
    try (RedisConnection connection = connect(settings(kind))) {
      Versions versions = new Versions(connection);
      List<String> names = names(30);
      connection.evalEach(
          new RedisScript("return redis.call('LPUSH', KEYS[1], 'x')"),
          List.of(new RedisScript.Call(versions.key("é7"))));
      assertThatThrownBy(() -> versions.write(names, 1))
          .isInstanceOf(FeatureStoreException.class)
          .hasMessageContaining("WRONGTYPE")
          .hasMessageContaining(connection.settings().address());
      assertThat(versions.read(names)).hasSize(29).doesNotContainKey("é7");
    }
    assertThat(retries).hasValue(0);
  }

  // One server

  @Test
  void aRestartIsRepeatedOver(TestReporter reporter) throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(folder);
        RedisConnection connection =
            connect(RedisSettings.parse(redis.address()).withRetry(PATIENT))) {
      Versions versions = new Versions(connection);
      versions.write(names(10), 1);
      redis.stop();
      long start = System.nanoTime();
      FutureTask<List<Object>> writing = new FutureTask<>(() -> versions.write(names(10), 2));
      new Thread(writing, "writing").start();
      Await.until("repeats", DEADLINE, () -> retries.get() >= 2);
      assertThat(writing).isNotDone();

      redis.restart();

      assertThat(writing.get(20, TimeUnit.SECONDS)).containsOnly(1L);
      reporter.publishEntry("outage bridged, ms", millisSince(start) + "");
      assertThat(versions.read(names(10)).values()).containsOnly(2L);
    }
  }

  private static long millisSince(long start) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  @Test
  void repetitionsAreBoundedAndCounted() throws Exception {
    EmbeddedRedis gone = EmbeddedRedis.start(folder);
    gone.close();
    RedisSettings settings =
        RedisSettings.parse(gone.address())
            .withRetry(new RedisRetry(4, Duration.ofMillis(1), Duration.ofMillis(5)));
    try (RedisConnection connection = connect(settings);
        RedisConnection impatient = connect(settings.withRetry(RedisRetry.NONE))) {
      assertThatThrownBy(connection::ping)
          .isInstanceOf(FeatureStoreException.class)
          .hasMessageContaining(gone.address())
          .hasMessageContaining("Connection refused")
          .hasMessageContaining("start it");
      assertThat(retries).hasValue(3);
      assertThatThrownBy(() -> impatient.scan(new byte[] {'*'}, page -> {}))
          .isInstanceOf(FeatureStoreException.class);
      assertThat(retries).hasValue(3);
    }
  }

  @Test
  void closingAndAnInterruptEndTheWaitForARepetition() throws Exception {
    EmbeddedRedis gone = EmbeddedRedis.start(folder);
    gone.close();
    RedisRetry slow = new RedisRetry(1000, Duration.ofDays(1), Duration.ofDays(1));
    RedisConnection connection = connect(RedisSettings.parse(gone.address()).withRetry(slow));
    List<Thread> waiting = new ArrayList<>();
    Set<String> ended = new ConcurrentSkipListSet<>();
    for (String name : List.of("interrupted", "closed")) {
      Thread thread =
          new Thread(
              () -> {
                assertThatThrownBy(connection::ping).isInstanceOf(FeatureStoreException.class);
                ended.add(name + " " + Thread.currentThread().isInterrupted());
              });
      thread.start();
      waiting.add(thread);
    }
    Await.until(
        "both wait",
        DEADLINE,
        () -> waiting.stream().allMatch(t -> t.getState() == Thread.State.TIMED_WAITING));
    waiting.get(0).interrupt();
    Await.until("interrupted", DEADLINE, () -> ended.contains("interrupted true"));
    assertThat(waiting.get(1).isAlive()).isTrue();
    connection.close();
    connection.close();
    Await.until("closed", DEADLINE, () -> ended.contains("closed false"));
    assertThatThrownBy(connection::ping)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  // TLS and users

  @Test
  void wrongCredentialsAndMissingPermissionsAreClearAndFinal() {
    RedisSettings good = settings(Kind.TLS_AND_USERS);
    assertFails(
        good.withCredentials("ann", "guess"), "denies access", "check the user and the password");
    assertFails(good.withCredentials("", ""), "denies access", "check the user and the password");
    assertFails(good.withCredentials("reader", PASSWORD), "NOPERM", "evalsha", "ACL SETUSER");
    RedisSettings reader = good.withCredentials("reader", PASSWORD);
    try (RedisConnection connection = connect(reader.withPrefix("readable"))) {
      assertThat(new Versions(connection).read(names(2))).isEmpty();
    }
    try (RedisConnection connection = connect(reader)) {
      assertThatThrownBy(() -> new Versions(connection).read(names(2)))
          .isInstanceOf(FeatureStoreException.class)
          .hasMessageContaining("NOPERM")
          .hasMessageContaining("keys");
    }
    assertThat(retries).hasValue(0);
  }

  @Test
  void serversThatCannotBeBelievedAreClearAndFinal() throws Exception {
    RedisSettings good = settings(Kind.TLS_AND_USERS);
    String tlsFails = "cannot be reached over TLS";
    assertFails(good.withTls(RedisTls.ON), tlsFails, "check that");
    try (SelfSignedCertificates others = SelfSignedCertificates.create(folder)) {
      assertFails(
          good.withTls(RedisTls.ON.withAuthority(others.authorityCertificate().toString())),
          tlsFails,
          "authority");
    }
    // Redis waits for the rest of what it takes for a command.
    RedisSettings unencrypted =
        RedisSettings.parse(plain.address())
            .withTls(trusting())
            .withTimeout(Duration.ofMillis(300))
            .withRetry(RedisRetry.NONE);
    assertFails(unencrypted, "cannot be reached", "whether it speaks TLS on this port");
    assertThat(retries).hasValue(0);
  }

  @Test
  void aCertificateForAnotherHostIsRefusedUnlessAnyWillDo() throws Exception {
    // The client's certificate is of the same authority, and for no host.
    try (EmbeddedRedis impostor =
        EmbeddedRedis.startWithTls(
            folder,
            certificates,
            "--tls-cert-file",
            certificates.clientCertificate().toString(),
            "--tls-key-file",
            certificates.clientKey().toString())) {
      RedisSettings settings = RedisSettings.parse(impostor.address());
      assertFails(settings.withTls(trusting()), "cannot be reached over TLS", "host name");
      try (RedisConnection connection = connect(settings.withTls(trusting().withAnyHost()))) {
        connection.ping();
      }
    }
  }

  @Test
  void aClientMayHaveACertificateOfEitherForm() throws Exception {
    try (EmbeddedRedis strict =
        EmbeddedRedis.startWithTls(folder, certificates, "--tls-auth-clients", "yes")) {
      RedisSettings settings = RedisSettings.parse(strict.address()).withRetry(RedisRetry.NONE);
      for (RedisTls known :
          List.of(
              trusting()
                  .withCertificate(
                      certificates.clientCertificate().toString(),
                      certificates.clientKey().toString()),
              trusting()
                  .withPkcs12(
                      certificates.clientPkcs12().toString(),
                      SelfSignedCertificates.PKCS12_PASSWORD))) {
        try (RedisConnection connection = connect(settings.withTls(known))) {
          connection.ping();
        }
      }
      try (RedisConnection connection = connect(settings.withTls(trusting()))) {
        assertThatThrownBy(connection::ping)
            .isInstanceOf(FeatureStoreException.class)
            .hasMessageContaining("cannot be reached");
      }
    }
  }

  @ParameterizedTest
  @MethodSource
  void unusableTlsFilesAreNamed(RedisTls tls, String expected) {
    assertFails(
        settings(Kind.STANDALONE).withTls(tls), "The TLS file " + folder, "wrong", expected);
  }

  static Stream<Arguments> unusableTlsFilesAreNamed() throws Exception {
    String absent = folder.resolve("wrong-absent").toString();
    String text = Files.writeString(folder.resolve("wrong-text"), "no PEM").toString();
    String empty = Files.writeString(folder.resolve("wrong-empty"), "").toString();
    String certificate = certificates.clientCertificate().toString();
    return Stream.of(
        Arguments.of(RedisTls.ON.withAuthority(absent), "does not exist"),
        Arguments.of(RedisTls.ON.withAuthority(text), "certificates (PEM)"),
        Arguments.of(RedisTls.ON.withAuthority(empty), "certificates (PEM)"),
        Arguments.of(RedisTls.ON.withCertificate(certificate, absent), "does not exist"),
        Arguments.of(RedisTls.ON.withCertificate(certificate, text), "openssl pkcs8"),
        Arguments.of(RedisTls.ON.withPkcs12(text, "x"), "PKCS #12"));
  }

  /** Fails at once, with all of the words and no password. */
  private void assertFails(RedisSettings settings, String... words) {
    try (RedisConnection connection = connect(settings)) {
      assertThatThrownBy(() -> new Versions(connection).write(List.of("u"), 1))
          .isInstanceOf(FeatureStoreException.class)
          .hasMessageNotContainingAny(PASSWORD, "guess")
          .extracting(Throwable::getMessage)
          .asString()
          .contains(words);
    }
    assertThat(retries).hasValue(0);
  }

  // Cluster

  @Test
  void aClusterSpreadsTheKeysOverAllMasters() {
    try (RedisConnection connection = connect(settings(Kind.CLUSTER))) {
      Versions versions = new Versions(connection);
      versions.write(names(300), 1);
      for (int master = 0; master < EmbeddedRedisCluster.MASTERS; master++) {
        try (Jedis jedis = new Jedis("127.0.0.1", cluster.port(master))) {
          assertThat(jedis.keys(prefix + ":*")).as("master " + master).hasSizeBetween(60, 140);
        }
      }
    }
  }

  @Test
  void aSlotThatMovesIsFollowedWithoutARepetition() {
    try (RedisConnection connection = connect(settings(Kind.CLUSTER));
        Jedis from = new Jedis("127.0.0.1", cluster.port(0));
        Jedis to = new Jedis("127.0.0.1", cluster.port(1))) {
      Versions versions = new Versions(connection);
      // In braces: what decides on the slot.
      String tag =
          IntStream.range(0, 1000)
              .mapToObj(i -> "{" + i + "}")
              .filter(t -> JedisClusterCRC16.getSlot(t) < 5000)
              .findFirst()
              .orElseThrow();
      int slot = JedisClusterCRC16.getSlot(tag);
      List<String> names = List.of(tag + "a", tag + "b");
      List<String> late = List.of(tag + "c");
      versions.write(names, 1);

      to.clusterSetSlotImporting(slot, from.clusterMyId());
      from.clusterSetSlotMigrating(slot, to.clusterMyId());
      from.migrate(
          "127.0.0.1",
          cluster.port(1),
          1000,
          new MigrateParams(),
          new String(versions.key(tag + "a"), StandardCharsets.UTF_8));
      assertThat(versions.write(names, 2)).containsOnly(1L);
      assertThat(versions.write(late, 2)).containsOnly(1L);
      assertThat(versions.read(names).values()).containsExactly(2L, 2L);

      from.migrate(
          "127.0.0.1",
          cluster.port(1),
          1000,
          new MigrateParams(),
          new String(versions.key(tag + "b"), StandardCharsets.UTF_8));
      for (int i : new int[] {1, 0, 2}) {
        try (Jedis member = new Jedis("127.0.0.1", cluster.port(i))) {
          member.clusterSetSlotNode(slot, to.clusterMyId());
        }
      }
      assertThat(versions.write(names, 3)).containsOnly(1L);
      assertThat(versions.read(names).values()).containsExactly(3L, 3L);
      assertThat(versions.read(late).values()).containsExactly(2L);
      assertThat(versions.scan()).contains(tag + "a", tag + "b", tag + "c");
      assertThat(versions.delete(names)).isEqualTo(2);
      assertThat(retries).hasValue(0);
    }
  }

  @Test
  void aRestartedMasterIsRepeatedOver(TestReporter reporter) throws Exception {
    try (RedisConnection connection = connect(settings(Kind.CLUSTER).withRetry(PATIENT));
        RedisConnection impatient =
            connect(settings(Kind.CLUSTER).withRetry(RedisRetry.NONE).withPrefix(prefix + "2"))) {
      Versions versions = new Versions(connection);
      List<String> names = names(300);
      versions.write(names, 1);
      impatient.ping();
      cluster.stop(2);
      assertThatThrownBy(() -> new Versions(impatient).write(names, 1))
          .isInstanceOf(FeatureStoreException.class)
          .hasMessageContaining("Redis Cluster at");
      long start = System.nanoTime();
      FutureTask<List<Object>> writing = new FutureTask<>(() -> versions.write(names, 2));
      new Thread(writing, "writing").start();
      Await.until("repeats", DEADLINE, () -> retries.get() >= 2);

      cluster.restart(2);

      assertThat(writing.get(20, TimeUnit.SECONDS)).hasSize(300).containsOnly(1L);
      reporter.publishEntry("outage of a master bridged, ms", millisSince(start) + "");
      assertThat(versions.read(names).values()).hasSize(300).containsOnly(2L);
      assertThat(versions.scan()).hasSize(300);
    }
  }

  // The wrong kind

  @Test
  void theWrongTopologyIsNamed() {
    assertFails(RedisSettings.cluster(plain.address()), "is no cluster", "topology standalone");
    String member = "127.0.0.1:" + cluster.port(0);
    try (RedisConnection connection = connect(RedisSettings.parse(member))) {
      assertThatThrownBy(() -> new Versions(connection).write(names(100), 1))
          .isInstanceOf(FeatureStoreException.class)
          .hasMessageContaining("use the topology cluster");
    }
    assertFails(
        RedisSettings.sentinel("nobody", watched.sentinels()), "no master 'nobody'", "monitor");
    assertFails(RedisSettings.sentinel("m", plain.address()), "unknown command", "SENTINEL");
    assertThat(retries).hasValue(0);
  }
}
