package dev.freshet.bench;

import dev.freshet.embedded.EmbeddedRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import redis.clients.jedis.Jedis;

/** Redis, a process of its own, and the figures that it reports. Not thread safe. */
final class BenchRedis implements AutoCloseable {

  private final EmbeddedRedis server;
  private final Jedis client;

  BenchRedis(Path folder) throws IOException {
    server = EmbeddedRedis.start(folder);
    client = new Jedis("127.0.0.1", server.port());
  }

  String address() {
    return server.address();
  }

  String version() {
    return info("server").getOrDefault("redis_version", "unknown");
  }

  /** Processor time since its start. */
  double cpuSeconds() {
    Map<String, String> cpu = info("cpu");
    return Double.parseDouble(cpu.get("used_cpu_sys"))
        + Double.parseDouble(cpu.get("used_cpu_user"));
  }

  /** Memory of the data, without what the allocator keeps. */
  long memoryBytes() {
    return Long.parseLong(info("memory").get("used_memory"));
  }

  /** Deletes all data. */
  void clear() {
    client.flushAll();
  }

  private Map<String, String> info(String section) {
    Map<String, String> values = new HashMap<>();
    client
        .info(section)
        .lines()
        .filter(line -> line.contains(":"))
        .forEach(
            line ->
                values.put(
                    line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1)));
    return values;
  }

  @Override
  public void close() {
    try (server) {
      client.close();
    }
  }
}
