package dev.freshet.config;

/** How recommendations are delivered to Kafka. */
public enum Delivery {
  /** Records are sent at once; after a crash some come a second time, with the same id. */
  AT_LEAST_ONCE,
  /**
   * Records are sent in transactions: a reader of committed records sees them after the next
   * checkpoint.
   */
  EXACTLY_ONCE
}
