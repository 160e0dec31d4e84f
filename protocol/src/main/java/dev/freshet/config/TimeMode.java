package dev.freshet.config;

/** What moves the watermark. */
public enum TimeMode {
  /** The wall clock, as soon as the backlog is read. */
  LIVE,
  /** The data alone: the same data give the same result, at any speed. */
  REPLAY
}
