package dev.freshet.ranking.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ranking.event.ItemChange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class PendingChangesTest {

  /** Sorted, searched and rewritten as a whole. */
  private static final class NaivePending {
    private final List<ItemChange> changes = new ArrayList<>();

    void add(ItemChange change) {
      changes.add(change);
      changes.sort(ItemChange.EVENT_ORDER); // stable
    }

    void supersede(ItemChange late) {
      changes.replaceAll(
          change ->
              change.item.equals(late.item) && change.time >= late.time
                  ? change.with(late)
                  : change);
    }

    List<ItemChange> pollBefore(long time) {
      List<ItemChange> polled = changes.stream().filter(change -> change.time < time).toList();
      changes.removeIf(change -> change.time < time);
      return polled;
    }
  }

  private static ItemChange change(String item, long time, double count) {
    ItemChange change = new ItemChange();
    change.item = item;
    change.time = time;
    change.longCount = count;
    return change;
  }

  private static List<ItemChange> pollBefore(PendingChanges pending, long time) {
    List<ItemChange> polled = new ArrayList<>();
    for (ItemChange next = pending.pollBefore(time);
        next != null;
        next = pending.pollBefore(time)) {
      polled.add(next);
    }
    return polled;
  }

  private static List<String> described(List<ItemChange> changes) {
    return changes.stream()
        .map(change -> change.item + " " + change.time + " " + change.longCount)
        .toList();
  }

  @Property(tries = 200)
  void lateChangesSupersedeAsIfTheQueueWereRewritten(@ForAll long seed) {
    Random random = new Random(seed);
    PendingChanges pending = new PendingChanges();
    NaivePending naive = new NaivePending();
    long watermark = 0;
    for (int step = 0; step < 400; step++) {
      long time = watermark + random.nextInt(40);
      ItemChange change = change("i" + random.nextInt(4), time, step);
      if (random.nextInt(3) == 0) {
        change.time -= random.nextInt(40);
        pending.supersede(change);
        naive.supersede(change);
      }
      if (change.time > watermark) {
        pending.add(change);
        naive.add(change);
      }
      if (random.nextInt(5) == 0) {
        watermark += random.nextInt(30);
        assertThat(described(pollBefore(pending, watermark)))
            .isEqualTo(described(naive.pollBefore(watermark)));
      }
      if (random.nextInt(20) == 0) {
        assertThat(described(pending.inOrder())).isEqualTo(described(naive.changes));
      }
      assertThat(pending.size()).isEqualTo(naive.changes.size());
    }
  }

  /** Counts how often two changes are compared and one takes over facts of another. */
  private static final class Work {
    private long steps;

    private final class Counted extends ItemChange {
      Counted(long time) {
        item = "i";
        this.time = time;
      }

      @Override
      public ItemChange with(ItemChange later) {
        steps++;
        Counted change = new Counted(time);
        change.longCount = later.longCount;
        return change;
      }
    }

    private long ofBurst(int changes) {
      Comparator<ItemChange> counting =
          (left, right) -> {
            steps++;
            return ItemChange.EVENT_ORDER.compare(left, right);
          };
      PendingChanges pending = new PendingChanges(counting);
      for (int number = 0; number < changes; number++) {
        pending.add(new Counted(1_000_000 + number));
      }
      for (int number = 0; number < changes; number++) {
        Counted late = new Counted(999_999 - number);
        late.longCount = number;
        pending.supersede(late);
      }
      List<ItemChange> polled = pollBefore(pending, Long.MAX_VALUE);
      assertThat(polled).hasSize(changes).allMatch(change -> change.longCount == changes - 1);
      return steps;
    }
  }

  @Example
  void aBurstOfLateChangesTakesWorkInProportionToItsSize() {
    long few = new Work().ofBurst(100);
    long many = new Work().ofBurst(800);
    assertThat(many).isLessThan(16 * few);
  }
}
