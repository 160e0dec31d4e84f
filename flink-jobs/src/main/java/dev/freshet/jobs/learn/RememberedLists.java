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
 * The lists that a shard remembers, as Flink keeps them: an object while the job runs, bytes in
 * checkpoints. They take megabytes per shard, of which a round changes little, so they must not be
 * serialized in each round. After a restore they stay bytes until they are {@linkplain #memory
 * requested}. Code that reads a checkpoint does not know the options of learning.
 *
 * <p>Flink writes a checkpoint beside the running job. It {@linkplain Serializer#copy copies} a
 * value that the job accesses meanwhile, so the value that is being written does not change.
 */
final class RememberedLists {

  private @Nullable byte[] bytes;
  private @Nullable RehearsalMemory memory;

  /** Holds what a shard remembers from now on. */
  RememberedLists(RehearsalMemory memory) {
    this.memory = memory;
  }

  private RememberedLists(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Returns the memory itself, to be read and added to.
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

  /** Writes the number of the memory's bytes, and then the bytes. */
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

  /** Describes in a checkpoint how to read the lists. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<RememberedLists> {

    /** Creates a snapshot, as Flink does to read a checkpoint. */
    public Snapshot() {
      super(() -> Serializer.INSTANCE);
    }
  }
}
