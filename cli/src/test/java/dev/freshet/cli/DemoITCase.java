package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user runs it, in a process of its own: starts, answers and ends clean. */
class DemoITCase {

  private static final Duration PATIENT = Duration.ofMinutes(3);

  @TempDir private Path folder;

  private Process start(String... options) throws IOException {
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // What Flink opens, as this test's own JVM runs with it.
    command.addAll(
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> argument.startsWith("--add-"))
            .toList());
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:TieredStopAtLevel=1",
            "-Dfreshet.home=" + folder,
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            Freshet.class.getName(),
            "demo",
            "--rate",
            "50"));
    command.addAll(List.of(options));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output().toFile())
        .start();
  }

  private Path output() {
    return folder.resolve("output.txt");
  }

  private String printed() throws IOException {
    return Files.readString(output(), StandardCharsets.UTF_8);
  }

  private void assertNothingIsLeft() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("tmp"))) {
      assertThat(files.filter(file -> file.getFileName().toString().startsWith("freshet-")))
          .isEmpty();
    }
    assertThat(folder.resolve(".freshet").resolve("running")).isEmptyDirectory();
  }

  @Test
  void answersTheShoppersAndEndsAfterTheGivenTime() throws Exception {
    Process demo = start("--duration", "12s");
    try {
      assertThat(demo.waitFor(PATIENT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(demo.exitValue()).withFailMessage(this::unread).isZero();
      // A line of the last seconds: recommendations come back, and no record is refused.
      assertThat(printed())
          .containsPattern("0:12 +\\d+ actions/s +[1-9]\\d* recommendations/s.* dead letters 0");
      assertNothingIsLeft();
    } finally {
      demo.destroyForcibly();
    }
  }

  @Test
  void aSignalEndsItAndLeavesNothingBehind() throws Exception {
    Process demo = start();
    try {
      long deadline = System.nanoTime() + PATIENT.toNanos();
      while (!printed().contains(" recommendations/s")) {
        assertThat(demo.waitFor(100, TimeUnit.MILLISECONDS))
            .withFailMessage(this::unread)
            .isFalse();
        assertThat(System.nanoTime()).isLessThan(deadline);
      }
      demo.destroy();
      assertThat(demo.waitFor(PATIENT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertNothingIsLeft();
    } finally {
      demo.destroyForcibly();
    }
  }

  private String unread() {
    try {
      return printed();
    } catch (IOException e) {
      return e.toString();
    }
  }
}
