package dev.freshet.jobs.rank;

import dev.freshet.jobs.input.Decoded;
import dev.freshet.schema.DeadLetter;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A topic whose partitions are lists: read a few events at a time, with pauses in which watermarks
 * come, and as far as the {@link Feed} of the run lets them be read.
 *
 * @param <T> event, a POJO
 */
final class ListSource<T>
    implements Source<Decoded<T>, ListSource.Split, Boolean>, ResultTypeQueryable<Decoded<T>> {

  private static final long serialVersionUID = 1;

  private static final int EVENTS_AT_A_TIME = 1;
  private static final long PAUSE_MILLIS = 1;

  private final Class<T> type;
  private final String run;

  /**
   * @param run name of a {@link Feed}
   */
  ListSource(Class<T> type, String run) {
    this.type = type;
    this.run = run;
  }

  /** A partition, and how many of its events have been read. */
  record Split(int partition, int next) implements SourceSplit {
    @Override
    public String splitId() {
      return Integer.toString(partition);
    }
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  @SuppressWarnings({"unchecked", "rawtypes"}) // a class literal has no type argument
  public TypeInformation<Decoded<T>> getProducedType() {
    return (TypeInformation)
        Types.POJO(
            Decoded.class,
            Map.of(
                "value",
                TypeInformation.of(type),
                "deadLetter",
                TypeInformation.of(DeadLetter.class)));
  }

  @Override
  public SourceReader<Decoded<T>, Split> createReader(SourceReaderContext context) {
    return new Reader();
  }

  @Override
  public SplitEnumerator<Split, Boolean> createEnumerator(SplitEnumeratorContext<Split> context) {
    return new Enumerator(context, Feed.of(run).partitions(type).size());
  }

  @Override
  public SplitEnumerator<Split, Boolean> restoreEnumerator(
      SplitEnumeratorContext<Split> context, Boolean assigned) {
    return new Enumerator(context, assigned ? 0 : Feed.of(run).partitions(type).size());
  }

  @Override
  public SimpleVersionedSerializer<Split> getSplitSerializer() {
    return new SplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<Boolean> getEnumeratorCheckpointSerializer() {
    return new BooleanSerializer();
  }

  /** Reads its partitions in turn. */
  private final class Reader implements SourceReader<Decoded<T>, Split> {

    private final Map<String, Integer> next = new HashMap<>();
    private final Map<String, SourceOutput<Decoded<T>>> outputs = new HashMap<>();
    private final Feed feed = Feed.of(run);
    private final List<List<T>> partitions = feed.partitions(type);
    private boolean all;

    @Override
    public void start() {}

    @Override
    public void addSplits(List<Split> splits) {
      splits.forEach(split -> next.put(split.splitId(), split.next()));
    }

    @Override
    public void notifyNoMoreSplits() {
      all = true;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Decoded<T>> output) {
      if (!all) {
        return InputStatus.NOTHING_AVAILABLE;
      }
      // All at once, or the first would be taken for all there is.
      next.keySet().forEach(id -> outputs.computeIfAbsent(id, output::createOutputForSplit));
      boolean waits = false;
      for (Map.Entry<String, Integer> split : next.entrySet()) {
        List<T> events = partitions.get(Integer.parseInt(split.getKey()));
        for (int count = 0; count < EVENTS_AT_A_TIME && split.getValue() < events.size(); count++) {
          if (!feed.allows(split.getValue(), events.size())) {
            waits = true;
            break;
          }
          Decoded<T> decoded = new Decoded<>();
          decoded.value = events.get(split.getValue());
          outputs.get(split.getKey()).collect(decoded);
          split.setValue(split.getValue() + 1);
          feed.read();
        }
        waits |= split.getValue() < events.size();
      }
      return waits ? InputStatus.NOTHING_AVAILABLE : InputStatus.END_OF_INPUT;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return new CompletableFuture<Void>()
          .completeOnTimeout(null, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public List<Split> snapshotState(long checkpoint) {
      return next.entrySet().stream()
          .map(split -> new Split(Integer.parseInt(split.getKey()), split.getValue()))
          .toList();
    }

    @Override
    public void close() {}
  }

  /** Deals the partitions out to the readers, once. */
  private static final class Enumerator implements SplitEnumerator<Split, Boolean> {

    private final SplitEnumeratorContext<Split> context;
    private final int partitions;

    Enumerator(SplitEnumeratorContext<Split> context, int partitions) {
      this.context = context;
      this.partitions = partitions;
    }

    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, String host) {}

    @Override
    public void addSplitsBack(List<Split> splits, int subtask) {
      throw new IllegalStateException("Runs go on from savepoints alone");
    }

    @Override
    public void addReader(int subtask) {
      for (int partition = 0; partition < partitions; partition++) {
        if (partition % context.currentParallelism() == subtask) {
          context.assignSplit(new Split(partition, 0), subtask);
        }
      }
      context.signalNoMoreSplits(subtask);
    }

    @Override
    public Boolean snapshotState(long checkpoint) {
      return true;
    }

    @Override
    public void close() {}
  }

  private static final class SplitSerializer implements SimpleVersionedSerializer<Split> {

    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Split split) {
      return ByteBuffer.allocate(2 * Integer.BYTES)
          .putInt(split.partition())
          .putInt(split.next())
          .array();
    }

    @Override
    public Split deserialize(int version, byte[] bytes) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      return new Split(buffer.getInt(), buffer.getInt());
    }
  }

  private static final class BooleanSerializer implements SimpleVersionedSerializer<Boolean> {

    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Boolean value) {
      return new byte[] {(byte) (value ? 1 : 0)};
    }

    @Override
    public Boolean deserialize(int version, byte[] bytes) {
      return bytes[0] == 1;
    }
  }
}
