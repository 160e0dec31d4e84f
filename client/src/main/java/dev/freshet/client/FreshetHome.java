package dev.freshet.client;

import java.nio.file.Path;

/** Which Freshet this is, and where it keeps its logs and notes. */
public final class FreshetHome {

  /** The version that {@code --version} and reports show. */
  public static final String VERSION = "0.1.0";

  private FreshetHome() {}

  /** The folder {@code .freshet} where the launcher is, else in the working directory. */
  public static Path folder() {
    return project().resolve(".freshet");
  }

  /** Where the launcher is, and with it the project; else the working directory. */
  public static Path project() {
    return Path.of(System.getProperty("freshet.home", "")).toAbsolutePath();
  }

  /** What Flink, Kafka and Freshet itself log. */
  public static Path log() {
    return folder().resolve("logs").resolve("freshet.log");
  }
}
