package dev.freshet.jobs.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStorageAccess;
import org.apache.flink.runtime.state.CheckpointStorageLocationReference;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory.MemoryCheckpointOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PacedStreamTest {

  private long now;

  @Test
  void restsNowAndThenAndWritesAll() throws IOException {
    AtomicInteger rests = new AtomicInteger();
    Pace pace =
        new Pace(
            () -> now,
            () -> now++, // works whenever it is looked at
            nanos -> {
              rests.incrementAndGet();
              now += nanos;
            });
    PacedStream stream =
        new PacedStream(new MemoryCheckpointOutputStream(1 << 20), pace.begin(Long.MAX_VALUE / 2));
    byte[] written = new byte[40_000];
    for (int at = 0; at < written.length; at++) {
      written[at] = (byte) (at * 31);
    }

    stream.write(written, 0, 1_000);
    assertThat(rests).hasValue(0);
    for (int at = 1_000; at < 20_000; at += 1_000) {
      stream.write(written, at, 1_000);
    }
    int few = rests.get();
    for (int at = 20_000; at < 40_000; at++) {
      stream.write(written[at]);
    }

    assertThat(few).isEqualTo(2);
    assertThat(rests).hasValue(4);
    assertThat(stream.getPos()).isEqualTo(40_000);
    try (InputStream in = stream.closeAndGetHandle().openInputStream()) {
      assertThat(in.readAllBytes()).isEqualTo(written);
    }
  }

  @Test
  void onlyThreadsOfTheAsynchronousPhaseArePaced(@TempDir Path folder) throws Exception {
    Configuration files = new Configuration();
    files.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toUri().toString());
    for (Configuration configuration : new Configuration[] {files, new Configuration()}) {
      CheckpointStorageAccess access =
          new PacedCheckpointStorage.Factory()
              .createFromConfig(configuration, getClass().getClassLoader())
              .createCheckpointStorage(new JobID());
      assertThat(stream(access, "rank (1/1)#0")).isNotInstanceOf(PacedStream.class);
      assertThat(stream(access, "AsyncOperations-thread-1")).isInstanceOf(PacedStream.class);
    }
  }

  private static CheckpointStateOutputStream stream(CheckpointStorageAccess access, String thread) {
    CompletableFuture<CheckpointStateOutputStream> made = new CompletableFuture<>();
    new Thread(
            () -> {
              try {
                made.complete(
                    access
                        .resolveCheckpointStorageLocation(
                            1, CheckpointStorageLocationReference.getDefault())
                        .createCheckpointStateOutputStream(CheckpointedStateScope.EXCLUSIVE));
              } catch (IOException e) {
                made.completeExceptionally(e);
              }
            },
            thread)
        .start();
    return made.join();
  }
}
