package dev.freshet.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Addresses of the embedded stack that runs on this machine. They are kept in a file while it runs,
 * so that other commands find it without an option.
 *
 * @param pid process that runs it
 * @param kafka bootstrap servers
 * @param redis host:port
 * @param dashboard address of Flink's dashboard
 */
public record RunningStack(long pid, String kafka, String redis, String dashboard) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ENDING = ".json";

  /** Announces a stack of this process; closing the result withdraws the announcement. */
  public static AutoCloseable announce(String kafka, String redis, String dashboard)
      throws IOException {
    RunningStack running = new RunningStack(ProcessHandle.current().pid(), kafka, redis, dashboard);
    Path file = folder().resolve(running.pid + ENDING);
    Files.createDirectories(folder());
    JSON.writeValue(file.toFile(), running);
    return () -> Files.deleteIfExists(file);
  }

  /** The stack that was started last of those that run now. */
  public static Optional<RunningStack> find() {
    if (!Files.isDirectory(folder())) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(folder())) {
      return files
          .filter(file -> file.toString().endsWith(ENDING))
          .sorted(Comparator.comparing((Path file) -> file.toFile().lastModified()).reversed())
          .map(RunningStack::read)
          .flatMap(Optional::stream)
          .filter(RunningStack::alive)
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + folder(), e);
    }
  }

  private static Path folder() {
    return FreshetHome.folder().resolve("running");
  }

  private boolean alive() {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  private static Optional<RunningStack> read(Path file) {
    try {
      return Optional.of(JSON.readValue(file.toFile(), RunningStack.class));
    } catch (IOException e) {
      return Optional.empty(); // half written, gone, or of another version: as good as none
    }
  }
}
