package dev.freshet.ranking.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.features.FeatureLayoutException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackedListsTest {

  private final PackedLists lists = new PackedLists();

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "1, 1", "3, 26", "20, 31", "20, 32", "20, 33", "7, 64", "1500, 40"})
  void unpacksWhatWasPacked(int count, int width) {
    ServedList list = list(count, width);

    assertThat(lists.unpack(lists.pack(list))).usingRecursiveComparison().isEqualTo(list);
    assertThat(lists.recommendationId(lists.pack(list))).isEqualTo(list.recommendationId);
  }

  @Test
  void keepsEveryBitOfANumber() {
    ServedList list = list(3, 3);
    int otherNaN = Float.floatToRawIntBits(Float.NaN) | 1;
    list.features =
        new float[] {
          -0f, Float.NaN, Float.MIN_VALUE,
          0f, Float.intBitsToFloat(otherNaN), Float.NEGATIVE_INFINITY,
          0f, Float.intBitsToFloat(otherNaN), 1f
        };

    float[] features = lists.unpack(lists.pack(list)).features;

    for (int at = 0; at < features.length; at++) {
      assertThat(Float.floatToRawIntBits(features[at]))
          .isEqualTo(Float.floatToRawIntBits(list.features[at]));
    }
  }

  @Test
  void whatIsTheSameForAllTakesABit() {
    ServedList alike = list(40, 26);
    Arrays.fill(alike.features, 0.25f);
    ServedList none = list(40, 26);
    none.features = new float[0];

    assertThat(lists.pack(alike).length - lists.pack(none).length).isEqualTo(40 * 4 + 26 * 4);
  }

  @Test
  void whatIsCutOffIsNoList() {
    byte[] bytes = lists.pack(list(3, 4));

    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> lists.unpack(cut)).isInstanceOf(FeatureLayoutException.class);
    }
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
    list.listed = count / 2;
    list.propensity = random.nextFloat();
    list.items = new String[count];
    list.sources = new String[count];
    list.scores = new float[count];
    list.features = new float[count * width];
    for (int row = 0; row < count; row++) {
      list.items[row] = "item€" + random.nextInt();
      list.sources[row] = "source" + random.nextInt(9);
      list.scores[row] = random.nextFloat();
    }
    for (int at = 0; at < list.features.length; at++) {
      list.features[at] = random.nextInt(3) == 0 ? random.nextFloat() : 0.5f;
    }
    return list;
  }
}
