package dev.freshet.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows how far something has come: a bar that moves on a terminal, a line every few seconds
 * elsewhere. Not thread safe.
 */
final class ProgressBar implements AutoCloseable {

  private static final int WIDTH = 30;
  private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
  private static final long LINE_NANOS = Duration.ofSeconds(5).toNanos();

  private final PrintWriter out;
  private final boolean terminal;
  private final String label;
  private final String unit;
  private final long total;
  private final long start;
  private long shown = System.nanoTime();
  private long done;

  ProgressBar(
      PrintWriter out, boolean terminal, String label, String unit, long total, long startNanos) {
    this.out = out;
    this.terminal = terminal;
    this.label = label;
    this.unit = unit;
    this.total = total;
    start = startNanos;
  }

  void update(long done) {
    this.done = done;
    long now = System.nanoTime();
    if (now - shown >= (terminal ? REDRAW_NANOS : LINE_NANOS)) {
      shown = now;
      show(now);
    }
  }

  private void show(long now) {
    double share = total == 0 ? 1 : Math.min(1, (double) done / total);
    double seconds = Math.max(1e-3, (now - start) / 1e9);
    String text =
        String.format(
            Locale.ROOT,
            "%-10s %3.0f%%  %,d of %,d %s  %,.0f/s",
            label,
            100 * share,
            done,
            total,
            unit,
            done / seconds);
    if (terminal) {
      int filled = (int) Math.round(share * WIDTH);
      out.print("\r[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + text + "\033[K");
    } else {
      out.println(text);
    }
    out.flush();
  }

  /** Shows the end and leaves the line. */
  @Override
  public void close() {
    show(System.nanoTime());
    if (terminal) {
      out.println();
      out.flush();
    }
  }
}
