package dev.freshet.jobs.checkpoint;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStateToolset;
import org.apache.flink.runtime.state.CheckpointStorage;
import org.apache.flink.runtime.state.CheckpointStorageAccess;
import org.apache.flink.runtime.state.CheckpointStorageFactory;
import org.apache.flink.runtime.state.CheckpointStorageLocation;
import org.apache.flink.runtime.state.CheckpointStorageLocationReference;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.CompletedCheckpointStorageLocation;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;

/**
 * Flink's own checkpoint storage with paced writes. A checkpoint has half a minute until the next
 * one; a client that waits for a list does not have that time. At full speed the checkpoint threads
 * would take a whole processor. As long as that lasts, a job that needs more than the remaining
 * processors falls behind.
 */
public final class PacedCheckpointStorage implements CheckpointStorage {

  private static final long serialVersionUID = 1;

  /**
   * Divisor of the checkpoint interval: for this part of it, a checkpoint is written at a limited
   * pace.
   */
  private static final int PART_OF_INTERVAL = 3;

  /**
   * Prefix of the names that only Flink's threads for the asynchronous part of checkpoints have.
   */
  private static final String ASYNCHRONOUS = "AsyncOperations";

  private final CheckpointStorage storage;
  private final long longestNanos;

  private PacedCheckpointStorage(CheckpointStorage storage, Duration interval) {
    this.storage = storage;
    this.longestNanos = interval.toNanos() / PART_OF_INTERVAL;
  }

  /** Creates the storage as {@code execution.checkpointing.storage} requests. */
  public static final class Factory implements CheckpointStorageFactory<PacedCheckpointStorage> {

    /** Creates a storage in files if a directory is configured, else in the JobManager's memory. */
    @Override
    public PacedCheckpointStorage createFromConfig(ReadableConfig config, ClassLoader loader) {
      CheckpointStorage storage =
          config.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY).isPresent()
              ? FileSystemCheckpointStorage.createFromConfig(config, loader)
              : JobManagerCheckpointStorage.createFromConfig(config, loader);
      Duration interval =
          config.getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL).orElse(Duration.ZERO);
      return new PacedCheckpointStorage(storage, interval);
    }
  }

  @Override
  public CompletedCheckpointStorageLocation resolveCheckpoint(String pointer) throws IOException {
    return storage.resolveCheckpoint(pointer);
  }

  @Override
  public CheckpointStorageAccess createCheckpointStorage(JobID job) throws IOException {
    return new Access(storage.createCheckpointStorage(job), longestNanos);
  }

  /** Returns whether a thread may pause. A task's own thread may not: it ranks. */
  static boolean mayRest(Thread thread) {
    return thread.getName().startsWith(ASYNCHRONOUS);
  }

  private record Access(CheckpointStorageAccess access, long longestNanos)
      implements CheckpointStorageAccess {

    @Override
    public CheckpointStreamFactory resolveCheckpointStorageLocation(
        long checkpoint, CheckpointStorageLocationReference reference) throws IOException {
      return new Streams(
          access.resolveCheckpointStorageLocation(checkpoint, reference),
          System.nanoTime() + longestNanos);
    }

    @Override
    public CheckpointStateOutputStream createTaskOwnedStateStream() throws IOException {
      return access.createTaskOwnedStateStream();
    }

    @Override
    public CheckpointStateToolset createTaskOwnedCheckpointStateToolset() {
      return access.createTaskOwnedCheckpointStateToolset();
    }

    @Override
    public boolean supportsHighlyAvailableStorage() {
      return access.supportsHighlyAvailableStorage();
    }

    @Override
    public boolean hasDefaultSavepointLocation() {
      return access.hasDefaultSavepointLocation();
    }

    @Override
    public CompletedCheckpointStorageLocation resolveCheckpoint(String pointer) throws IOException {
      return access.resolveCheckpoint(pointer);
    }

    @Override
    public void initializeBaseLocationsForCheckpoint() throws IOException {
      access.initializeBaseLocationsForCheckpoint();
    }

    @Override
    public CheckpointStorageLocation initializeLocationForCheckpoint(long checkpoint)
        throws IOException {
      return access.initializeLocationForCheckpoint(checkpoint);
    }

    @Override
    public CheckpointStorageLocation initializeLocationForSavepoint(
        long checkpoint, String location) throws IOException {
      return access.initializeLocationForSavepoint(checkpoint, location);
    }
  }

  /**
   * Creates the streams in which one task writes one checkpoint.
   *
   * @param end time from which on writes are no longer paced, as of {@link System#nanoTime}
   */
  private record Streams(CheckpointStreamFactory streams, long end)
      implements CheckpointStreamFactory {

    @Override
    public CheckpointStateOutputStream createCheckpointStateOutputStream(
        CheckpointedStateScope scope) throws IOException {
      CheckpointStateOutputStream stream = streams.createCheckpointStateOutputStream(scope);
      return mayRest(Thread.currentThread())
          ? new PacedStream(stream, Pace.shared().begin(end))
          : stream;
    }

    @Override
    public boolean canFastDuplicate(StreamStateHandle handle, CheckpointedStateScope scope)
        throws IOException {
      return streams.canFastDuplicate(handle, scope);
    }

    @Override
    public List<StreamStateHandle> duplicate(
        List<StreamStateHandle> handles, CheckpointedStateScope scope) throws IOException {
      return streams.duplicate(handles, scope);
    }

    @Override
    public void reusePreviousStateHandle(Collection<? extends StreamStateHandle> handles) {
      streams.reusePreviousStateHandle(handles);
    }

    @Override
    public boolean couldReuseStateHandle(StreamStateHandle handle) {
      return streams.couldReuseStateHandle(handle);
    }
  }
}
