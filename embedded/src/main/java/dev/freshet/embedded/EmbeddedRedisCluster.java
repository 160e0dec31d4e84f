package dev.freshet.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A real Redis Cluster of three masters without replicas, on free ports of 127.0.0.1, without
 * persistence; the executable is {@link EmbeddedRedis}'s. It takes 2 to 4 s to start, most of which
 * the members wait on purpose.
 *
 * <pre>{@code
 * try (EmbeddedRedisCluster cluster = EmbeddedRedisCluster.start(folder)) {
 *   ... cluster.addresses() ...
 * }
 * }</pre>
 */
public final class EmbeddedRedisCluster implements AutoCloseable {
  /** How many masters there are. */
  public static final int MASTERS = 3;

  private static final int SLOTS = 16_384;
  private static final int SLOTS_PER_COMMAND = 1000;
  private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);

  private final TemporaryFolder folder;
  private final List<RedisServerProcess> masters = new ArrayList<>();

  private EmbeddedRedisCluster(TemporaryFolder folder) {
    this.folder = folder;
  }

  /**
   * Starts the members, forms the cluster and returns when every member takes requests. Each has a
   * third of the slots: the first from 0, and so on.
   *
   * @param parent where the cluster's folder is created
   * @throws IOException if it cannot start, with what a server printed; nothing is left behind
   */
  public static EmbeddedRedisCluster start(Path parent) throws IOException {
    EmbeddedRedisCluster cluster =
        new EmbeddedRedisCluster(TemporaryFolder.create(parent, "redis-cluster-"));
    boolean started = false;
    try {
      cluster.startMasters();
      cluster.form();
      cluster.awaitReady();
      started = true;
      return cluster;
    } finally {
      if (!started) {
        cluster.close();
      }
    }
  }

  private void startMasters() throws IOException {
    Path executable = RedisServerProcess.executable(folder.path());
    for (int i = 0; i < MASTERS; i++) {
      Path own = Files.createDirectory(folder.path().resolve("master-" + i));
      masters.add(
          RedisServerProcess.start(
              executable,
              own,
              port -> {
                // What a member knew of a cluster on another port.
                Files.deleteIfExists(own.resolve("nodes.conf"));
                List<String> arguments = new ArrayList<>(RedisServerProcess.store(port, own));
                arguments.addAll(List.of("--cluster-enabled", "yes"));
                arguments.addAll(List.of("--cluster-config-file", "nodes.conf"));
                arguments.addAll(List.of("--cluster-node-timeout", "1000"));
                return arguments;
              }));
    }
  }

  private void form() throws IOException {
    for (int i = 0; i < MASTERS; i++) {
      int port = masters.get(i).port();
      // Members with the same epoch would first have to agree which one increments it.
      RedisWire.command(port, "CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
      int end = (i + 1) * SLOTS / MASTERS;
      for (int from = i * SLOTS / MASTERS; from < end; from += SLOTS_PER_COMMAND) {
        List<String> command = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
        for (int slot = from; slot < Math.min(from + SLOTS_PER_COMMAND, end); slot++) {
          command.add(Integer.toString(slot));
        }
        RedisWire.command(port, command.toArray(String[]::new));
      }
    }
    for (RedisServerProcess other : masters.subList(1, MASTERS)) {
      RedisWire.command(
          masters.get(0).port(), "CLUSTER", "MEET", "127.0.0.1", Integer.toString(other.port()));
    }
  }

  private void awaitReady() {
    Condition.await(
        () -> masters.stream().allMatch(EmbeddedRedisCluster::isReady),
        System.nanoTime() + READY_TIMEOUT.toNanos(),
        () ->
            "The Redis Cluster at "
                + addresses()
                + " did not become ready within "
                + READY_TIMEOUT.toSeconds()
                + " s");
  }

  private static boolean isReady(RedisServerProcess member) {
    try {
      String info = RedisWire.command(member.port(), "CLUSTER", "INFO");
      return info.contains("cluster_state:ok")
          && info.contains("cluster_slots_ok:" + SLOTS)
          && info.contains("cluster_known_nodes:" + MASTERS);
    } catch (IOException notYet) {
      return false;
    }
  }

  /** The addresses of all masters, separated by commas. */
  public String addresses() {
    return masters.stream().map(RedisServerProcess::address).collect(Collectors.joining(","));
  }

  /** The port on 127.0.0.1 of a master, counted from 0. */
  public int port(int master) {
    return masters.get(master).port();
  }

  /** Ends a master for the time being; soon the others refuse all requests. */
  public void stop(int master) {
    masters.get(master).stop();
  }

  /**
   * Starts a master on the same port with its slots and no data, ending it first if it runs, and
   * returns when the cluster takes requests again.
   *
   * @throws IOException if it cannot start, with what it printed
   */
  public void restart(int master) throws IOException {
    masters.get(master).restart();
    awaitReady();
  }

  /** Ends all and deletes the folder. Closing again does nothing. */
  @Override
  public void close() {
    try (folder) {
      masters.forEach(RedisServerProcess::kill);
    }
  }
}
