package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessITCase {

  private static final Duration PATIENT = Duration.ofSeconds(60);

  @TempDir private Path folder;

  private ChildProcess start(String role, String trouble) throws Exception {
    return ChildProcess.start("test " + role, role, folder, List.of("-Xmx256m"), () -> trouble);
  }

  @Test
  void answersCommandsAgainAfterItWasStopped() throws Exception {
    try (ChildProcess child = start("generator", null)) {
      child.ask("usage", null, PATIENT);
      child.stop();
      assertThatThrownBy(() -> child.ask("usage", null, Duration.ofMillis(300)))
          .isInstanceOf(BenchException.class)
          .hasMessageContaining("did not answer 'usage'");
      child.carryOn();
      ProcessUsage.Taken taken =
          ChildProcess.as(child.ask("usage", null, PATIENT), ProcessUsage.Taken.class);
      assertThat(taken.seconds()).isPositive();
      assertThat(taken.cpuSeconds()).isPositive();
    }
  }

  @Test
  void aFailureIsReportedWithItsCauseAndLog() throws Exception {
    try (ChildProcess child = start("stowaway", null)) {
      assertThatThrownBy(() -> child.ask("usage", null, PATIENT))
          .isInstanceOf(BenchException.class)
          .hasMessageContaining("'test stowaway'")
          .hasMessageContaining("there is no role stowaway")
          .hasMessageContaining(child.log().toString());
      assertThat(Files.readString(child.log())).contains("IllegalArgumentException");
    }
  }

  @Test
  void aKilledProcessIsReportedWithItsLog() throws Exception {
    try (ChildProcess child = start("generator", null)) {
      child.ask("usage", null, PATIENT);
      ProcessHandle.of(child.pid()).orElseThrow().destroyForcibly();
      assertThatThrownBy(() -> child.awaitEvent("sent", PATIENT))
          .isInstanceOf(BenchException.class)
          .hasMessageContaining("ended with exit code 137")
          .hasMessageContaining(child.log().toString());
    }
  }

  @Test
  void waitingEndsWhenAnotherProcessFails() throws Exception {
    try (ChildProcess child = start("generator", "The process 'other' ended.")) {
      assertThatThrownBy(() -> child.awaitEvent("sent", PATIENT))
          .isInstanceOf(BenchException.class)
          .hasMessage("The process 'other' ended.");
    }
  }

  @Test
  void aStoppedProcessEndsToo() throws Exception {
    ChildProcess child = start("generator", null);
    child.ask("usage", null, PATIENT);
    ProcessHandle process = ProcessHandle.of(child.pid()).orElseThrow();
    child.stop();
    child.close();
    assertThat(process.isAlive()).isFalse();
  }
}
