package dev.freshet.bench;

/**
 * Whether a rate was kept up with, by how many actions were sent but not answered.
 *
 * @param halfway of a window
 * @param atEnd when the last action was sent
 */
record Backlog(long halfway, long atEnd) {

  /**
   * Whether no more than what comes within a second waited, beside what has to wait for its delay.
   * Otherwise the job was falling behind, or had been and was catching up: either way latencies
   * measure the backlog instead of the rate.
   *
   * @param rate actions a second
   * @param delaySeconds that each answer has to wait
   */
  boolean sustained(double rate, double delaySeconds) {
    return Math.max(halfway, atEnd) <= rate * (1 + delaySeconds);
  }
}
