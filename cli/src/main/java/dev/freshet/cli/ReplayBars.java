package dev.freshet.cli;

import dev.freshet.replay.run.Replay;

/** One bar after the other: sending, then ranking. */
final class ReplayBars implements Replay.Progress, AutoCloseable {

  private final Console console;
  private ProgressBar bar;
  private boolean ranking;
  private final PartialBars report;

  ReplayBars(Console console) {
    this.console = console;
    report = new PartialBars(console);
  }

  @Override
  public void fed(long records, long total) {
    if (bar == null) {
      bar = console.progress("Sending", "actions", total);
    }
    bar.update(records);
  }

  @Override
  public void ranked(long lists, long total) {
    if (!ranking) {
      close();
      ranking = true;
      bar = console.progress("Ranking", "lists", total);
    }
    bar.update(lists);
  }

  @Override
  public void reported(String part, String unit, long done, long total) {
    if (bar != null) {
      bar.close();
      bar = null;
    }
    report.update(part, unit, done, total);
    if (done == total) {
      report.close();
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
    report.close();
  }
}
