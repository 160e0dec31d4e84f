package dev.freshet.local.bench;

/**
 * Whether a rate was kept up with, by how many actions were sent but not answered.
 *
 * @param halfway of a window
 * @param atEnd when the last action was sent
 */
record Backlog(long halfway, long atEnd) {

  /**
   * Not if more than a second's actions were waiting at the end, and more than half a window
   * earlier: then the job was falling behind. A pause of the machine alone isn't counted as that,
   * unless it is long and comes last.
   */
  boolean sustained(double rate) {
    return atEnd <= rate || atEnd <= halfway;
  }
}
