package dev.freshet.features.redis;

/** How features lie in Redis. */
public enum StoreLayout {
  /** Compact, and right as of the time of the read: docs/feature-store-layout.md. */
  PACKED,
  /** As Feast's SDK reads them, right as of the last write: docs/feast-layout.md. */
  FEAST
}
