package dev.freshet.jobs.features;

import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.redis.FeatureStoreSettings;
import dev.freshet.jobs.event.FeatureUpdate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Writes features to the store behind the job's back: coalesced per entity, in pipelined batches,
 * by a thread of its own. What has not been written yet is part of every checkpoint, so a store
 * that is down holds up neither ranking nor checkpoints, and nothing is lost when the job fails
 * meanwhile. When too many entities wait, the sink blocks, and backpressure goes up the job.
 */
public final class FeatureStoreSink
    implements Sink<FeatureUpdate>, SupportsWriterState<FeatureUpdate, List<FeatureUpdate>> {

  private static final long serialVersionUID = 1;

  private final FeatureStoreSettings store;
  private final FeatureCatalog catalog;
  private final int maxPending;
  private final int batchSize;

  /**
   * @param catalog of the values that will come
   * @param maxPending entities that may wait to be written, for each subtask
   * @param batchSize entities written in one round trip
   */
  public FeatureStoreSink(
      FeatureStoreSettings store, FeatureCatalog catalog, int maxPending, int batchSize) {
    this.store = store;
    this.catalog = catalog;
    this.maxPending = maxPending;
    this.batchSize = batchSize;
  }

  @Override
  public StatefulSinkWriter<FeatureUpdate, List<FeatureUpdate>> createWriter(
      WriterInitContext context) {
    return restoreWriter(context, List.of());
  }

  @Override
  public StatefulSinkWriter<FeatureUpdate, List<FeatureUpdate>> restoreWriter(
      WriterInitContext context, Collection<List<FeatureUpdate>> states) {
    FeatureStoreWriter writer =
        new FeatureStoreWriter(store, catalog, maxPending, batchSize, context.metricGroup());
    for (List<FeatureUpdate> state : states) {
      state.forEach(writer::restore);
    }
    return writer;
  }

  @Override
  public SimpleVersionedSerializer<List<FeatureUpdate>> getWriterStateSerializer() {
    return new PendingSerializer();
  }

  /** The updates that wait: entity, id and packed bytes, one after the other. */
  private static final class PendingSerializer
      implements SimpleVersionedSerializer<List<FeatureUpdate>> {

    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(List<FeatureUpdate> updates) throws IOException {
      DataOutputSerializer out = new DataOutputSerializer(256);
      out.writeInt(updates.size());
      for (FeatureUpdate update : updates) {
        out.writeUTF(update.entity);
        out.writeUTF(update.id);
        out.writeInt(update.packed.length);
        out.write(update.packed);
      }
      return out.getCopyOfBuffer();
    }

    @Override
    public List<FeatureUpdate> deserialize(int version, byte[] bytes) throws IOException {
      if (version != getVersion()) {
        throw new IOException("Feature sink state of version " + version + " is not known here.");
      }
      DataInputDeserializer in = new DataInputDeserializer(bytes);
      int count = in.readInt();
      List<FeatureUpdate> updates = new ArrayList<>(count);
      for (int update = 0; update < count; update++) {
        String entity = in.readUTF();
        String id = in.readUTF();
        byte[] packed = new byte[in.readInt()];
        in.readFully(packed);
        updates.add(new FeatureUpdate(entity, id, packed));
      }
      return updates;
    }
  }
}
