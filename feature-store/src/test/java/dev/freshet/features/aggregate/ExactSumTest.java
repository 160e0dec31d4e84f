package dev.freshet.features.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataOutput;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ExactSumTest {
  private static ExactSum sum(List<Double> summands) {
    ExactSum sum = new ExactSum();
    summands.forEach(sum::add);
    return sum;
  }

  private static BigDecimal exact(List<Double> summands) {
    return summands.stream().map(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  /** The components are the exact sum, its rest, the rest of that: each correctly rounded. */
  @Property(tries = 3000)
  void isTheCorrectlyRoundedExactSumAndSoAreItsRests(@ForAll("summands") List<Double> summands) {
    ExactSum sum = sum(summands);
    BigDecimal rest = exact(summands);
    assertThat(bits(sum.value())).isEqualTo(bits(rest.doubleValue()));
    for (int i = 0; i < sum.size(); i++) {
      assertThat(sum.component(i)).isEqualTo(rest.doubleValue()).isNotZero();
      rest = rest.subtract(new BigDecimal(sum.component(i)));
    }
    assertThat(rest).isEqualByComparingTo(BigDecimal.ZERO);
    assertThat(bits(sum.value())).isEqualTo(bits(exact(summands).doubleValue()));
  }

  @Property(tries = 2000)
  void neitherOrderNorSplitChangesABit(
      @ForAll("summands") List<Double> summands, @ForAll Random random) {
    byte[] expected = Streams.write(sum(summands)::write);

    List<Double> shuffled = new ArrayList<>(summands);
    Collections.shuffle(shuffled, random);
    List<ExactSum> parts = List.of(new ExactSum(), new ExactSum(), new ExactSum());
    for (double summand : shuffled) {
      ExactSum part = parts.get(random.nextInt(3));
      part.add(summand);
      if (random.nextInt(4) == 0) {
        // What a reader sees on the way must not matter.
        assertThat(part.size()).isNotNegative();
      }
    }
    parts.get(2).add(parts.get(0));
    parts.get(1).add(parts.get(2));
    assertThat(Streams.write(parts.get(1)::write)).isEqualTo(expected);
  }

  @Property
  void readsWhatItWrote(
      @ForAll("summands") List<Double> summands, @ForAll("summands") List<Double> more)
      throws IOException {
    ExactSum sum = sum(summands);
    byte[] bytes = Streams.write(sum::write);
    ExactSum read = sum(more);
    Streams.read(bytes, read::read);
    assertThat(Streams.write(read::write)).isEqualTo(bytes);

    more.forEach(sum::add);
    more.forEach(read::add);
    assertThat(Streams.write(read::write)).isEqualTo(Streams.write(sum::write));
  }

  @Property
  void loadsComponents(@ForAll("summands") List<Double> summands) {
    ExactSum sum = sum(summands);
    double[] components = new double[sum.size() + 1];
    for (int i = 0; i < sum.size(); i++) {
      components[i] = sum.component(i);
    }
    components[sum.size()] = 7;
    ExactSum loaded = sum(List.of(3.0, 1e-30));
    loaded.load(components, sum.size());
    assertThat(Streams.write(loaded::write)).isEqualTo(Streams.write(sum::write));
  }

  @Property
  void scalesExactly(
      @ForAll("normals") List<Double> summands,
      @ForAll @IntRange(min = -300, max = 300) int exponent) {
    ExactSum sum = sum(summands);
    sum.scale(exponent);
    List<Double> scaled = summands.stream().map(s -> Math.scalb(s, exponent)).toList();
    assertThat(Streams.write(sum::write)).isEqualTo(Streams.write(sum(scaled)::write));
  }

  @Property
  void addsToItself(@ForAll("summands") List<Double> summands) {
    ExactSum sum = sum(summands);
    sum.add(sum);
    List<Double> twice = new ArrayList<>(summands);
    twice.addAll(summands);
    assertThat(Streams.write(sum::write)).isEqualTo(Streams.write(sum(twice)::write));
  }

  @Provide
  Arbitrary<List<Double>> normals() {
    return doubles(-500, 500).list().ofMaxSize(30);
  }

  /** All magnitudes, or few; with much that cancels out, or all but. */
  @Provide
  Arbitrary<List<Double>> summands() {
    Arbitrary<Double> any = Arbitraries.oneOf(doubles(-1074, 959), tiny());
    Arbitrary<Double> near = doubles(-60, 60);
    Arbitrary<Double> powers =
        Combinators.combine(Arbitraries.integers().between(-55, 55), Arbitraries.of(-1.0, 1.0))
            .as((exponent, sign) -> Math.scalb(sign, exponent));
    Arbitrary<List<Double>> lists =
        Arbitraries.oneOf(
            any.list().ofMaxSize(60),
            near.list().ofMaxSize(60),
            Arbitraries.oneOf(near, powers).list().ofMaxSize(20),
            powers.list().ofMaxSize(8),
            tiny().list().ofMaxSize(20),
            Combinators.combine(any.list().ofMaxSize(20), any.list().ofMaxSize(2))
                .as(
                    (cancelled, left) -> {
                      List<Double> all = new ArrayList<>(cancelled);
                      all.addAll(left);
                      cancelled.forEach(c -> all.add(-c));
                      return all;
                    }));
    // Their combinations are so many that little else would be tried.
    return lists.withoutEdgeCases();
  }

  private static Arbitrary<Double> doubles(int minExponent, int maxExponent) {
    return Combinators.combine(
            Arbitraries.longs(), Arbitraries.integers().between(minExponent, maxExponent))
        .as((mantissa, exponent) -> Math.scalb((double) mantissa, exponent - 63));
  }

  private static Arbitrary<Double> tiny() {
    return Arbitraries.longs()
        .between(-(1L << 54), 1L << 54)
        .map(n -> Math.copySign(Double.longBitsToDouble(Math.abs(n)), n));
  }

  @Test
  void tiesAreRoundedToEvenUnlessMoreFollows() {
    double half = 0x1p-53;
    assertThat(sum(List.of(1.0, half)).value()).isEqualTo(1);
    assertThat(sum(List.of(1 + 0x1p-52, half)).value()).isEqualTo(1 + 0x1p-51);
    assertThat(sum(List.of(1.0, half, Double.MIN_VALUE)).value()).isEqualTo(1 + 0x1p-52);
    assertThat(sum(List.of(1.0, half, -Double.MIN_VALUE)).value()).isEqualTo(1);
    assertThat(sum(List.of(-1.0, -half, -1e-300)).value()).isEqualTo(-1 - 0x1p-52);
    assertThat(sum(List.of(1.0, -0x1p-54, -1e-300)).value()).isEqualTo(1 - 0x1p-53);
  }

  @Test
  void zeroIsOfOneForm() {
    assertThat(bits(sum(List.of(-0.0, -0.0)).value())).isEqualTo(bits(0.0));
    assertThat(bits(sum(List.of(1e300 / 1e12, -1e300 / 1e12)).value())).isEqualTo(bits(0.0));
    assertThat(Streams.write(sum(List.of(-5.0, 0.0, 5.0))::write)).containsExactly(0);
    assertThat(sum(List.of(5.0, -5.0)).isZero()).isTrue();
    assertThat(sum(List.of(Double.MIN_VALUE)).isZero()).isFalse();
  }

  @Test
  void refusesWhatHasNoExactSumAndStaysAsItWas() {
    ExactSum sum = sum(List.of(3.0));
    for (double refused :
        new double[] {
          Double.NaN,
          Double.POSITIVE_INFINITY,
          Double.NEGATIVE_INFINITY,
          Math.nextUp(ExactSum.MAX_SUMMAND)
        }) {
      assertThatThrownBy(() -> sum.add(refused))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not " + refused);
    }
    assertThat(sum.value()).isEqualTo(3);
    sum.add(-ExactSum.MAX_SUMMAND);
    assertThat(sum.size()).isEqualTo(2);
  }

  @Test
  void anOverflowIsToldBeforeItHappens() {
    ExactSum sum = sum(List.of(ExactSum.MAX_SUMMAND));
    for (int i = 0; i < 61; i++) {
      sum.add(sum);
    }
    ExactSum large = new ExactSum();
    large.add(sum);
    assertThatThrownBy(() -> sum.add(sum)).isInstanceOf(ArithmeticException.class);
    large.add(sum);
    assertThat(large.value()).isEqualTo(0x1p1022);
    assertThatThrownBy(() -> large.add(1)).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> sum.add(large))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("overflow");
    assertThat(sum.value()).isEqualTo(0x1p1021);
  }

  @Test
  void doesNotScaleBitsAway() {
    ExactSum sum = sum(List.of(1.0, 0x1p-100));
    assertThatThrownBy(() -> sum.scale(-1000)).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> sum.scale(1022)).isInstanceOf(ArithmeticException.class);
    assertThat(sum.component(1)).isEqualTo(0x1p-100);
  }

  @Test
  void whatIsNoSumIsNotRead() {
    ExactSum sum = new ExactSum();
    byte[] infinite = Streams.write(out -> writeOne(out, Double.POSITIVE_INFINITY));
    assertThatThrownBy(() -> Streams.read(infinite, sum::read))
        .isInstanceOf(StreamCorruptedException.class)
        .hasMessageContaining("Infinity");
    assertThatThrownBy(() -> Streams.read(new byte[] {99}, sum::read))
        .isInstanceOf(StreamCorruptedException.class)
        .hasMessageContaining("99 components");
    assertThatThrownBy(() -> sum(List.of(1.0)).component(1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static void writeOne(DataOutput out, double component) throws IOException {
    out.writeByte(1);
    out.writeDouble(component);
  }
}
