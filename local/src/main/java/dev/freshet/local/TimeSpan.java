package dev.freshet.local;

/**
 * A time in which something went on.
 *
 * @param fromMillis since 1970-01-01T00:00:00Z
 * @param millis how long it lasted
 */
public record TimeSpan(long fromMillis, long millis) {

  public long toMillis() {
    return fromMillis + millis;
  }
}
