package dev.freshet.embedded;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

/**
 * One process of {@code redis-server}, as a store, a member of a cluster or a sentinel, on a port
 * of 127.0.0.1.
 *
 * <p>It must not outlive this JVM. {@link #stop()} ends it; against a JVM that is killed hard there
 * is a watchdog where there is a POSIX shell: a process that waits for the end of a pipe which only
 * this JVM holds open, and then kills Redis. On Linux both processes have a session of their own,
 * so that Ctrl-C in a terminal reaches the JVM alone, which can then flush what it has to Redis
 * before it ends it.
 */
final class RedisServerProcess {
  private static final Path SHELL = Path.of("/bin/sh");
  private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);
  private static final int PORT_ATTEMPTS = 5;

  /** The port of a cluster's own traffic is this much above a member's. */
  private static final int CLUSTER_BUS_DISTANCE = 10_000;

  /** What a server is started with, for the port that was found for it. */
  interface Arguments {
    List<String> forPort(int port) throws IOException;
  }

  private final Path executable;
  private final Path folder;
  private final int port;
  private final List<String> arguments;
  private final boolean answersInPlainText;
  private Process process;
  private Process watchdog;

  private RedisServerProcess(
      Path executable, Path folder, int port, List<String> arguments, boolean answersInPlainText) {
    this.executable = executable;
    this.folder = folder;
    this.port = port;
    this.arguments = arguments;
    this.answersInPlainText = answersInPlainText;
  }

  /**
   * Starts a server on a free port and returns when it answers.
   *
   * @param folder an existing folder of this server alone
   * @throws IOException if it cannot start, with what it printed; no process is left
   */
  static RedisServerProcess start(Path executable, Path folder, Arguments arguments)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      int port = freePort();
      List<String> command = arguments.forPort(port);
      RedisServerProcess server =
          new RedisServerProcess(
              executable, folder, port, command, !command.contains("--tls-port"));
      try {
        server.launch();
        return server;
      } catch (PortInUseException e) {
        // Somebody took the port after it was chosen.
        if (attempt == PORT_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** The arguments of a store: on the port in plain text, in the folder, without persistence. */
  static List<String> store(int port, Path folder) {
    List<String> arguments = new ArrayList<>(inMemory(folder));
    arguments.addAll(List.of("--port", Integer.toString(port)));
    return arguments;
  }

  /** The arguments of any store but for its port. */
  static List<String> inMemory(Path folder) {
    return List.of(
        "--bind", "127.0.0.1", "--dir", folder.toString(), "--save", "", "--appendonly", "no");
  }

  /** The {@code redis-server} on the {@code PATH}. */
  static Optional<Path> systemExecutable() {
    return onPath("redis-server");
  }

  /** The system's executable, or the bundled one, unpacked into the folder. */
  static Path executable(Path folder) throws IOException {
    Optional<Path> system = systemExecutable();
    return system.isPresent() ? system.get() : bundledExecutable(folder);
  }

  /** Unpacks the executable for this operating system and processor into a folder. */
  static Path bundledExecutable(Path folder) throws IOException {
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

  int port() {
    return port;
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  /** Ends the server in order. Doing so again does nothing. */
  synchronized void stop() {
    end(true);
  }

  /** Ends the server as a crash would: it does nothing more. Doing so again does nothing. */
  synchronized void kill() {
    end(false);
  }

  private void end(boolean inOrder) {
    if (process != null) {
      end(process, inOrder);
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
  synchronized void restart() throws IOException {
    stop();
    launch();
  }

  private void launch() throws IOException {
    Path output = folder.resolve("redis.log");
    Files.deleteIfExists(output);
    List<String> command = new ArrayList<>(ownSession());
    command.add(executable.toString());
    command.addAll(arguments);
    try {
      process =
          new ProcessBuilder(command)
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

  private void awaitAnswer(Path output) throws IOException {
    Process running = process;
    // Over TLS it would take a client with certificates to ask.
    BooleanSupplier ready =
        answersInPlainText
            ? () -> RedisWire.answersPing(port)
            : () -> read(output).contains("Ready to accept connections");
    Condition.await(
        () -> !running.isAlive() || ready.getAsBoolean(),
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
    // If Redis ends by itself, another process may get its process id.
    CompletableFuture<Void> unused = guarded.onExit().thenRun(watchdog::destroyForcibly);
    return watchdog;
  }

  private static List<String> ownSession() {
    return onPath("setsid").map(setsid -> List.of(setsid.toString())).orElse(List.of());
  }

  private static void end(Process process, boolean inOrder) {
    boolean interrupted = false;
    if (inOrder) {
      process.destroy();
      try {
        if (process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
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

  /** A port that is free, and so is the one that a member of a cluster takes with it. */
  private static int freePort() throws IOException {
    for (int attempt = 0; attempt < 1000; attempt++) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(Loopback.port(0));
        int port = socket.getLocalPort();
        if (port + CLUSTER_BUS_DISTANCE <= 65_535 && isFree(port + CLUSTER_BUS_DISTANCE)) {
          return port;
        }
      }
    }
    throw new IOException("No free port on 127.0.0.1 below " + (65_536 - CLUSTER_BUS_DISTANCE));
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(Loopback.port(port));
      return true;
    } catch (IOException taken) {
      return false;
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
