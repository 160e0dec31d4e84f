package dev.freshet.config;

/** Which time orders the actions. */
public enum TimeSource {
  /** The action's own: when it happened, by the producer's clock. */
  EVENT,
  /** Kafka's record time, for producers with bad clocks. */
  RECORD
}
