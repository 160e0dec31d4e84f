package dev.freshet.embedded;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

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
 * is for the owner to arrange. Against a JVM that is killed hard there is a watchdog where there is
 * a POSIX shell: a process that waits for the end of a pipe which only this JVM holds open, and
 * then kills Redis. On Linux both processes have a session of their own, so that Ctrl-C in a
 * terminal reaches the JVM alone, which can then flush what it has to Redis before it ends it.
 */
public final class EmbeddedRedis implements AutoCloseable {
  private static final Path SHELL = Path.of("/bin/sh");
  private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);
  private static final int PING_TIMEOUT_MILLIS = 1000;
  private static final int PORT_ATTEMPTS = 5;

  private final TemporaryFolder folder;
  private final Path executable;
  private final List<String> extraArguments;
  private int port;
  private Process process;
  private Process watchdog;

  private EmbeddedRedis(TemporaryFolder folder, Path executable, List<String> extraArguments) {
    this.folder = folder;
    this.executable = executable;
    this.extraArguments = extraArguments;
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

  /** Starts the given executable, or the bundled one. */
  static EmbeddedRedis start(Path parent, Optional<Path> executable, String... extraArguments)
      throws IOException {
    TemporaryFolder folder = TemporaryFolder.create(parent, "redis-");
    boolean started = false;
    try {
      Path file = executable.isPresent() ? executable.get() : bundledExecutable(folder.path());
      EmbeddedRedis redis = new EmbeddedRedis(folder, file, List.of(extraArguments));
      redis.startOnFreePort();
      started = true;
      return redis;
    } finally {
      if (!started) {
        folder.close();
      }
    }
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** The address for clients, as {@code 127.0.0.1:port}. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** Ends the server for the time being. Doing so again does nothing. */
  public synchronized void stop() {
    if (process != null) {
      end(process);
      process = null;
    }
    if (watchdog != null) {
      // After Redis: a watchdog that is gone cannot guard, one that stays would kill a stranger.
      watchdog.destroyForcibly();
      watchdog = null;
    }
  }

  /**
   * Starts the server on the same port with no data, ending it first if it runs.
   *
   * @throws IOException if it cannot start, with what it printed
   */
  public synchronized void restart() throws IOException {
    stop();
    launch();
  }

  /** Ends the server and deletes its folder. Closing again does nothing. */
  @Override
  public synchronized void close() {
    try (folder) {
      stop();
    }
  }

  /** The {@code redis-server} on the {@code PATH}. */
  static Optional<Path> systemExecutable() {
    return onPath("redis-server");
  }

  /** Unpacks the executable for this operating system and processor into a folder. */
  private static Path bundledExecutable(Path folder) throws IOException {
    try {
      return ExecutableProvider.newJarResourceProvider(folder.toFile()).get().toPath();
    } catch (IOException e) {
      throw new IOException(
          "No bundled Redis for "
              + System.getProperty("os.name")
              + " on "
              + System.getProperty("os.arch")
              + ": install redis-server and put it on the PATH",
          e);
    }
  }

  private void startOnFreePort() throws IOException {
    for (int attempt = 1; ; attempt++) {
      port = freePort();
      try {
        launch();
        return;
      } catch (PortInUseException e) {
        // Somebody took the port after it was chosen.
        if (attempt == PORT_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private void launch() throws IOException {
    Path output = folder.path().resolve("redis.log");
    Files.deleteIfExists(output);
    try {
      process =
          new ProcessBuilder(command())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      throw new IOException(
          "Cannot run "
              + executable
              + " ("
              + e.getMessage()
              + "): give a folder on a file system that allows executables, or install redis-server",
          e);
    }
    boolean started = false;
    try {
      watchdog = startWatchdog(process);
      awaitAnswer(output);
      started = true;
    } finally {
      if (!started) {
        stop();
      }
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(ownSession());
    command.add(executable.toString());
    command.addAll(List.of("--port", Integer.toString(port)));
    command.addAll(List.of("--bind", "127.0.0.1"));
    command.addAll(List.of("--dir", folder.path().toString()));
    command.addAll(List.of("--save", ""));
    command.addAll(List.of("--appendonly", "no"));
    command.addAll(extraArguments);
    return command;
  }

  private void awaitAnswer(Path output) throws IOException {
    Process running = process;
    Condition.await(
        () -> !running.isAlive() || answersPing(),
        System.nanoTime() + START_TIMEOUT.toNanos(),
        () ->
            "Redis ("
                + executable
                + ") did not answer on "
                + address()
                + " within "
                + START_TIMEOUT.toSeconds()
                + " s. It printed:\n"
                + read(output));
    if (!running.isAlive()) {
      String printed = read(output);
      if (printed.contains("Address already in use")) {
        throw new PortInUseException(failure(running, printed));
      }
      throw new IOException(failure(running, printed));
    }
  }

  private String failure(Process ended, String printed) {
    String remedy =
        printed.contains("libssl") || printed.contains("libcrypto")
            ? "\nThe bundled Redis needs OpenSSL 3 (libssl.so.3, Debian and Ubuntu: apt-get install"
                + " libssl3). Install that, or redis-server itself."
            : "\nIf it cannot run on this machine, install redis-server and put it on the PATH.";
    return "Redis ("
        + executable
        + ") ended with exit code "
        + ended.exitValue()
        + " instead of starting on "
        + address()
        + ". It printed:\n"
        + printed
        + remedy;
  }

  private boolean answersPing() {
    try (Socket socket = new Socket()) {
      socket.connect(Loopback.port(port), PING_TIMEOUT_MILLIS);
      socket.setSoTimeout(PING_TIMEOUT_MILLIS);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
      // A server with a password answers -NOAUTH: it is up just the same.
      return answer.equals("+PONG") || answer.equals("-NOAU");
    } catch (IOException notYet) {
      return false;
    }
  }

  private static Process startWatchdog(Process guarded) throws IOException {
    if (!Files.isExecutable(SHELL)) {
      return null;
    }
    List<String> command = new ArrayList<>(ownSession());
    command.addAll(
        List.of(
            SHELL.toString(), "-c", "read -r _; kill -KILL \"$0\"", Long.toString(guarded.pid())));
    Process watchdog =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    // If Redis ends by itself, its process number may go to somebody else.
    CompletableFuture<Void> unused = guarded.onExit().thenRun(watchdog::destroyForcibly);
    return watchdog;
  }

  private static List<String> ownSession() {
    return onPath("setsid").map(setsid -> List.of(setsid.toString())).orElse(List.of());
  }

  private static void end(Process process) {
    process.destroy();
    boolean interrupted = false;
    try {
      if (process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    process.destroyForcibly().onExit().join();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Optional<Path> onPath(String name) {
    String path = System.getenv("PATH");
    if (path == null) {
      return Optional.empty();
    }
    return Stream.of(path.split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(Loopback.port(0));
      return socket.getLocalPort();
    }
  }

  private static String read(Path output) {
    try {
      return Files.readString(output, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      return "(its output cannot be read: " + e.getMessage() + ")";
    }
  }

  private static final class PortInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    PortInUseException(String message) {
      super(message);
    }
  }
}
