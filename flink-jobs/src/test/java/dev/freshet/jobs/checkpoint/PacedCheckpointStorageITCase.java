package dev.freshet.jobs.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.jobs.flow.VariableLengthSerializer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** In a real job, as what Flink calls its threads is nobody's promise. */
class PacedCheckpointStorageITCase {

  @RegisterExtension static final MiniClusterExtension FLINK = new MiniClusterExtension();

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Whether each thread that wrote keyed state may rest. */
  private static final Set<Boolean> WRITERS = ConcurrentHashMap.newKeySet();

  /** A number, of which is known who wrote it. */
  static final class Number extends VariableLengthSerializer<Long> {
    private static final long serialVersionUID = 1;

    @Override
    public boolean isImmutableType() {
      return true;
    }

    @Override
    public Long createInstance() {
      return 0L;
    }

    @Override
    public Long copy(Long from) {
      return from;
    }

    @Override
    public void serialize(Long number, DataOutputView target) throws IOException {
      WRITERS.add(PacedCheckpointStorage.mayRest(Thread.currentThread()));
      target.writeLong(number);
    }

    @Override
    public Long deserialize(DataInputView source) throws IOException {
      return source.readLong();
    }

    @Override
    public TypeSerializerSnapshot<Long> snapshotConfiguration() {
      return new Snapshot();
    }

    /** Tells a checkpoint how to read it. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Long> {
      public Snapshot() {
        super(Number::new);
      }
    }
  }

  /** Keeps the last number of each key. */
  private static final class Last extends RichMapFunction<Long, Long> {
    private static final long serialVersionUID = 1;
    private transient ValueState<Long> last;

    @Override
    public void open(OpenContext context) {
      last = getRuntimeContext().getState(new ValueStateDescriptor<>("last", new Number()));
    }

    @Override
    public Long map(Long number) throws IOException {
      last.update(number);
      return number;
    }
  }

  @Test
  void whoWritesStateIsAThreadThatMayRest(@TempDir Path folder) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
    configuration.set(
        CheckpointingOptions.CHECKPOINT_STORAGE, PacedCheckpointStorage.Factory.class.getName());
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toUri().toString());
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.fromSequence(0, Long.MAX_VALUE)
        .keyBy(number -> number % 1_000)
        .map(new Last())
        .sinkTo(new DiscardingSink<>());

    JobClient job = env.executeAsync();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (WRITERS.isEmpty() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    job.cancel().get();

    assertThat(WRITERS).containsExactly(true);
  }
}
