package dev.freshet.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A real Redis that survives its master: a master, a replica and three sentinels of which two must
 * agree, on free ports of 127.0.0.1, without persistence; the executable is {@link
 * EmbeddedRedis}'s.
 *
 * <pre>{@code
 * try (EmbeddedRedisSentinel redis = EmbeddedRedisSentinel.start(folder)) {
 *   ... redis.masterName(), redis.sentinels() ...
 *   redis.killMaster(); // the replica takes over after 2 to 4 s
 * }
 * }</pre>
 */
public final class EmbeddedRedisSentinel implements AutoCloseable {
  private static final String MASTER_NAME = "features";
  private static final int SENTINELS = 3;
  private static final int QUORUM = 2;
  private static final Duration DOWN_AFTER = Duration.ofSeconds(1);
  private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);

  private final TemporaryFolder folder;

  /** The first master and its replica. */
  private final List<RedisServerProcess> stores = new ArrayList<>();

  private final List<RedisServerProcess> sentinels = new ArrayList<>();

  private EmbeddedRedisSentinel(TemporaryFolder folder) {
    this.folder = folder;
  }

  /**
   * Starts all and returns when the replica follows the master and every sentinel knows all others.
   *
   * @param parent where the folder of all is created
   * @throws IOException if it cannot start, with what a server printed; nothing is left behind
   */
  public static EmbeddedRedisSentinel start(Path parent) throws IOException {
    // With "redis-sentinel" anywhere in its path, the executable would always be a sentinel.
    EmbeddedRedisSentinel redis =
        new EmbeddedRedisSentinel(TemporaryFolder.create(parent, "redis-failover-"));
    boolean started = false;
    try {
      Path executable = RedisServerProcess.executable(redis.folder.path());
      redis.startStores(executable);
      redis.startSentinels(executable);
      started = true;
      return redis;
    } finally {
      if (!started) {
        redis.close();
      }
    }
  }

  private void startStores(Path executable) throws IOException {
    Path masterFolder = Files.createDirectory(folder.path().resolve("master"));
    RedisServerProcess master =
        RedisServerProcess.start(
            executable, masterFolder, port -> RedisServerProcess.store(port, masterFolder));
    stores.add(master);
    Path replicaFolder = Files.createDirectory(folder.path().resolve("replica"));
    RedisServerProcess replica =
        RedisServerProcess.start(
            executable,
            replicaFolder,
            port -> {
              List<String> arguments =
                  new ArrayList<>(RedisServerProcess.store(port, replicaFolder));
              arguments.addAll(
                  List.of("--replicaof", "127.0.0.1", Integer.toString(master.port())));
              return arguments;
            });
    stores.add(replica);
    awaitAnswer(replica, "master_link_status:up", "INFO", "replication");
  }

  private void startSentinels(Path executable) throws IOException {
    for (int i = 0; i < SENTINELS; i++) {
      Path own = Files.createDirectory(folder.path().resolve("sentinel-" + i));
      sentinels.add(
          RedisServerProcess.start(
              executable, own, port -> List.of(configuration(own, port).toString(), "--sentinel")));
    }
    for (RedisServerProcess sentinel : sentinels) {
      String others = "num-other-sentinels\n" + (SENTINELS - 1) + "\n";
      awaitAnswer(sentinel, others, "SENTINEL", "MASTER", MASTER_NAME);
      awaitAnswer(sentinel, "num-slaves\n1\n", "SENTINEL", "MASTER", MASTER_NAME);
    }
  }

  /** A sentinel keeps what it learns in its configuration file. */
  private Path configuration(Path own, int port) throws IOException {
    String monitored = " " + MASTER_NAME + " ";
    return Files.writeString(
        own.resolve("sentinel.conf"),
        String.join(
            "\n",
            "bind 127.0.0.1",
            "port " + port,
            "dir " + own,
            "sentinel monitor" + monitored + "127.0.0.1 " + stores.get(0).port() + " " + QUORUM,
            "sentinel down-after-milliseconds" + monitored + DOWN_AFTER.toMillis(),
            "sentinel failover-timeout" + monitored + 10 * DOWN_AFTER.toMillis(),
            ""));
  }

  private static void awaitAnswer(RedisServerProcess server, String expected, String... command) {
    Condition.await(
        () -> answers(server, expected, command),
        System.nanoTime() + READY_TIMEOUT.toNanos(),
        () ->
            "Redis at "
                + server.address()
                + " did not answer '"
                + expected.strip()
                + "' to "
                + String.join(" ", command)
                + " within "
                + READY_TIMEOUT.toSeconds()
                + " s");
  }

  private static boolean answers(RedisServerProcess server, String expected, String... command) {
    try {
      return RedisWire.command(server.port(), command).contains(expected);
    } catch (IOException notYet) {
      return false;
    }
  }

  /** The name under which the sentinels know the master. */
  public String masterName() {
    return MASTER_NAME;
  }

  /** The addresses of the sentinels, separated by commas. */
  public String sentinels() {
    return sentinels.stream().map(RedisServerProcess::address).collect(Collectors.joining(","));
  }

  /** The port on 127.0.0.1 of the server that was started as the master. */
  public int firstMasterPort() {
    return stores.get(0).port();
  }

  /** The port on 127.0.0.1 of the server that was started as the replica. */
  public int firstReplicaPort() {
    return stores.get(1).port();
  }

  /** Ends the first master as a crash would; the sentinels then promote the replica. */
  public void killMaster() {
    stores.get(0).kill();
  }

  /** Whether the replica has been promoted. */
  public boolean isReplicaPromoted() {
    return answers(stores.get(1), "role:master", "INFO", "replication");
  }

  /** Ends all and deletes the folder. Closing again does nothing. */
  @Override
  public void close() {
    try (folder) {
      sentinels.forEach(RedisServerProcess::kill);
      stores.forEach(RedisServerProcess::kill);
    }
  }
}
