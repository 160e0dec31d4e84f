package dev.freshet.features.redis;

/** The kinds of Redis, by how clients find the server of a key. */
public enum RedisTopology {
  /** One server. */
  STANDALONE,
  /**
   * A Redis Cluster: the keys are spread over several masters, which redirect clients to the right
   * one.
   */
  CLUSTER,
  /** One master, which sentinels watch and replace; clients ask them for its address. */
  SENTINEL
}
