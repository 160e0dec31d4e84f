package dev.freshet.config;

import java.io.Serializable;

/**
 * What time means.
 *
 * @param source which time orders the actions
 * @param mode what moves the watermark
 */
public record TimeConfig(TimeSource source, TimeMode mode) implements Serializable {
  static TimeConfig defaults() {
    return new TimeConfig(TimeSource.EVENT, TimeMode.LIVE);
  }
}
