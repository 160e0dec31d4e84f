package dev.freshet.bench;

import java.util.Locale;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;

/** Where a Flink job keeps its state while it runs. */
public enum StateBackend {
  /** As objects on the heap. */
  HASHMAP,
  /** As bytes in RocksDB, on disk as far as memory doesn't hold it. */
  ROCKSDB;

  /** What Flink calls it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  void choose(Configuration job) {
    job.set(StateBackendOptions.STATE_BACKEND, label());
  }
}
