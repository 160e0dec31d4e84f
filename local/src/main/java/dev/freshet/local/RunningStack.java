package dev.freshet.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Addresses of the embedded stack that runs on this machine, so that other commands find it without
 * being told: kept in a file while it runs.
 *
 * @param pid process that runs it
 * @param kafka bootstrap servers
 * @param redis host:port
 * @param dashboard address of Flink's dashboard
 */
public record RunningStack(long pid, String kafka, String redis, String dashboard) {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static Path file() {
    return FreshetHome.folder().resolve("stack.json");
  }

  /** Announces a stack of this process; closing the result takes it back. */
  public static AutoCloseable announce(EmbeddedStack stack) throws Exception {
    RunningStack running =
        new RunningStack(
            ProcessHandle.current().pid(), stack.kafka(), stack.redis(), stack.flink().dashboard());
    Files.createDirectories(file().getParent());
    JSON.writeValue(file().toFile(), running);
    return () -> Files.deleteIfExists(file());
  }

  /** The stack that runs now, if one does. */
  public static Optional<RunningStack> find() {
    if (!Files.exists(file())) {
      return Optional.empty();
    }
    try {
      RunningStack running = JSON.readValue(file().toFile(), RunningStack.class);
      boolean alive = ProcessHandle.of(running.pid()).map(ProcessHandle::isAlive).orElse(false);
      return alive ? Optional.of(running) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // half written or of another version: as good as none
    }
  }
}
