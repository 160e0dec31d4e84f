package dev.freshet.cli;

import java.io.PrintWriter;

/** Says on the console what takes its time: moving on a terminal, in plain lines elsewhere. */
public final class Console {

  private final PrintWriter out;
  private final boolean terminal = System.console() != null;
  private final long start = System.nanoTime();

  /**
   * @param out where it is printed
   */
  public Console(PrintWriter out) {
    this.out = out;
  }

  /** A part of the embedded stack is being started. */
  public void starting(String part) {
    out.print((terminal ? "\r\033[K" : "") + "Starting " + part + " ..." + (terminal ? "" : "\n"));
    out.flush();
  }

  /** All parts run. */
  public void started() {
    out.printf(
        "%sStarted in %.1f s%n", terminal ? "\r\033[K" : "", (System.nanoTime() - start) / 1e9);
    out.flush();
  }

  ProgressBar progress(String label, String unit, long total) {
    return progress(label, unit, total, System.nanoTime());
  }

  /**
   * @param startNanos {@link System#nanoTime} when it began
   */
  ProgressBar progress(String label, String unit, long total, long startNanos) {
    return new ProgressBar(out, terminal, label, unit, total, startNanos);
  }
}
