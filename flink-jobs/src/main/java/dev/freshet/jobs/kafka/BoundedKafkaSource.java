package dev.freshet.jobs.kafka;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;

/**
 * A bounded {@link KafkaSource} that also ends after a restore. The connector (5.0.0) signals that
 * no more partitions will come only right after it has discovered them. Restored from a checkpoint,
 * it has nothing to discover, and a replay would wait for ever at its end.
 *
 * <p>When watermarks are aligned, the source waits as a whole, not partition by partition. The
 * connector fails when it has to pause a partition that it has read to the end.
 */
final class BoundedKafkaSource<T> extends ForwardingSource<T> {

  private static final long serialVersionUID = 1;

  BoundedKafkaSource(KafkaSource<T> source) {
    super(source);
  }

  @Override
  public SourceReader<T, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    return new ForwardingReader<>(super.createReader(context)) {
      @Override
      public void pauseOrResumeSplits(Collection<String> paused, Collection<String> resumed) {
        // The whole reader waits.
      }
    };
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
      throws IOException {
    SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> enumerator =
        super.restoreEnumerator(context, state);
    return state.initialDiscoveryFinished() ? new AllDiscovered(enumerator, context) : enumerator;
  }

  /** Assigns to a reader the partitions that are left for it, and signals that no more follow. */
  private record AllDiscovered(
      SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> enumerator,
      SplitEnumeratorContext<KafkaPartitionSplit> context)
      implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {

    @Override
    public void start() {
      enumerator.start();
    }

    @Override
    public void handleSplitRequest(int subtask, String host) {
      enumerator.handleSplitRequest(subtask, host);
    }

    @Override
    public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {
      enumerator.addSplitsBack(splits, subtask);
    }

    @Override
    public void addReader(int subtask) {
      enumerator.addReader(subtask);
      context.signalNoMoreSplits(subtask);
    }

    @Override
    public KafkaSourceEnumState snapshotState(long checkpoint) throws Exception {
      return enumerator.snapshotState(checkpoint);
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) throws Exception {
      enumerator.notifyCheckpointComplete(checkpoint);
    }

    @Override
    public void close() throws IOException {
      enumerator.close();
    }
  }
}
