package dev.freshet.jobs.rank;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PopularItemsTest {

  private static final int ITEMS = 30;

  /** Weights only grow, by different amounts: so there are no ties. */
  @Property
  void areTheHeaviestInOrder(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int bound)
      throws IOException {
    Random random = new Random(seed);
    PopularItems popular = new PopularItems(bound);
    popular.ensureItems(10);
    popular.ensureItems(ITEMS);
    double[] weights = new double[ITEMS];
    for (int step = 0; step < 150; step++) {
      int action = random.nextInt(40);
      if (action == 0) {
        popular.scale(-2);
        for (int item = 0; item < ITEMS; item++) {
          weights[item] = Math.scalb(weights[item], -2);
        }
      } else if (action == 1) {
        popular = copy(popular, bound);
      } else {
        int item = random.nextInt(ITEMS);
        weights[item] += 1 + random.nextDouble();
        popular.update(item, weights[item]);
      }
      assertThat(listed(popular)).isEqualTo(heaviest(weights, bound));
      for (int item = 0; item < ITEMS; item++) {
        int rank = listed(popular).indexOf(item);
        assertThat(popular.rank(item)).isEqualTo(rank);
        assertThat(popular.weight(item)).isEqualTo(weights[item]);
      }
    }
  }

  private static List<Integer> listed(PopularItems popular) {
    List<Integer> items = new ArrayList<>();
    for (int rank = 0; rank < popular.size(); rank++) {
      items.add(popular.item(rank));
    }
    return items;
  }

  private static List<Integer> heaviest(double[] weights, int bound) {
    return IntStream.range(0, ITEMS)
        .filter(item -> weights[item] > 0)
        .boxed()
        .sorted(Comparator.comparing((Integer item) -> -weights[item]))
        .limit(bound)
        .toList();
  }

  private static PopularItems copy(PopularItems popular, int bound) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    popular.write(new DataOutputStream(bytes), ITEMS);
    PopularItems copy = new PopularItems(bound);
    copy.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), ITEMS);
    return copy;
  }
}
