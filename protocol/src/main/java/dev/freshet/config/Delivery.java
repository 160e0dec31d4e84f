package dev.freshet.config;

/** How recommendations are delivered to Kafka. */
public enum Delivery {
  /** At once; after a crash some come a second time, with the same id. */
  AT_LEAST_ONCE,
  /** In transactions: visible to a reader of committed records after the next checkpoint. */
  EXACTLY_ONCE
}
