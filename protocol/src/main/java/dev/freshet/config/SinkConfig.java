package dev.freshet.config;

import java.io.Serializable;

/**
 * How results are written.
 *
 * @param redisMaxPending entities waiting to be written to Redis before the job is slowed down
 * @param redisBatch entities written in one round trip; not more than {@code redisMaxPending}
 * @param delivery how recommendations are delivered to Kafka
 */
public record SinkConfig(int redisMaxPending, int redisBatch, Delivery delivery)
    implements Section, Serializable {
  static SinkConfig defaults() {
    return new SinkConfig(50_000, 500, Delivery.AT_LEAST_ONCE);
  }

  @Override
  public void check(Check check) {
    check.range("redis-max-pending", redisMaxPending, 1, 10_000_000);
    check.range("redis-batch", redisBatch, 1, 10_000);
    check.require(
        redisBatch <= redisMaxPending,
        "redis-batch " + redisBatch + " is more than redis-max-pending " + redisMaxPending,
        "Lower sink.redis-batch or raise sink.redis-max-pending.",
        "redis-batch",
        "redis-max-pending");
  }
}
