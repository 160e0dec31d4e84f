package dev.freshet.ranking.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TopRowsTest {

  private static final double[] SPECIAL = {
    Double.NaN,
    0.0,
    -0.0,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    1,
    -1,
    Double.MIN_VALUE
  };

  private final TopRows top = new TopRows();

  private List<Integer> select(int bound, double... scores) {
    top.reset(bound);
    for (int row = 0; row < scores.length; row++) {
      top.offer(row, scores[row]);
    }
    int selected = top.sort();
    List<Integer> rows = new ArrayList<>();
    for (int rank = 0; rank < selected; rank++) {
      rows.add(top.row(rank));
    }
    return rows;
  }

  private static List<Integer> sorted(int bound, double... scores) {
    // NaN last; 0 and -0 are equal; then the lower row.
    Comparator<Integer> order =
        Comparator.comparing((Integer row) -> Double.isNaN(scores[row]))
            .thenComparing(row -> Double.isNaN(scores[row]) ? 0 : -(scores[row] + 0.0) + 0.0)
            .thenComparing(row -> row);
    return IntStream.range(0, scores.length).boxed().sorted(order).limit(bound).toList();
  }

  @Property
  void selectsWhatSortingWould(
      @ForAll long seed,
      @ForAll @IntRange(max = 300) int rows,
      @ForAll @IntRange(max = 120) int bound) {
    Random random = new Random(seed);
    double[] scores =
        random
            .ints(rows, 0, 100)
            .mapToDouble(
                value -> value < SPECIAL.length ? SPECIAL[value] : random.nextInt(40) / 4.0)
            .toArray();
    assertThat(select(bound, scores)).isEqualTo(sorted(bound, scores));
  }

  @Property
  void selectsFromScoresOfAnySize(
      @ForAll long seed,
      @ForAll @IntRange(max = 300) int rows,
      @ForAll @IntRange(max = 120) int bound,
      @ForAll @IntRange(min = 1, max = 2_000) int exponents) {
    double[] scores = anySize(new Random(seed), rows, exponents);
    assertThat(select(bound, scores)).isEqualTo(sorted(bound, scores));
  }

  /** Within some powers of two of each other, some less than 0. */
  private static double[] anySize(Random random, int rows, int exponents) {
    return IntStream.range(0, rows)
        .mapToDouble(
            row -> Math.scalb(random.nextDouble() - 0.1, random.nextInt(exponents) - exponents / 2))
        .toArray();
  }

  @Property
  void offersOfPositiveScoresAreOffersOneByOne(
      @ForAll long seed, @ForAll @IntRange(max = 300) int rows) {
    double[] scores = anySize(new Random(seed), rows + 3, 2_000);
    for (int row = 0; row < rows; row += 7) {
      scores[row] = SPECIAL[row % SPECIAL.length];
    }
    List<Integer> expected =
        sorted(rows, Arrays.copyOf(scores, rows)).stream().filter(row -> scores[row] > 0).toList();
    top.reset(rows);
    top.offerPositive(scores, rows);
    int selected = top.sort();
    assertThat(IntStream.range(0, selected).map(top::row)).containsExactlyElementsOf(expected);
  }

  @Test
  void tiesGoToTheLowerRowWhateverTheOrderOfOffers() {
    top.reset(2);
    for (int row : new int[] {4, 1, 3, 0, 2}) {
      top.offer(row, 7);
    }
    assertThat(top.sort()).isEqualTo(2);
    assertThat(top.row(0)).isZero();
    assertThat(top.row(1)).isEqualTo(1);
  }

  @Test
  void nanIsBelowEveryNumber() {
    assertThat(select(2, Double.NaN, Double.NEGATIVE_INFINITY, Double.NaN)).containsExactly(1, 0);
  }

  @Test
  void nothingIsLeftOfTheSelectionBefore() {
    assertThat(select(3, 1, 2, 3)).containsExactly(2, 1, 0);
    assertThat(select(3, 0)).containsExactly(0);
    assertThat(select(0, 1, 2)).isEmpty();
    assertThat(select(100)).isEmpty();
  }
}
