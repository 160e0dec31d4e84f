package dev.freshet.jobs.rank;

import dev.freshet.jobs.event.ServedList;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes a {@link ServedList} as one block of bytes. There is one of some kilobytes for every user,
 * and Flink's own serializer reads and writes it number by number: with a checkpoint as the other
 * end that is a system call for each.
 *
 * <p>A list is never changed once it is made. So it is not copied either, whoever else holds it.
 */
final class ServedListSerializer extends TypeSerializerSingleton<ServedList> {

  static final ServedListSerializer INSTANCE = new ServedListSerializer();

  private static final long serialVersionUID = 1;

  /** Enough for ids and names of a list with few features. */
  private static final int TYPICAL_BYTES = 2_048;

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public ServedList createInstance() {
    return new ServedList();
  }

  @Override
  public ServedList copy(ServedList from) {
    return from;
  }

  @Override
  public ServedList copy(ServedList from, ServedList reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(ServedList list, DataOutputView target) throws IOException {
    DataOutputSerializer block =
        new DataOutputSerializer(TYPICAL_BYTES + list.features.length * Float.BYTES);
    block.writeUTF(list.recommendationId);
    block.writeUTF(list.placement);
    block.writeUTF(list.model);
    block.writeUTF(list.modelVersion);
    block.writeUTF(list.variant);
    block.writeLong(list.time);
    block.writeFloat(list.novelty);
    block.writeInt(list.items.length);
    for (String item : list.items) {
      block.writeUTF(item);
    }
    writeSources(list.sources, block);
    writeFloats(list.scores, block);
    for (int position : list.positions) {
      block.writeInt(position);
    }
    writeFloats(list.propensities, block);
    block.writeInt(list.features.length);
    writeFloats(list.features, block);
    target.writeInt(block.length());
    target.write(block.getSharedBuffer(), 0, block.length());
  }

  /** There are many of few: each name once, then its place for each candidate. */
  private static void writeSources(String[] sources, DataOutputSerializer block)
      throws IOException {
    String[] names = Arrays.stream(sources).distinct().toArray(String[]::new);
    block.writeShort(names.length);
    for (String name : names) {
      block.writeUTF(name);
    }
    for (String source : sources) {
      block.writeShort(Arrays.asList(names).indexOf(source));
    }
  }

  private static void writeFloats(float[] values, DataOutputSerializer block) throws IOException {
    for (float value : values) {
      block.writeInt(Float.floatToRawIntBits(value));
    }
  }

  @Override
  public ServedList deserialize(DataInputView source) throws IOException {
    byte[] bytes = new byte[source.readInt()];
    source.readFully(bytes);
    DataInputDeserializer block = new DataInputDeserializer(bytes);
    ServedList list = new ServedList();
    list.recommendationId = block.readUTF();
    list.placement = block.readUTF();
    list.model = block.readUTF();
    list.modelVersion = block.readUTF();
    list.variant = block.readUTF();
    list.time = block.readLong();
    list.novelty = block.readFloat();
    int count = block.readInt();
    list.items = new String[count];
    for (int row = 0; row < count; row++) {
      list.items[row] = block.readUTF();
    }
    list.sources = readSources(count, block);
    list.scores = readFloats(count, block);
    list.positions = new int[count];
    for (int row = 0; row < count; row++) {
      list.positions[row] = block.readInt();
    }
    list.propensities = readFloats(count, block);
    list.features = readFloats(block.readInt(), block);
    return list;
  }

  private static String[] readSources(int count, DataInputDeserializer block) throws IOException {
    String[] names = new String[block.readUnsignedShort()];
    for (int name = 0; name < names.length; name++) {
      names[name] = block.readUTF();
    }
    String[] sources = new String[count];
    for (int row = 0; row < count; row++) {
      sources[row] = names[block.readUnsignedShort()];
    }
    return sources;
  }

  private static float[] readFloats(int count, DataInputDeserializer block) throws IOException {
    float[] values = new float[count];
    for (int at = 0; at < count; at++) {
      values[at] = Float.intBitsToFloat(block.readInt());
    }
    return values;
  }

  @Override
  public ServedList deserialize(ServedList reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    int length = source.readInt();
    target.writeInt(length);
    target.write(source, length);
  }

  @Override
  public TypeSerializerSnapshot<ServedList> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Tells a checkpoint how to read it. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<ServedList> {

    /** Flink makes one to read a checkpoint. */
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
