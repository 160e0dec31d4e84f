package dev.freshet.features.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DistinctSketchTest {
  private static DistinctSketch sketch(int lgK, Iterable<String> values) {
    DistinctSketch sketch = new DistinctSketch(lgK);
    values.forEach(sketch::add);
    return sketch;
  }

  private static List<String> values(String prefix, int count) {
    List<String> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(prefix + i);
    }
    return values;
  }

  /** Across all forms that the library keeps a sketch in, and merges of any two of them. */
  @Property(tries = 1000)
  void neitherOrderNorRepetitionNorSplitChangesABit(
      @ForAll("counts") int count,
      @ForAll @IntRange(min = 4, max = 13) int lgK,
      @ForAll @IntRange(min = 1, max = 5) int split,
      @ForAll Random random)
      throws IOException {
    List<String> values = values("v" + random.nextInt() + "-", count);
    DistinctSketch expected = sketch(lgK, values);

    Collections.shuffle(values, random);
    List<DistinctSketch> parts = new ArrayList<>();
    for (int i = 0; i < split; i++) {
      parts.add(new DistinctSketch(lgK));
    }
    // Parts of very different sizes: the first gets half, the second a quarter.
    for (String value : values) {
      DistinctSketch part = parts.get(Math.min(split - 1, numberOfHeads(random)));
      part.add(value);
      if (random.nextInt(8) == 0) {
        parts.get(random.nextInt(split)).add(value);
      }
      if (random.nextInt(Math.max(5, count / 10)) == 0) {
        Streams.read(Streams.write(part::write), part::read);
      }
    }
    Collections.shuffle(parts, random);
    while (parts.size() > 1) {
      DistinctSketch last = parts.remove(parts.size() - 1);
      parts.get(random.nextInt(parts.size())).merge(last);
    }

    DistinctSketch merged = parts.get(0);
    assertThat(merged.toBytes()).isEqualTo(expected.toBytes());
    assertThat(Double.doubleToRawLongBits(merged.estimate()))
        .isEqualTo(Double.doubleToRawLongBits(expected.estimate()));
    DistinctSketch read = new DistinctSketch(lgK);
    read.load(expected.toBytes());
    assertThat(read.estimate()).isEqualTo(expected.estimate());
    assertThat(read.toBytes()).isEqualTo(expected.toBytes());
  }

  @Provide
  Arbitrary<Integer> counts() {
    return Arbitraries.oneOf(
            Arbitraries.integers().between(0, 10),
            Arbitraries.integers().between(0, 300),
            Arbitraries.integers().between(180, 200),
            Arbitraries.integers().between(0, 5000))
        .withoutEdgeCases();
  }

  private static int numberOfHeads(Random random) {
    int heads = 0;
    while (random.nextBoolean()) {
      heads++;
    }
    return heads;
  }

  /** As above for many values, where registers stop to fit in four bits and the base is raised. */
  @Property(tries = 12)
  void norForManyValues(
      @ForAll @IntRange(min = 20_000, max = 100_000) int count,
      @ForAll @IntRange(min = 4, max = 14) int lgK,
      @ForAll Random random) {
    neitherOrderNorSplit(values("v" + random.nextInt() + "-", count), lgK, random);
  }

  private static void neitherOrderNorSplit(List<String> values, int lgK, Random random) {
    DistinctSketch expected = sketch(lgK, values);
    Collections.shuffle(values, random);
    int cut = random.nextInt(values.size());
    DistinctSketch merged = sketch(lgK, values.subList(0, cut));
    merged.merge(sketch(lgK, values.subList(cut, values.size())));
    assertThat(merged.estimate()).isEqualTo(expected.estimate());
    assertThat(merged.toBytes()).isEqualTo(expected.toBytes());
  }

  /** 300 sketches of each size: their spread is the published one, and none is far out. */
  @Test
  void theErrorIsThePublishedOne() {
    for (int lgK : new int[] {8, DistinctSketch.DEFAULT_LG_K}) {
      double published = 1.04 / Math.sqrt(1 << lgK);
      for (int count : new int[] {500, 2000, 20_000}) {
        double squares = 0;
        double largest = 0;
        double errors = 0;
        int runs = 300;
        for (int run = 0; run < runs; run++) {
          double error = sketch(lgK, values("r" + run + "-", count)).estimate() / count - 1;
          errors += error;
          squares += error * error;
          largest = Math.max(largest, Math.abs(error));
        }
        String what = count + " values, lgK " + lgK;
        // The standard deviation of 300 draws is itself within 13 % with 99.8 % probability.
        assertThat(Math.sqrt(squares / runs)).as(what).isLessThan(1.13 * published);
        assertThat(largest).as(what).isLessThan(4 * published);
        assertThat(errors / runs).as(what).isCloseTo(0, within(3.1 * published / Math.sqrt(runs)));
      }
    }
  }

  @Test
  void fewValuesAreAllButExact() {
    for (int count = 0; count <= 192; count++) {
      DistinctSketch sketch = sketch(DistinctSketch.DEFAULT_LG_K, values("few", count));
      assertThat(sketch.estimate()).isCloseTo(count, within(0.001));
    }
  }

  @Test
  void takesAKilobyteWhenFullAndLittleBefore() {
    assertThat(sketch(11, values("v", 0)).toBytes()).hasSize(8);
    assertThat(sketch(11, values("v", 1)).toBytes()).hasSize(12);
    assertThat(sketch(11, values("v", 10)).toBytes()).hasSize(52);
    assertThat(sketch(11, values("v", 100)).toBytes()).hasSize(412);
    assertThat(sketch(11, values("v", 10_000)).toBytes()).hasSizeBetween(1064, 1084);
  }

  @Test
  void theEmptyStringIsNoValueAndClearForgetsAll() {
    DistinctSketch sketch = sketch(11, values("v", 1000));
    sketch.clear();
    sketch.add("");
    assertThat(sketch.estimate()).isZero();
    assertThat(sketch.toBytes()).isEqualTo(new DistinctSketch(11).toBytes());
    sketch.merge(sketch(11, values("v", 3)));
    sketch.merge(sketch);
    assertThat(sketch.estimate()).isCloseTo(3, within(1e-6));
  }

  @Test
  void refusesWhatIsNotItsLike() {
    assertThatThrownBy(() -> new DistinctSketch(3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new DistinctSketch(22)).isInstanceOf(IllegalArgumentException.class);
    DistinctSketch sketch = sketch(11, values("v", 5));
    assertThatThrownBy(() -> sketch.merge(new DistinctSketch(12)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("11 and 12");
    assertThatThrownBy(() -> sketch.load(sketch(12, values("v", 500)).toBytes()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lgK 12");
    for (int length : new int[] {0, 3, 8, 11}) {
      byte[] junk = new byte[length];
      assertThatThrownBy(() -> sketch.load(junk)).isInstanceOf(IllegalArgumentException.class);
    }
    byte[] full = sketch(11, values("v", 500)).toBytes();
    for (int length : new int[] {8, 20, 40, 1000}) {
      byte[] cut = Arrays.copyOf(full, length);
      assertThatThrownBy(() -> sketch.load(cut)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Streams.read(new byte[] {2, 1, 1}, sketch::read))
        .isInstanceOf(StreamCorruptedException.class);
    assertThatThrownBy(() -> Streams.read(new byte[] {-1, -1, -1, 7}, sketch::read))
        .isInstanceOf(StreamCorruptedException.class)
        .hasMessageContaining("the most");
    assertThat(sketch.estimate()).isCloseTo(5, within(1e-6));
  }
}
