package dev.freshet.ranking.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.ranking.replica.ItemIndex;
import dev.freshet.ranking.replica.ItemVectors;
import dev.freshet.ranking.replica.LongColumn;
import dev.freshet.ranking.replica.Snapshots;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Vectors against sums of doubles, and what is found of them against looking at all. */
class ItemVectorsProperties {

  private static final int ITEMS = 60;
  private static final int STEPS = 600;

  private final LongColumn directions = new LongColumn(ItemVectors.NO_DIRECTION);
  private final ItemVectors vectors = new ItemVectors(directions);

  /** Context vectors, in floats that can be as great as doubles. */
  private final double[][] sums = new double[ITEMS][ItemVectors.DIMENSIONS];

  /** Buckets by the definition, the item that came last first. */
  private final List<List<Integer>> buckets = new ArrayList<>();

  private final int[] signs = new int[ITEMS];
  private final boolean[] kept = new boolean[ITEMS];

  /** Rounded as a float is, with no bound to the exponent. */
  private static double asFloat(double number) {
    int exponent = Math.getExponent(number);
    double rounded = (float) Math.scalb(number, -exponent);
    return number == 0 ? 0 : Math.scalb(rounded, exponent);
  }

  private static double cosine(double[] left, double[] right) {
    // Whatever the size of the vector, so that squares neither overflow nor vanish.
    double size = Arrays.stream(left).map(Math::abs).max().orElseThrow();
    double product = 0;
    double leftSquares = 0;
    double rightSquares = 0;
    for (int dimension = 0; dimension < left.length; dimension++) {
      product += left[dimension] / size * right[dimension];
      leftSquares += left[dimension] / size * (left[dimension] / size);
      rightSquares += right[dimension] * right[dimension];
    }
    return product / Math.sqrt(leftSquares * rightSquares);
  }

  @Property(tries = 40)
  void cosinesAndBucketsAreThoseOfTheDefinition(@ForAll long seed) throws IOException {
    new ItemVectorsProperties().check(seed); // tries share an instance
  }

  private void check(long seed) throws IOException {
    Random random = new Random(seed);
    ItemVectors tested = vectors;
    tested.ensureItems(ITEMS);
    IntStream.range(0, ItemVectors.TABLES << ItemVectors.TABLE_BITS)
        .forEach(bucket -> buckets.add(new ArrayList<>()));
    double weight = 1;
    int landmark = 0;
    for (int step = 0; step < STEPS; step++) {
      int item = random.nextInt(ITEMS);
      int company = ItemVectors.indexVector(random.nextInt(5) * 0x1234567_89ABCDEFL);
      weight *= Math.pow(2, random.nextInt(4)); // ever more, beyond what a float can hold
      tested.add(item, company, Math.scalb(weight, -landmark));
      for (int dimension = 0; dimension < ItemVectors.DIMENSIONS; dimension++) {
        double sum = sums[item][dimension];
        sums[item][dimension] =
            asFloat(sum + ((company >>> dimension & 1) == 1 ? -weight : weight));
      }
      tested.settle(item);
      moveInBuckets(item);
      if (random.nextInt(40) == 0) {
        int evicted = random.nextInt(ITEMS);
        tested.forget(new int[] {evicted});
        buckets.forEach(bucket -> bucket.remove((Integer) evicted));
        sums[evicted] = new double[ItemVectors.DIMENSIONS];
        kept[evicted] = false;
      }
      if (step % 200 == 199) {
        int moved = Math.getExponent(weight) - landmark;
        tested.scale(-moved, ITEMS); // all that was added counts for less from now on
        landmark += moved;
        tested = copy(tested);
        assertAlike(tested);
      }
    }
  }

  private void moveInBuckets(int item) {
    int now = 0;
    for (int dimension = 0; dimension < ItemVectors.DIMENSIONS; dimension++) {
      now |= (sums[item][dimension] < 0 ? 1 : 0) << dimension;
    }
    for (int table = 0; table < ItemVectors.TABLES; table++) {
      List<Integer> before = buckets.get(ItemVectors.bucket(table, signs[item]));
      List<Integer> after = buckets.get(ItemVectors.bucket(table, now));
      if (!kept[item] || before != after) {
        before.remove((Integer) item);
        after.add(0, item);
        if (after.size() > ItemVectors.ITEMS_PER_BUCKET) {
          after.remove(ItemVectors.ITEMS_PER_BUCKET);
        }
      }
    }
    signs[item] = now;
    kept[item] = true;
  }

  private static ItemVectors copy(ItemVectors original) throws IOException {
    ItemVectors copy = new ItemVectors(new LongColumn(ItemVectors.NO_DIRECTION));
    byte[] written = Snapshots.written(original, ITEMS);
    Snapshots.read(written, copy, ITEMS);
    assertThat(Snapshots.written(copy, ITEMS)).isEqualTo(written);
    return copy;
  }

