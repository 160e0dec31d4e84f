package dev.freshet.jobs.rank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.jobs.event.ServedList;
import java.util.Random;
import org.apache.flink.api.common.typeutils.SerializerTestBase;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.testutils.DeeplyEqualsChecker;
import org.junit.jupiter.api.Test;

/** Flink's own suite for serializers, on lists of every kind. */
class ServedListSerializerTest extends SerializerTestBase<ServedList> {

  ServedListSerializerTest() {
    super(
        new DeeplyEqualsChecker()
            .withCustomCheck(
                (is, should) -> is instanceof ServedList && should instanceof ServedList,
                (is, should, checker) -> {
                  assertThat(is).usingRecursiveComparison().isEqualTo(should);
                  return true;
                }));
  }

  @Override
  protected TypeSerializer<ServedList> createSerializer() {
    return ServedListSerializer.INSTANCE;
  }

  @Override
  protected int getLength() {
    return -1;
  }

  @Override
  protected Class<ServedList> getTypeClass() {
    return ServedList.class;
  }

  @Override
  protected ServedList[] getTestData() {
    return new ServedList[] {list(0, 0), list(1, 0), list(3, 26), list(1_500, 40)};
  }

  @Test
  void keepsEveryBitOfANumber() throws Exception {
    ServedList list = list(2, 2);
    list.features = new float[] {Float.NaN, -0f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY};
    DataOutputSerializer out = new DataOutputSerializer(64);

    ServedListSerializer.INSTANCE.serialize(list, out);

    ServedList read =
        ServedListSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    assertThat(read.features).containsExactly(list.features);
    assertThat(Float.floatToRawIntBits(read.features[1])).isEqualTo(Integer.MIN_VALUE);
  }

  private static ServedList list(int count, int width) {
    Random random = new Random(31L * count + width);
    ServedList list = new ServedList();
    list.recommendationId = "home/ü1/" + count;
    list.placement = "home";
    list.model = "ranker";
    list.modelVersion = "7";
    list.variant = "";
    list.time = random.nextLong();
    list.novelty = random.nextFloat();
    list.items = new String[count];
    list.sources = new String[count];
    list.scores = new float[count];
    list.positions = new int[count];
    list.propensities = new float[count];
    list.features = new float[count * width];
    for (int row = 0; row < count; row++) {
      list.items[row] = "item€" + random.nextInt();
      list.sources[row] = "source" + random.nextInt(9);
      list.scores[row] = random.nextFloat();
      list.positions[row] = random.nextInt(20);
      list.propensities[row] = random.nextFloat();
    }
    for (int at = 0; at < list.features.length; at++) {
      list.features[at] = random.nextFloat();
    }
    return list;
  }
}
