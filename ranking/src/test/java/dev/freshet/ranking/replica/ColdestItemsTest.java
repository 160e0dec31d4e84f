package dev.freshet.ranking.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ColdestItemsTest {

  @Property
  void areTheFirstOfAllWhenSorted(@ForAll long seed) {
    Random random = new Random(seed);
    ItemIndex index = new ItemIndex();
    int items = 1 + random.nextInt(200);
    long[] first = new long[items];
    long[] second = new long[items];
    for (int item = 0; item < items; item++) {
      index.findOrAdd("item " + random.nextInt(1_000) + " " + item);
      first[item] = key(random);
      second[item] = key(random);
    }
    int count = 1 + random.nextInt(items);
    int[] chosen =
        ColdestItems.choose(
            IntStream.range(0, items).toArray(),
            count,
            index,
            item -> first[item],
            item -> second[item]);
    List<Integer> expected =
        IntStream.range(0, items)
            .boxed()
            .sorted(
                Comparator.comparing((Integer item) -> first[item])
                    .thenComparing(item -> second[item])
                    .thenComparing(index::id))
            .limit(count)
            .toList();
    assertThat(chosen).hasSize(count);
    assertThat(IntStream.of(chosen).boxed().toList()).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(new HashSet<>(expected)).hasSize(count);
  }

  private static long key(Random random) {
    long[] keys = {Long.MIN_VALUE, Long.MAX_VALUE, -2, -1, 0, 1, random.nextLong()};
    return keys[random.nextInt(keys.length)];
  }
}
