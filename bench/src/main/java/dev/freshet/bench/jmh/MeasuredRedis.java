package dev.freshet.bench.jmh;

import dev.freshet.embedded.EmbeddedRedis;
import java.io.IOException;
import java.nio.file.Path;

/** The Redis to measure with: one that is there already, or one for this JVM. */
final class MeasuredRedis implements AutoCloseable {
  /** System property: the port on 127.0.0.1 of a Redis that is there and may be written to. */
  static final String PORT = "freshet.benchmarks.redis-port";

  private final EmbeddedRedis own;
  private final int port;

  private MeasuredRedis(EmbeddedRedis own, int port) {
    this.own = own;
    this.port = port;
  }

  /** The one of the system property; without it, a new one. */
  static MeasuredRedis open() throws IOException {
    Integer given = Integer.getInteger(PORT);
    return given == null ? start() : new MeasuredRedis(null, given);
  }

  /** A new one. */
  static MeasuredRedis start() throws IOException {
    EmbeddedRedis own = EmbeddedRedis.start(Path.of(System.getProperty("java.io.tmpdir")));
    return new MeasuredRedis(own, own.port());
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    if (own != null) {
      own.close();
    }
  }
}
