package dev.freshet.jobs.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.jobs.learn.TasteExamples.Served;
import dev.freshet.schema.TrainingExample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StoredExampleTest {

  private static final TrainingExample EXAMPLE = TasteExamples.example("a", 5, 7, Served.AT_RANDOM);
  private static final int COUNT = EXAMPLE.getCandidates().size();

  @Test
  void hasWhatLearningNeeds() {
    StoredExample read = StoredExample.read(StoredExample.bytes(EXAMPLE, 99, false));
    assertThat(read.heldOut()).isNull();
    assertThat(read.example().key()).isEqualTo(99);
    assertThat(read.example().list().count()).isEqualTo(COUNT);
    assertThat(read.example().list().features()).isEqualTo(3);
    assertThat(read.example().list().hasPositive()).isTrue();
  }

  @Test
  void hasTheServedScoresIfItIsHeldOut() {
    StoredExample read = StoredExample.read(StoredExample.bytes(EXAMPLE, 99, true));
    assertThat(read.heldOut().example()).isSameAs(read.example());
    for (int i = 0; i < COUNT; i++) {
      assertThat(read.heldOut().servedScores()[i])
          .isEqualTo(EXAMPLE.getCandidates().get(i).getScore());
    }
  }

  @Test
  void layout() {
    ByteBuffer bytes = ByteBuffer.wrap(StoredExample.bytes(EXAMPLE, 99, true));
    assertThat(bytes.get()).isEqualTo((byte) 1);
    assertThat(bytes.getLong()).isEqualTo(99);
    assertThat(bytes.get()).isEqualTo((byte) 1);
    assertThat(bytes.getInt()).isEqualTo(COUNT);
    assertThat(bytes.getInt()).isEqualTo(3);
    int rows = bytes.position();
    ByteBuffer features = EXAMPLE.getFeatures().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.getFloat(rows)).isEqualTo(features.getFloat(0));
    assertThat(bytes.getFloat(rows + 4)).isEqualTo(features.getFloat(4));
    int labels = rows + COUNT * 3 * 4;
    int weights = labels + COUNT * 4;
    for (int i = 0; i < COUNT; i++) {
      assertThat(bytes.getFloat(labels + 4 * i))
          .isEqualTo(EXAMPLE.getCandidates().get(i).getLabel());
      assertThat(bytes.getFloat(weights + 4 * i))
          .isEqualTo(1 / EXAMPLE.getCandidates().get(i).getPropensity());
    }
  }

  @Test
  void anotherFormatIsRefused() {
    byte[] bytes = StoredExample.bytes(EXAMPLE, 99, false);
    bytes[0] = 2;
    assertThatThrownBy(() -> StoredExample.read(bytes)).hasMessageContaining("format 2");
  }

  @Test
  void hashesStayTheSameAndSharesAreEven() {
    assertThat(StableHash.of("ünï")).isEqualTo(StableHash.of("ünï"));
    double share =
        IntStream.range(0, 20_000)
                .filter(i -> StableHash.share(StableHash.of("list-" + i)) < 0.1)
                .count()
            / 20_000.0;
    assertThat(share).isCloseTo(0.1, within(0.01));
    long even =
        IntStream.range(0, 20_000)
            .filter(i -> Long.remainderUnsigned(StableHash.of("user-" + i), 4) == 3)
            .count();
    assertThat(even / 20_000.0).isCloseTo(0.25, within(0.01));
  }
}
