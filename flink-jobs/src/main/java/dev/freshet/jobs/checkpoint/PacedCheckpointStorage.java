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
 * Flink's own storage of checkpoints, which is written without hurry: a checkpoint has half a
 * minute until the next, and whoever waits for a list has not. At full speed its threads would take
 * a whole processor, and for as long as that lasts a job that needs more than the others have left
 * falls behind by what is missing.
 */
public final class PacedCheckpointStorage implements CheckpointStorage {

  private static final long serialVersionUID = 1;

  /** For so much of the time between two checkpoints one may be written without hurry. */
  private static final int PART_OF_INTERVAL = 3;

  /** What only Flink's threads for the asynchronous part of checkpoints are called. */
  private static final String ASYNCHRONOUS = "AsyncOperations";

  private final CheckpointStorage storage;
  private final long longestNanos;

  private PacedCheckpointStorage(CheckpointStorage storage, Duration interval) {
    this.storage = storage;
    this.longestNanos = interval.toNanos() / PART_OF_INTERVAL;
  }

  /** Makes one as {@code execution.checkpointing.storage} asks for. */
  public static final class Factory implements CheckpointStorageFactory<PacedCheckpointStorage> {

    /** In files if a directory is configured, else in the JobManager's memory. */
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

  /** Not a task's own thread: it ranks. */
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
   * What one task writes of one checkpoint.
   *
   * @param end from when on there is a hurry, as of {@link System#nanoTime}
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
