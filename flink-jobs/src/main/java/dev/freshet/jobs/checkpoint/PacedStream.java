package dev.freshet.jobs.checkpoint;

import dev.freshet.yaml.Nullable;
import java.io.IOException;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.StreamStateHandle;

/** Writes a part of a checkpoint, and rests every now and then. */
final class PacedStream extends CheckpointStateOutputStream {

  /** A fraction of a millisecond's work. */
  private static final int STEP_BYTES = 1 << 13;

  private final CheckpointStateOutputStream stream;
  private final Pace.Worker worker;
  private int sinceRest;

  PacedStream(CheckpointStateOutputStream stream, Pace.Worker worker) {
    this.stream = stream;
    this.worker = worker;
  }

  @Override
  public void write(int single) throws IOException {
    stream.write(single);
    restAfter(1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    stream.write(bytes, from, length);
    restAfter(length);
  }

  private void restAfter(int written) {
    sinceRest += written;
    if (sinceRest >= STEP_BYTES) {
      sinceRest = 0;
      worker.rest();
    }
  }

  @Override
  public long getPos() throws IOException {
    return stream.getPos();
  }

  @Override
  public void flush() throws IOException {
    stream.flush();
  }

  @Override
  public void sync() throws IOException {
    stream.sync();
  }

  @Override
  public @Nullable StreamStateHandle closeAndGetHandle() throws IOException {
    worker.over();
    return stream.closeAndGetHandle();
  }

  @Override
  public void close() throws IOException {
    worker.over();
    stream.close();
  }
}
