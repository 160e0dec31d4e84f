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
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class QuantileSketchTest {
  /** For the rounding of bin borders. */
  private static final double ROUNDING = 1 + 1e-6;

  private static QuantileSketch sketch(double accuracy, int maxBins, List<Double> values) {
    QuantileSketch sketch = new QuantileSketch(accuracy, maxBins);
    values.forEach(sketch::add);
    return sketch;
  }

  private static byte[] bytes(QuantileSketch sketch) {
    return Streams.write(sketch::write);
  }

  private static void assertWithin(double accuracy, double[] values, QuantileSketch sketch) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    assertThat(sketch.count()).isEqualTo(sorted.length);
    for (double q : new double[] {0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1}) {
      double exact = sorted[(int) (q * (sorted.length - 1))];
      assertThat(sketch.quantile(q))
          .as("quantile %s of %s", q, sorted.length)
          .isCloseTo(exact, within(accuracy * Math.abs(exact) * ROUNDING));
    }
  }

  @Test
  void quantilesAreWithinTheAccuracy() {
    Random random = new Random(7);
    List<DoubleSupplier> distributions =
        List.of(
            random::nextDouble,
            () -> random.nextInt(1000),
            () -> Math.exp(2 * random.nextGaussian()),
            () -> 100 * random.nextGaussian(),
            () -> random.nextInt(3) == 0 ? 0 : random.nextGaussian(),
            () -> -Math.exp(3 * random.nextGaussian()));
    for (double accuracy : new double[] {0.001, 0.01, 0.1}) {
      for (DoubleSupplier distribution : distributions) {
        for (int count : new int[] {1, 2, 10, 10_000}) {
          double[] values = DoubleStream.generate(distribution).limit(count).toArray();
          QuantileSketch sketch = new QuantileSketch(accuracy, 1 << 15);
          Arrays.stream(values).forEach(sketch::add);
          assertWithin(accuracy, values, sketch);
        }
      }
    }
  }

  /** Every normal double there is, alone. */
  @Property(tries = 5000)
  void everyValueIsWithinTheAccuracy(
      @ForAll("normals") double value, @ForAll @IntRange(min = 1, max = 12) int power) {
    double accuracy = Math.pow(0.32, power);
    QuantileSketch sketch = sketch(accuracy, 1, List.of(value));
    assertThat(sketch.quantile(0.3))
        .isCloseTo(value, within(accuracy * Math.abs(value) * ROUNDING));
  }

  @Provide
  Arbitrary<Double> normals() {
    Arbitrary<Double> ends =
        Combinators.combine(
                Arbitraries.integers().between(-1021, 1023), Arbitraries.integers().between(-1, 1))
            .as(
                (exponent, step) -> {
                  double power = Math.scalb(1.0, exponent);
                  return step == 0 ? power : step < 0 ? Math.nextDown(power) : Math.nextUp(power);
                });
    Arbitrary<Double> any =
        Arbitraries.longs()
            .map(Double::longBitsToDouble)
            .filter(v -> Double.isFinite(v) && Math.abs(v) >= Double.MIN_NORMAL);
    return Arbitraries.oneOf(
            ends, any, any, Arbitraries.of(Double.MIN_NORMAL, Double.MAX_VALUE, -Double.MAX_VALUE))
        .withoutEdgeCases();
  }

  @Property(tries = 2000)
  void neitherOrderNorSplitChangesABitAlsoWhenBinsAreGivenUp(
      @ForAll("values") List<Double> values,
      @ForAll @IntRange(min = 1, max = 300) int maxBins,
      @ForAll @DoubleRange(min = 0, max = 1) double q,
      @ForAll Random random)
      throws IOException {
    QuantileSketch expected = sketch(0.01, maxBins, values);

    List<Double> shuffled = new ArrayList<>(values);
    Collections.shuffle(shuffled, random);
    List<QuantileSketch> parts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      parts.add(new QuantileSketch(0.01, maxBins));
    }
    for (double value : shuffled) {
      QuantileSketch part = parts.get(random.nextInt(3));
      part.add(value);
      if (random.nextInt(5) == 0) {
        Streams.read(bytes(part), part::read);
      }
    }
    parts.get(2).merge(parts.get(0));
    parts.get(1).merge(parts.get(2));

    assertThat(bytes(parts.get(1))).isEqualTo(bytes(expected));
    assertThat(Double.doubleToRawLongBits(parts.get(1).quantile(q)))
        .isEqualTo(Double.doubleToRawLongBits(expected.quantile(q)));
    assertThat(expected.count()).isEqualTo(values.size());
  }

  @Provide
  Arbitrary<List<Double>> values() {
    Arbitrary<Double> near = Arbitraries.doubles().between(-10, 10).ofScale(2);
    Arbitrary<Double> any =
        Arbitraries.longs().map(Double::longBitsToDouble).filter(Double::isFinite);
    Arbitrary<Double> special =
        Arbitraries.of(0.0, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE, 1.0);
    return Arbitraries.oneOf(
            near.list().ofMaxSize(60),
            any.list().ofMaxSize(60),
            Arbitraries.oneOf(near, any, special).list().ofMaxSize(60))
        .withoutEdgeCases();
  }

  @Test
  void whatIsTooNearZeroForTheBinsIsCountedInTheLowest() {
    QuantileSketch sketch = sketch(0.01, 10, List.of(1e-9, 1e-8, 1e-7, 100.0));
    assertThat(sketch.quantile(1)).isCloseTo(100, within(1.0));
    assertThat(sketch.quantile(0)).isEqualTo(sketch.quantile(0.7)).isBetween(75.0, 90.0);
    assertThat(sketch.count()).isEqualTo(4);
    assertThat(bytes(sketch(0.01, 10, List.of(100.0, 1e-9, 1e-8, 1e-7)))).isEqualTo(bytes(sketch));
  }

  @Test
  void noNumbersHaveNoQuantile() throws IOException {
    QuantileSketch sketch = sketch(0.01, 100, List.of(1.0, -1.0, 0.0));
    sketch.clear();
    assertThat(sketch.count()).isZero();
    assertThat(sketch.quantile(0.5)).isNaN();
    assertThat(bytes(sketch)).containsExactly(0, 0, 0);
    QuantileSketch read = sketch(0.01, 100, List.of(1.0, -1.0, 0.0));
    Streams.read(bytes(sketch), read::read);
    assertThat(read.count()).isZero();
  }

  @Test
  void mergesWithItself() {
    QuantileSketch sketch = sketch(0.01, 100, List.of(1.0, 2.0, 0.0, -3.0, 1e9));
    sketch.merge(sketch);
    QuantileSketch twice =
        sketch(0.01, 100, List.of(1.0, 2.0, 0.0, -3.0, 1e9, 1.0, 2.0, 0.0, -3.0, 1e9));
    assertThat(bytes(sketch)).isEqualTo(bytes(twice));
    assertThat(sketch.count()).isEqualTo(10);
  }

  @Test
  void isSmall() {
    assertThat(bytes(sketch(0.01, 2048, List.of(12.5)))).hasSizeLessThanOrEqualTo(6);
    Random random = new Random(1);
    List<Double> values =
        DoubleStream.generate(() -> Math.exp(random.nextGaussian())).limit(10_000).boxed().toList();
    assertThat(bytes(sketch(0.01, 2048, values))).hasSizeLessThan(1000);
  }

  @Test
  void refusesWhatIsNotItsLike() {
    QuantileSketch sketch = sketch(0.01, 100, List.of(5.0));
    for (double refused : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
      assertThatThrownBy(() -> sketch.add(refused))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not " + refused);
    }
    assertThat(sketch.count()).isEqualTo(1);
    assertThatThrownBy(() -> sketch.merge(new QuantileSketch(0.02, 100)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> sketch.merge(new QuantileSketch(0.01, 101)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new QuantileSketch(0, 100))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new QuantileSketch(0.1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    for (double q : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> sketch.quantile(q)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void whatIsNoSketchIsNotRead() {
    byte[][] corrupted = {
      {0, 101},
      {0, 1, 0, 0, 0},
      {0, 2, 0, 1, 120, 1, 0},
      {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 0, 0},
      {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0},
      {-1, -1, -1, -1, -1, -1, -1, -1, 127, 1, 0, 1, 0},
    };
    for (byte[] bytes : corrupted) {
      QuantileSketch sketch = sketch(0.01, 100, List.of(5.0));
      assertThatThrownBy(() -> Streams.read(bytes, sketch::read))
          .as(Arrays.toString(bytes))
          .isInstanceOf(StreamCorruptedException.class);
      assertThat(sketch.count()).isZero();
      assertThat(bytes(sketch)).containsExactly(0, 0, 0);
    }
  }
}
