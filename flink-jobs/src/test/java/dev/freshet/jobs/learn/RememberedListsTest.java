package dev.freshet.jobs.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.jobs.learn.TasteExamples.Served;
import dev.freshet.model.train.LearningExample;
import dev.freshet.model.train.LearningOptions;
import dev.freshet.model.train.RehearsalMemory;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshotSerializationUtil;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class RememberedListsTest {

  private static final TypeSerializer<RememberedLists> SERIALIZER =
      RememberedLists.Serializer.INSTANCE;
  private static final LearningOptions OPTIONS = LearningOptions.defaults();

  private static List<LearningExample> examples(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(
            i -> {
              byte[] bytes =
                  StoredExample.bytes(
                      TasteExamples.example("list-" + i, 5, 7, Served.AT_RANDOM), i, false);
              return StoredExample.read(bytes).example();
            })
        .toList();
  }

  private static RehearsalMemory memory(int lists) {
    RehearsalMemory memory = new RehearsalMemory(OPTIONS);
    memory.add(1, examples(0, lists));
    return memory;
  }

  private static byte[] written(RememberedLists lists) throws IOException {
    DataOutputSerializer target = new DataOutputSerializer(16);
    SERIALIZER.serialize(lists, target);
    return target.getCopyOfBuffer();
  }

  private static RememberedLists read(byte[] bytes) throws IOException {
    DataInputDeserializer source = new DataInputDeserializer(bytes);
    RememberedLists lists = SERIALIZER.deserialize(source);
    assertThat(source.available()).isZero();
    return lists;
  }

  @Test
  void comesBackAsItWas() throws Exception {
    RehearsalMemory memory = memory(20);
    byte[] bytes = written(new RememberedLists(memory));
    assertThat(read(bytes).memory(OPTIONS).toBytes()).isEqualTo(memory.toBytes());
  }

  @Test
  void isWrittenAgainWithoutHavingBeenAskedFor() throws Exception {
    byte[] bytes = written(new RememberedLists(memory(20)));
    assertThat(written(read(bytes))).isEqualTo(bytes);
    assertThat(written(SERIALIZER.copy(read(bytes)))).isEqualTo(bytes);
    DataOutputSerializer target = new DataOutputSerializer(16);
    SERIALIZER.copy(new DataInputDeserializer(bytes), target);
    assertThat(target.getCopyOfBuffer()).isEqualTo(bytes);
  }

  @Test
  void whatIsAddedLaterIsNotInACheckpointThatIsBeingWritten() throws Exception {
    RememberedLists written = new RememberedLists(memory(20));
    byte[] before = written(written);
    RememberedLists goesOn = SERIALIZER.copy(written);
    goesOn.memory(OPTIONS).add(2, examples(20, 30));
    assertThat(written(written)).isEqualTo(before);
    assertThat(goesOn.memory(OPTIONS).size()).isGreaterThan(written.memory(OPTIONS).size());
  }

  @Test
  void whatIsAddedAfterARestoreIsKept() throws Exception {
    RememberedLists restored = read(written(new RememberedLists(memory(20))));
    restored.memory(OPTIONS).add(2, examples(20, 30));
    RehearsalMemory expected = memory(20);
    expected.add(2, examples(20, 30));
    assertThat(written(restored)).isEqualTo(written(new RememberedLists(expected)));
  }

  @Test
  void whatIsNoMemoryIsRefused() throws Exception {
    byte[] bytes = written(new RememberedLists(memory(3)));
    bytes[bytes.length / 2]++;
    RememberedLists damaged = read(bytes);
    assertThatThrownBy(() -> damaged.memory(OPTIONS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a memory of lists");
  }

  @Test
  void aCheckpointTellsHowToReadIt() throws Exception {
    DataOutputSerializer target = new DataOutputSerializer(16);
    TypeSerializerSnapshotSerializationUtil.writeSerializerSnapshot(
        target, SERIALIZER.snapshotConfiguration());
    assertThat(
            TypeSerializerSnapshotSerializationUtil.<RememberedLists>readSerializerSnapshot(
                    new DataInputDeserializer(target.getCopyOfBuffer()),
                    getClass().getClassLoader())
                .restoreSerializer())
        .isSameAs(SERIALIZER);
  }
}
