package dev.freshet.features.redis;

/** How features lie in Redis. */
public enum StoreLayout {
  /** Compact, and right as of the time of the read: docs/feature-store-layout.md. */
  PACKED,
  /**
   * The layout that Feast's SDK reads; values are right as of the last write. See
   * docs/feast-layout.md.
   */
  FEAST
}
