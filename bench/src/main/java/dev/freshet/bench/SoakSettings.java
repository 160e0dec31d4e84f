package dev.freshet.bench;

/**
 * What {@code bench soak} does.
 *
 * @param hours that count
 * @param rate actions a second
 * @param warmUpSeconds before: until every user and item has been seen, and what is remembered for
 *     a time is forgotten as fast as it comes
 * @param everySeconds between two samples
 * @param history actions before the measurement
 */
public record SoakSettings(
    double hours,
    double rate,
    String maxDelay,
    int candidates,
    int items,
    int users,
    int parallelism,
    double warmUpSeconds,
    double everySeconds,
    int history) {

  /** How long the blocks are that a line is fitted to. */
  double secondsOfABlock() {
    return hours * 3_600 / Trend.MOST_BLOCKS;
  }

  double seconds() {
    return warmUpSeconds + hours * 3_600;
  }
}