  private void assertAlike(ItemVectors tested) {
    double[] ones = new double[ItemVectors.DIMENSIONS];
    Arrays.fill(ones, 1);
    for (int item = 0; item < ITEMS; item++) {
      assertThat(tested.isKnown(item)).isEqualTo(kept[item]);
      if (kept[item]) {
        float[] unit = new float[ItemVectors.DIMENSIONS];
        tested.addTo(unit, item, 1);
        double sum = IntStream.range(0, unit.length).mapToDouble(at -> unit[at]).sum();
        assertThat(sum / Math.sqrt(unit.length)).isCloseTo(cosine(sums[item], ones), within(1e-4));
      }
    }
    for (int bucket = 0; bucket < buckets.size(); bucket++) {
      List<Integer> known = new ArrayList<>();
      for (int at = 0; at < tested.buckets().size(bucket); at++) {
        known.add(tested.buckets().array(bucket)[tested.buckets().from(bucket) + at]);
      }
      assertThat(known).isEqualTo(buckets.get(bucket));
    }
  }

  /** Items of some circles of company: those of the user's own are found first. */
  @Test
  void itemsInLikeCompanyAreFound() {
    int items = 400;
    vectors.ensureItems(items);
    Random random = new Random(3);
    for (int step = 0; step < 20_000; step++) {
      int item = random.nextInt(items);
      int other = random.nextInt(10) == 0 ? random.nextInt(items) : sameCircle(random, item);
      vectors.add(item, ItemVectors.indexVector(other * 0x9E3779B97F4A7C15L), 1);
      vectors.settle(item);
    }
    VectorSearch search = new VectorSearch(vectors);
    int[] recent = {7, 27, ItemIndex.ABSENT, 47}; // circle 7 of 20
    search.aim(recent, recent.length, items);
    for (int again = 0; again < 2; again++) {
      List<Integer> found = found(search, 5);
      assertThat(found).hasSize(5).doesNotHaveDuplicates().allMatch(item -> item % 20 == 7);
      assertThat(found).doesNotContain(7, 27, 47);
    }
  }

  private static List<Integer> found(VectorSearch search, int bound) {
    return IntStream.range(0, search.find(bound)).mapToObj(search::found).toList();
  }

  /** What is wanted of all that is found is the best of it, whatever was asked for before. */
  @Property(tries = 50)
  void fewAreTheFirstOfMany(@ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int bound) {
    int items = 1_000;
    vectors.ensureItems(items);
    Random random = new Random(seed);
    for (int item = 0; item < items; item++) {
      vectors.add(item, random.nextInt(), 1);
      vectors.add(item, random.nextInt(), 2);
      vectors.settle(item);
    }
    VectorSearch search = new VectorSearch(vectors);
    for (int request = 0; request < 3; request++) {
      int[] recent = random.ints(5, 0, items).toArray();
      search.aim(recent, recent.length, items);
      List<Integer> few = found(search, bound);
      List<Integer> all = found(search, items);
      assertThat(all).doesNotHaveDuplicates().doesNotContainAnyElementsOf(asList(recent));
      assertThat(few).isEqualTo(all.subList(0, Math.min(bound, all.size())));
    }
  }

  private static List<Integer> asList(int[] items) {
    return Arrays.stream(items).boxed().toList();
  }

  private static int sameCircle(Random random, int item) {
    return item % 20 + 20 * random.nextInt(20);
  }

  @Test
  void nothingIsFoundWhereNothingIsKnown() {
    vectors.ensureItems(3);
    vectors.add(2, 1, 1);
    vectors.settle(2);
    VectorSearch search = new VectorSearch(vectors);
    search.aim(new int[] {1, ItemIndex.ABSENT}, 2, 3);
    assertThat(search.find(10)).isZero();
    assertThat(search.similarity(directions.get(2))).isZero();
  }

  /** The signs of a vector along the direction, against it, in half of the dimensions, and none. */
  @Test
  void similarityIsTheCosineToTheSigns() {
    vectors.ensureItems(4);
    vectors.add(0, 0x0F0F0F0F, 2);
    vectors.add(1, ~0x0F0F0F0F, 3);
    vectors.add(2, 0x0F0FF0F0, 4);
    for (int item = 0; item < 3; item++) {
      vectors.settle(item);
    }
    VectorSearch search = new VectorSearch(vectors);
    search.aim(new int[] {0}, 1, 4);
    assertThat(IntStream.range(0, 4).mapToObj(item -> search.similarity(directions.get(item))))
        .usingElementComparator((one, other) -> Math.abs(one - other) < 1e-6 ? 0 : 1)
        .containsExactly(1f, -1f, 0f, 0f);
  }
}
