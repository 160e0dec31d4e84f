package dev.freshet.ranking.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class TopItemsTest {

  private static final int ITEMS = 40;

  private final ItemIndex index = new ItemIndex();
  private final LongColumn keys = new LongColumn(0);
  private final boolean[] isMember = new boolean[ITEMS];

  /** Keys rise and fall, often to the same, and members come and go. */
  @Property
  void areTheGreatestInOrder(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int bound, @ForAll boolean ranked) {
    Random random = new Random(seed);
    keys.ensure(ITEMS);
    TopItems top =
        new TopItems(keys, index, bound, ranked ? new LongColumn(TopItems.OUTSIDE) : null);
    top.ensureItems(ITEMS);
    for (int item = 0; item < ITEMS; item++) {
      index.findOrAdd("item " + item);
      isMember[item] = false;
    }
    for (int step = 0; step < 300; step++) {
      int item = random.nextInt(ITEMS);
      boolean wasMember = isMember[item];
      long before = keys.get(item);
      if (random.nextInt(3) > 0) {
        isMember[item] = random.nextInt(3) > 0;
      }
      if (random.nextInt(3) > 0) {
        keys.set(item, random.nextInt(8) - 2);
      }
      top.changed(item, wasMember, before, isMember[item]);
      if (top.incomplete()) {
        top.refill(ITEMS, each -> isMember[each]);
      }
      List<Integer> expected = greatest(bound);
      assertThat(listed(top)).isEqualTo(expected);
      for (int each = 0; ranked && each < ITEMS; each++) {
        assertThat(top.rank(each)).isEqualTo(expected.indexOf(each));
      }
    }
  }

  /** Nothing falls out and nothing leaves: then nothing is ever taken anew. */
  @Property
  void keysThatGrowNeverMakeThemIncomplete(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int bound) {
    Random random = new Random(seed);
    keys.ensure(ITEMS);
    TopItems top = new TopItems(keys, index, bound, new LongColumn(TopItems.OUTSIDE));
    top.ensureItems(ITEMS);
    for (int item = 0; item < ITEMS; item++) {
      index.findOrAdd("item " + item);
      keys.set(item, 0);
      isMember[item] = false;
    }
    for (int step = 0; step < 300; step++) {
      int item = random.nextInt(ITEMS);
      long before = keys.get(item);
      keys.set(item, before + random.nextInt(5));
      top.changed(item, isMember[item], before, true);
      isMember[item] = true;
      assertThat(top.incomplete()).isFalse();
      assertThat(listed(top)).isEqualTo(greatest(bound));
    }
  }

  private static List<Integer> listed(TopItems top) {
    List<Integer> items = new ArrayList<>();
    for (int rank = 0; rank < top.size(); rank++) {
      items.add(top.item(rank));
    }
    return items;
  }

  private List<Integer> greatest(int bound) {
    List<Integer> items = new ArrayList<>();
    for (int item = 0; item < ITEMS; item++) {
      if (isMember[item]) {
        items.add(item);
      }
    }
    items.sort(Comparator.comparing((Integer item) -> -keys.get(item)).thenComparing(index::hash));
    return items.subList(0, Math.min(bound, items.size()));
  }
}
