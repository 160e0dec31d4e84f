package dev.freshet.jobs.rank;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeutils.SerializerTestBase;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.testutils.DeeplyEqualsChecker;

/** Flink's own suite for serializers, on snapshots of no chunk and of many. */
class ReplicaSnapshotTest extends SerializerTestBase<ReplicaSnapshot> {

  ReplicaSnapshotTest() {
    super(
        new DeeplyEqualsChecker()
            .withCustomCheck(
                (is, should) -> is instanceof ReplicaSnapshot && should instanceof ReplicaSnapshot,
                (is, should, checker) -> {
                  assertThat(content((ReplicaSnapshot) is))
                      .isEqualTo(content((ReplicaSnapshot) should));
                  return true;
                }));
  }

  private static byte[] content(ReplicaSnapshot snapshot) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try {
      DataOutputSerializer out = new DataOutputSerializer(64);
      ReplicaSnapshot.Serializer.INSTANCE.serialize(snapshot, out);
      DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
      for (int length = in.readInt(); length > 0; length = in.readInt()) {
        byte[] chunk = new byte[length];
        in.readFully(chunk);
        content.write(chunk);
      }
      assertThat(in.available()).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return content.toByteArray();
  }

  @Override
  protected TypeSerializer<ReplicaSnapshot> createSerializer() {
    return ReplicaSnapshot.Serializer.INSTANCE;
  }

  @Override
  protected int getLength() {
    return -1;
  }

  @Override
  protected Class<ReplicaSnapshot> getTypeClass() {
    return ReplicaSnapshot.class;
  }

  @Override
  protected ReplicaSnapshot[] getTestData() {
    Random random = new Random(5);
    byte[] full = new byte[1 << 16];
    random.nextBytes(full);
    return new ReplicaSnapshot[] {
      ReplicaSnapshot.Serializer.of(List.of()),
      ReplicaSnapshot.Serializer.of(List.of(new byte[] {1})),
      ReplicaSnapshot.Serializer.of(List.of(full, full.clone(), new byte[] {1, 2}))
    };
  }
}
