package dev.freshet.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A real Redis: the system's {@code redis-server} when it is on the {@code PATH}, otherwise the one
 * that the library embedded-redis carries, on a free port of 127.0.0.1, without persistence.
 *
 * <pre>{@code
 * try (EmbeddedRedis redis = EmbeddedRedis.start(folder)) {
 *   ... redis.address() ...
 * }
 * }</pre>
 *
 * <p>{@link #stop()} and {@link #restart()} make an outage. After a restart the port is the same
 * and the data is gone.
 *
 * <p>The process must not outlive this JVM. {@link #close()} ends it; calling that on a normal exit
 * is for the owner to arrange. Where there is a POSIX shell, it also ends when the JVM is killed
 * hard.
 */
public final class EmbeddedRedis implements AutoCloseable {
  private final TemporaryFolder folder;
  private final RedisServerProcess server;

  private EmbeddedRedis(TemporaryFolder folder, RedisServerProcess server) {
    this.folder = folder;
    this.server = server;
  }

  /**
   * Starts a server and returns when it answers.
   *
   * @param parent where the server's folder is created
   * @param extraArguments further options in Redis' form, as {@code "--requirepass", "secret"}
   * @throws IOException if it cannot start, with what it printed; nothing is left behind
   */
  public static EmbeddedRedis start(Path parent, String... extraArguments) throws IOException {
    return start(parent, systemExecutable(), extraArguments);
  }

  /**
   * Starts a server that speaks TLS alone and returns when it is ready. It asks clients for no
   * certificate, unless configured by {@code "--tls-auth-clients", "yes"}.
   *
   * @param parent where the server's folder is created
   * @param certificates the server's certificate, and those that it trusts; must stay open for a
   *     restart
   * @param extraArguments further options in Redis' form. Users: {@code "--user", "ann", "on",
   *     ">secret", "~freshet:*", "+@all"}
   * @throws IOException if it cannot start, with what it printed; nothing is left behind
   */
  public static EmbeddedRedis startWithTls(
      Path parent, SelfSignedCertificates certificates, String... extraArguments)
      throws IOException {
    return start(
        parent,
        systemExecutable(),
        (port, folder) -> {
          List<String> arguments = new ArrayList<>(RedisServerProcess.inMemory(folder));
          arguments.addAll(List.of("--port", "0", "--tls-port", Integer.toString(port)));
          arguments.addAll(
              List.of("--tls-ca-cert-file", certificates.authorityCertificate().toString()));
          arguments.addAll(List.of("--tls-cert-file", certificates.serverCertificate().toString()));
          arguments.addAll(List.of("--tls-key-file", certificates.serverKey().toString()));
          arguments.addAll(List.of("--tls-auth-clients", "no"));
          arguments.addAll(List.of(extraArguments));
          return arguments;
        });
  }

  /** Starts the given executable, or the bundled one. */
  static EmbeddedRedis start(Path parent, Optional<Path> executable, String... extraArguments)
      throws IOException {
    return start(
        parent,
        executable,
        (port, folder) -> {
          List<String> arguments = new ArrayList<>(RedisServerProcess.store(port, folder));
          arguments.addAll(List.of(extraArguments));
          return arguments;
        });
  }

  private interface Arguments {
    List<String> of(int port, Path folder);
  }

  private static EmbeddedRedis start(Path parent, Optional<Path> executable, Arguments arguments)
      throws IOException {
    TemporaryFolder folder = TemporaryFolder.create(parent, "redis-");
    boolean started = false;
    try {
      Path file =
          executable.isPresent()
              ? executable.get()
              : RedisServerProcess.bundledExecutable(folder.path());
      RedisServerProcess server =
          RedisServerProcess.start(file, folder.path(), port -> arguments.of(port, folder.path()));
      started = true;
      return new EmbeddedRedis(folder, server);
    } finally {
      if (!started) {
        folder.close();
      }
    }
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return server.port();
  }

  /** The address for clients, as {@code 127.0.0.1:port}. */
  public String address() {
    return server.address();
  }

  /** Ends the server for the time being. Doing so again does nothing. */
  public void stop() {
    server.stop();
  }

  /**
   * Starts the server on the same port with no data, ending it first if it runs.
   *
   * @throws IOException if it cannot start, with what it printed
   */
  public void restart() throws IOException {
    server.restart();
  }

  /** Ends the server and deletes its folder. Closing again does nothing. */
  @Override
  public void close() {
    try (folder) {
      server.stop();
    }
  }

  /** The {@code redis-server} on the {@code PATH}. */
  static Optional<Path> systemExecutable() {
    return RedisServerProcess.systemExecutable();
  }
}
