package dev.freshet.local;

import java.nio.file.Path;

/** Where Freshet keeps its logs and notes. */
public final class FreshetHome {

  private FreshetHome() {}

  /** The folder {@code .freshet} where the launcher is, else in the working directory. */
  public static Path folder() {
    return Path.of(System.getProperty("freshet.home", ""), ".freshet").toAbsolutePath();
  }

  /** What Flink, Kafka and Freshet itself log. */
  public static Path log() {
    return folder().resolve("logs").resolve("freshet.log");
  }
}
