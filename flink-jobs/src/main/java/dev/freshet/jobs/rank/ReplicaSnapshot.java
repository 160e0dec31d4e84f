package dev.freshet.jobs.rank;

import dev.freshet.jobs.flow.VariableLengthSerializer;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.replica.PendingChanges;
import dev.freshet.ranking.replica.ReplicaImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The replica and the changes that wait for the watermark, in broadcast state. All subtasks hold
 * the same when a barrier passes, so after a restore each subtask, however many there are then,
 * reads any one of the copies.
 *
 * <p>Ranking blocks only while the replica's arrays are copied. The checkpoint's own thread writes
 * the numbers, from this copy.
 */
final class ReplicaSnapshot {

  private static final Integer ONLY_KEY = 0;

  private static final int CHUNK_BYTES = 1 << 16;

  /** Writes the snapshot, in chunks. */
  private final Content content;

  /** The chunks that were read; empty for a snapshot that is to be written. */
  private final List<byte[]> read;

  @FunctionalInterface
  private interface Content {
    void write(ChunkedOutput.Target target) throws IOException;
  }

  private ReplicaSnapshot(Content content, List<byte[]> read) {
    this.content = content;
    this.read = read;
  }

  static void store(
      BroadcastState<Integer, ReplicaSnapshot> state,
      ItemReplica replica,
      PendingChanges changes,
      TypeSerializer<ItemChange> serializer)
      throws Exception {
    ReplicaImage image = replica.image();
    List<ItemChange> waiting = changes.inOrder();
    TypeSerializer<ItemChange> own = serializer.duplicate();
    state.put(
        ONLY_KEY, new ReplicaSnapshot(target -> write(image, waiting, own, target), List.of()));
  }

  private static void write(
      ReplicaImage image,
      List<ItemChange> changes,
      TypeSerializer<ItemChange> serializer,
      ChunkedOutput.Target target)
      throws IOException {
    ChunkedOutput out = new ChunkedOutput(CHUNK_BYTES, target);
    image.write(out);
    out.writeInt(changes.size());
    for (ItemChange change : changes) {
      serializer.serialize(change, out);
    }
    out.flush();
  }

  static void restore(
      BroadcastState<Integer, ReplicaSnapshot> state,
      ItemReplica replica,
      PendingChanges changes,
      TypeSerializer<ItemChange> serializer)
      throws Exception {
    ReplicaSnapshot snapshot = state.get(ONLY_KEY);
    if (snapshot == null) {
      throw new IOException("The checkpoint holds no item replica: it is not of this operator.");
    }
    List<InputStream> chunks = new ArrayList<>();
    for (byte[] chunk : snapshot.read) {
      chunks.add(new ByteArrayInputStream(chunk));
    }
    DataInputViewStreamWrapper in =
        new DataInputViewStreamWrapper(new SequenceInputStream(Collections.enumeration(chunks)));
    replica.read(in);
    int waiting = in.readInt();
    for (int change = 0; change < waiting; change++) {
      changes.add(serializer.deserialize(in));
    }
    // The next checkpoint writes it anew; until then it would take the heap a second time.
    state.clear();
  }

  /** Writes and reads the chunks, each after its length, and a length of 0 at the end. */
  static final class Serializer extends VariableLengthSerializer<ReplicaSnapshot> {

    static final Serializer INSTANCE = new Serializer();

    private static final long serialVersionUID = 1;

    @Override
    public boolean isImmutableType() {
      return true;
    }

    @Override
    public ReplicaSnapshot createInstance() {
      return of(List.of());
    }

    /** A snapshot as it is read. */
    static ReplicaSnapshot of(List<byte[]> chunks) {
      return new ReplicaSnapshot(
          target -> {
            for (byte[] chunk : chunks) {
              target.take(chunk, chunk.length);
            }
          },
          chunks);
    }

    @Override
    public ReplicaSnapshot copy(ReplicaSnapshot from) {
      return from;
    }

    @Override
    public void serialize(ReplicaSnapshot snapshot, DataOutputView target) throws IOException {
      snapshot.content.write(
          (bytes, length) -> {
            target.writeInt(length);
            target.write(bytes, 0, length);
          });
      target.writeInt(0);
    }

    @Override
    public ReplicaSnapshot deserialize(DataInputView source) throws IOException {
      List<byte[]> chunks = new ArrayList<>();
      for (int length = source.readInt(); length > 0; length = source.readInt()) {
        byte[] chunk = new byte[length];
        source.readFully(chunk);
        chunks.add(chunk);
      }
      return of(chunks);
    }

    @Override
    public TypeSerializerSnapshot<ReplicaSnapshot> snapshotConfiguration() {
      return new Snapshot();
    }

    /** The serializer's entry in a checkpoint. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ReplicaSnapshot> {

      /** Called by Flink when it reads a checkpoint. */
      public Snapshot() {
        super(() -> INSTANCE);
      }
    }
  }
}
