package dev.freshet.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EmbeddedRedisITCase {
  @TempDir private Path parent;

  /** The bundled executable, and the system's where there is one. */
  static Stream<Optional<Path>> executables() {
    Optional<Path> system = EmbeddedRedis.systemExecutable();
    return system.isPresent() ? Stream.of(Optional.empty(), system) : Stream.of(Optional.empty());
  }

  @ParameterizedTest
  @MethodSource("executables")
  void servesAndEndsWithoutATrace(Optional<Path> executable) throws Exception {
    EmbeddedRedis redis = EmbeddedRedis.start(parent, executable);
    assertThat(redis.address()).isEqualTo("127.0.0.1:" + redis.port());
    assertThat(command(redis, "SET a 1")).isEqualTo("+OK");
    assertThat(command(redis, "GET a")).isEqualTo("$1");
    List<ProcessHandle> processes = ProcessHandle.current().children().toList();
    assertThat(processes).isNotEmpty();

    long start = System.nanoTime();
    redis.close();
    redis.close();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    for (ProcessHandle process : processes) {
      process.onExit().get(5, TimeUnit.SECONDS);
    }
    try (Stream<Path> left = Files.list(parent)) {
      assertThat(left).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("executables")
  void anOutageKeepsThePortAndLosesTheData(Optional<Path> executable) throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(parent, executable)) {
      int port = redis.port();
      command(redis, "SET a 1");

      redis.stop();
      redis.stop();
      assertThatThrownBy(() -> command(redis, "GET a")).isInstanceOf(IOException.class);

      redis.restart();
      assertThat(redis.port()).isEqualTo(port);
      assertThat(command(redis, "GET a")).isEqualTo("$-1");
    }
  }

  @ParameterizedTest
  @MethodSource("executables")
  void takesFurtherOptions(Optional<Path> executable) throws Exception {
    try (EmbeddedRedis redis =
        EmbeddedRedis.start(parent, executable, "--requirepass", "secret", "--maxmemory", "5mb")) {
      assertThat(command(redis, "GET a")).startsWith("-NOAUTH");
      assertThat(command(redis, "AUTH secret")).isEqualTo("+OK");
    }
  }

  @Test
  void aFailedStartTellsWhatTheServerSaid() throws Exception {
    assertThatThrownBy(() -> EmbeddedRedis.start(parent, "--no-such-option", "1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no-such-option")
        .hasMessageContaining("exit code 1")
        .hasMessageContaining("install redis-server");
    try (Stream<Path> left = Files.list(parent)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aPortThatIsTakenDuringAnOutageIsAnErrorAndCanBeTriedAgain() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(parent)) {
      redis.stop();
      try (ServerSocket squatter = new ServerSocket()) {
        squatter.bind(Loopback.port(redis.port()));
        assertThatThrownBy(redis::restart)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("Address already in use")
            .hasMessageContaining(redis.address());
      }
      redis.restart();
      assertThat(command(redis, "PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void aMissingLibraryTellsWhatToInstall() throws Exception {
    // What the loader prints and returns where OpenSSL 3 is missing.
    Path executable =
        script(
            "echo 'redis-server: error while loading shared libraries: libssl.so.3: cannot open"
                + " shared object file: No such file or directory' >&2; exit 127");
    assertThatThrownBy(() -> EmbeddedRedis.start(parent, Optional.of(executable)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("libssl.so.3: cannot open")
        .hasMessageContaining("apt-get install libssl3");
  }

  @Test
  void anExecutableThatCannotRunIsAnError() throws Exception {
    Path executable = parent.resolve("missing");
    assertThatThrownBy(() -> EmbeddedRedis.start(parent, Optional.of(executable)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(executable.toString());
  }

  @Test
  void endsWhenItsJvmIsKilled() throws Exception {
    Process jvm =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName(),
                parent.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int port;
    try {
      port = Integer.parseInt(jvm.inputReader(StandardCharsets.US_ASCII).readLine());
      assertThat(command(port, "PING")).isEqualTo("+PONG");
    } finally {
      jvm.destroyForcibly();
    }
    Condition.await(
        () -> !answers(port),
        System.nanoTime() + Duration.ofSeconds(10).toNanos(),
        () -> "Redis outlived its JVM");
  }

  /** A JVM that starts Redis and never ends it. */
  static final class Owner {
    public static void main(String[] arguments) throws Exception {
      EmbeddedRedis redis = EmbeddedRedis.start(Path.of(arguments[0]));
      System.out.println(redis.port());
      Thread.currentThread().join();
    }
  }

  private Path script(String body) throws IOException {
    Path file = Files.writeString(parent.resolve("script"), "#!/bin/sh\n" + body + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  private static boolean answers(int port) {
    try {
      return command(port, "PING").equals("+PONG");
    } catch (IOException e) {
      return false;
    }
  }

  private static String command(EmbeddedRedis redis, String command) throws IOException {
    return command(redis.port(), command);
  }

  /** Sends one inline command and returns the first line of the answer. */
  private static String command(int port, String command) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(Loopback.port(port));
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      InputStream answer = socket.getInputStream();
      StringBuilder line = new StringBuilder();
      for (int c = answer.read(); c != '\r' && c != -1; c = answer.read()) {
        line.append((char) c);
      }
      return line.toString();
    }
  }
}
