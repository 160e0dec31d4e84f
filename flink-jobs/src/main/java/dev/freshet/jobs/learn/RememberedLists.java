package dev.freshet.jobs.learn;

import dev.freshet.jobs.flow.VariableLengthSerializer;
import dev.freshet.model.train.LearningOptions;
import dev.freshet.model.train.RehearsalMemory;
import dev.freshet.yaml.Nullable;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What a shard remembers, as Flink keeps it: alive while the job runs, as bytes in checkpoints.
 * Megabytes per shard, of which a round changes little; so they must not become bytes in each.
 * After a restore they are bytes until they are {@linkplain #memory asked for}: what reads a
 * checkpoint does not know the options of learning.
 *
 * <p>Flink writes a checkpoint beside the running job. It {@linkplain Serializer#copy copies} a
 * value that the job takes meanwhile, so what is being written is changed by no one.
 */
final class RememberedLists {

  private @Nullable byte[] bytes;
  private @Nullable RehearsalMemory memory;

  /** What a shard remembers from now on. */
  RememberedLists(RehearsalMemory memory) {
    this.memory = memory;
  }

  private RememberedLists(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The memory itself, to be read and added to.
   *
   * @throws IllegalArgumentException if a checkpoint had something else in its place
   */
  RehearsalMemory memory(LearningOptions options) {
    if (memory == null) {
      memory = RehearsalMemory.read(bytes, options);
      bytes = null;
    }
    return memory;
  }

  private byte[] bytes() {
    return memory == null ? bytes : memory.toBytes();
  }

  private RememberedLists copy() {
    return memory == null ? new RememberedLists(bytes) : new RememberedLists(memory.copy());
  }

  /** Writes how many bytes the memory has, and the bytes. */
  static final class Serializer extends VariableLengthSerializer<RememberedLists> {

    static final Serializer INSTANCE = new Serializer();

    private static final long serialVersionUID = 1;

    @Override
    public boolean isImmutableType() {
      return false;
    }

    @Override
    public RememberedLists createInstance() {
      throw new UnsupportedOperationException("There is no memory without options of learning");
    }

    @Override
    public RememberedLists copy(RememberedLists from) {
      return from.copy();
    }

    @Override
    public void serialize(RememberedLists lists, DataOutputView target) throws IOException {
      byte[] bytes = lists.bytes();
      target.writeInt(bytes.length);
      target.write(bytes);
    }

    @Override
    public RememberedLists deserialize(DataInputView source) throws IOException {
      byte[] bytes = new byte[source.readInt()];
      source.readFully(bytes);
      return new RememberedLists(bytes);
    }

    @Override
    public TypeSerializerSnapshot<RememberedLists> snapshotConfiguration() {
      return new Snapshot();
    }
  }

  /** Tells a checkpoint how to read it. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<RememberedLists> {

    /** Flink makes one to read a checkpoint. */
    public Snapshot() {
      super(() -> Serializer.INSTANCE);
    }
  }
}
