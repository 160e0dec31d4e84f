package dev.freshet.ranking.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class NeighbourListsTest {

  private static final int ITEMS = 5;

  private static final BitSet NONE = new BitSet();

  private record Entry(int neighbour, double weight) {}

  /** A list as plain as can be. */
  private static final class NaiveList {
    final int bound;
    final List<Entry> entries = new ArrayList<>();
    double total;

    NaiveList(int bound) {
      this.bound = bound;
    }

    void add(int neighbour, double weight) {
      total += weight;
      double sum = weight;
      for (Entry entry : List.copyOf(entries)) {
        if (entry.neighbour == neighbour) {
          sum += entry.weight;
          entries.remove(entry);
        }
      }
      if (entries.size() == bound) {
        entries.remove(bound - 1);
      }
      int at = 0;
      while (at < entries.size() && entries.get(at).weight >= sum) {
        at++;
      }
      entries.add(at, new Entry(neighbour, sum));
    }

    void scale(int exponent) {
      total = Math.scalb(total, exponent);
      entries.replaceAll(e -> new Entry(e.neighbour, Math.scalb(e.weight, exponent)));
    }
  }

  private static void assertSame(NeighbourLists lists, List<NaiveList> expected) {
    for (int item = 0; item < ITEMS; item++) {
      List<Entry> entries = new ArrayList<>();
      for (int rank = 0; rank < lists.size(item); rank++) {
        entries.add(new Entry(lists.neighbour(item, rank), lists.weight(item, rank)));
      }
      assertThat(entries).isEqualTo(expected.get(item).entries);
      assertThat(lists.total(item)).isEqualTo(expected.get(item).total);
    }
  }

  @Property
  void holdsWhatAPlainListWould(@ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int bound)
      throws IOException {
    Random random = new Random(seed);
    NeighbourLists lists = new NeighbourLists(bound, NONE);
    List<NaiveList> expected = new ArrayList<>();
    for (int item = 0; item < ITEMS; item++) {
      expected.add(new NaiveList(bound));
    }
    lists.ensureItems(ITEMS);
    for (int step = 0; step < 200; step++) {
      int action = random.nextInt(50);
      if (action == 0) {
        lists.scale(-3, ITEMS);
        expected.forEach(list -> list.scale(-3));
      } else if (action == 1) {
        lists = copy(lists, bound);
      } else {
        int item = random.nextInt(ITEMS);
        int neighbour = random.nextInt(15);
        double weight = 1 + random.nextInt(3);
        lists.add(item, neighbour, weight);
        expected.get(item).add(neighbour, weight);
      }
      assertSame(lists, expected);
    }
  }

  private static NeighbourLists copy(NeighbourLists lists, int bound) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ReplicaFormat.writeNeighbours(new DataOutputStream(bytes), lists, ITEMS);
    NeighbourLists copy = new NeighbourLists(bound, NONE);
    ReplicaFormat.readNeighbours(
        new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), copy, ITEMS);
    return copy;
  }

  @Test
  void aFullListGivesUpItsLightestForANewcomerHoweverLight() {
    NeighbourLists lists = new NeighbourLists(2, NONE);
    lists.ensureItems(1);
    lists.add(0, 10, 5);
    lists.add(0, 11, 3);
    lists.add(0, 12, 1);
    assertThat(lists.size(0)).isEqualTo(2);
    assertThat(lists.neighbour(0, 0)).isEqualTo(10);
    assertThat(lists.neighbour(0, 1)).isEqualTo(12);
    assertThat(lists.total(0)).isEqualTo(9);
  }

  @Test
  void growthKeepsWhatIsThere() {
    NeighbourLists lists = new NeighbourLists(3, NONE);
    lists.ensureItems(1);
    lists.add(0, 10, 5);
    lists.ensureItems(1000);
    assertThat(lists.weight(0, 0)).isEqualTo(5);
    assertThat(lists.size(999)).isZero();
  }
}
