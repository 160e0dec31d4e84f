package dev.freshet.jobs.rank;

import dev.freshet.jobs.event.ItemChange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;

/**
 * The replica and the changes that wait for the watermark, in broadcast state. The copies of all
 * subtasks are alike when a barrier passes, so after a restore each subtask, however many there are
 * then, reads any one of them.
 */
final class ReplicaSnapshot {

  private static final int CHUNK_BYTES = 1 << 20;

  private ReplicaSnapshot() {}

  static void store(
      BroadcastState<Integer, byte[]> state,
      ItemReplica replica,
      Queue<ItemChange> changes,
      TypeSerializer<ItemChange> serializer)
      throws Exception {
    ChunkedOutput out = new ChunkedOutput(CHUNK_BYTES);
    replica.write(out);
    out.writeInt(changes.size());
    for (ItemChange change : changes) {
      serializer.serialize(change, out);
    }
    state.clear();
    List<byte[]> written = out.finished();
    for (int chunk = 0; chunk < written.size(); chunk++) {
      state.put(chunk, written.get(chunk));
    }
  }

  static void restore(
      BroadcastState<Integer, byte[]> state,
      ItemReplica replica,
      Queue<ItemChange> changes,
      TypeSerializer<ItemChange> serializer)
      throws Exception {
    List<InputStream> chunks = new ArrayList<>();
    for (int chunk = 0; state.contains(chunk); chunk++) {
      chunks.add(new ByteArrayInputStream(state.get(chunk)));
    }
    if (chunks.isEmpty()) {
      throw new IOException("The checkpoint holds no item replica: it is not of this operator.");
    }
    DataInputViewStreamWrapper in =
        new DataInputViewStreamWrapper(new SequenceInputStream(Collections.enumeration(chunks)));
    replica.read(in);
    int waiting = in.readInt();
    for (int change = 0; change < waiting; change++) {
      changes.add(serializer.deserialize(in));
    }
    // The next checkpoint writes it anew; until then it would only take the heap twice.
    state.clear();
  }
}
