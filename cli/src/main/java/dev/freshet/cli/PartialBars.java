package dev.freshet.cli;

import dev.freshet.client.feature.FeatureCheck;
import java.time.Duration;

/** Shows how far a check has come, of the parts that take more than a moment. */
final class PartialBars implements FeatureCheck.Progress, AutoCloseable {

  private static final long MOMENT_NANOS = Duration.ofSeconds(1).toNanos();

  private final Console console;
  private String part = "";
  private long start;
  private ProgressBar bar;

  PartialBars(Console console) {
    this.console = console;
  }

  @Override
  public void update(String newPart, String unit, long done, long total) {
    if (!newPart.equals(part)) {
      close();
      part = newPart;
      start = System.nanoTime();
    }
    if (bar == null && done < total && System.nanoTime() - start > MOMENT_NANOS) {
      bar = console.progress(part, unit, total, start);
    }
    if (bar != null) {
      bar.update(done);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
