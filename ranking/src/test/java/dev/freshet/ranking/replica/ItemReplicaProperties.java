package dev.freshet.ranking.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.FeatureEvent;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.Visit;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The replica against {@link NaiveReplica}, through evictions, restores and long pauses. */
class ItemReplicaProperties {

  private static final List<String> ATTRIBUTES = List.of("genre", "x");

  private static ReplicaSettings settings(int maxItems) {
    return new ReplicaSettings(
        new HalfLives(500, 5_000, 2_000), List.of(), ATTRIBUTES, maxItems, 1_000);
  }

  private static byte[] written(ItemReplica replica) throws IOException {
    return written(replica.image());
  }

  private static byte[] written(ReplicaImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    image.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static ItemReplica copy(ItemReplica replica, ReplicaSettings settings)
      throws IOException {
    ItemReplica copy = new ItemReplica(settings);
    copy.read(new DataInputStream(new ByteArrayInputStream(written(replica))));
    return copy;
  }

  @Property(tries = 20)
  void answersAsMapsAndListsDo(
      @ForAll long seed, @ForAll @IntRange(min = 16, max = 150) int maxItems) throws IOException {
    Random random = new Random(seed);
    RandomChanges changes = new RandomChanges(random, 2 * maxItems, 1 << random.nextInt(22));
    ReplicaSettings settings = settings(maxItems);
    ItemReplica replica = new ItemReplica(settings);
    ItemReplica copied = new ItemReplica(settings);
    NaiveReplica naive = new NaiveReplica(settings);
    for (int step = 0; step < 5 * maxItems; step++) {
      ItemChange change = changes.next();
      replica.apply(change);
      copied.apply(change);
      naive.apply(change);
      if (random.nextInt(20) == 0) {
        copied = copy(copied, settings);
      }
      if (random.nextInt(20) == 0) {
        // Where nobody has looked yet, the copy is purged and the original isn't.
        assertSame(copied, naive);
        assertThat(written(copied)).isEqualTo(written(replica));
      }
    }
    assertSame(replica, naive);
    assertThat(naive.evictions).isPositive();
  }

  @Property(tries = 20)
  void anImageIsOfItsMomentHoweverTheReplicaGoesOn(
      @ForAll long seed, @ForAll @IntRange(min = 16, max = 150) int maxItems) throws IOException {
    Random random = new Random(seed);
    RandomChanges changes = new RandomChanges(random, 2 * maxItems, 1 << random.nextInt(22));
    // Fewer sessions than users, so that they are overwritten, and a number from the store.
    ItemReplica replica =
        new ItemReplica(
            new ReplicaSettings(
                new HalfLives(500, 5_000, 2_000), List.of("item.price"), ATTRIBUTES, maxItems, 4));
    for (int round = 0; round < 5; round++) {
      apply(changes, random.nextInt(2 * maxItems), random, replica);
      byte[] now = written(replica);
      ReplicaImage image = replica.image();
      apply(changes, 1 + random.nextInt(maxItems), random, replica);
      assertThat(written(image)).as("round %d", round).isEqualTo(now);
    }
  }

  private static void apply(RandomChanges changes, int steps, Random random, ItemReplica replica) {
    for (int step = 0; step < steps; step++) {
      ItemChange change = changes.next();
      change.stored = new float[] {random.nextFloat()};
      replica.apply(change);
    }
  }

  /** More items of a value than are listed, which come and go. */
  @Example
  void whatAValueListsIsExactHoweverManyHaveIt() throws IOException {
    RandomChanges changes = new RandomChanges(new Random(3), 900, 20);
    ReplicaSettings settings = settings(600);
    ItemReplica replica = new ItemReplica(settings);
    NaiveReplica naive = new NaiveReplica(settings);
    int mostItems = 0;
    for (int step = 0; step < 4_000; step++) {
      ItemChange change = changes.next();
      replica.apply(change);
      naive.apply(change);
      if (step % 200 == 0) {
        assertSame(replica, naive);
        mostItems = Math.max(mostItems, naive.top(1_000, item -> 0, "genre=g0").size());
      }
    }
    assertThat(mostItems).isGreaterThan(2 * ListedItems.ITEMS_PER_VALUE);
  }

  /** The listed go, one by one, until those come up that nobody has held in a list. */
  @Example
  void listsThatLoseTheirItemsAreFilledAgain() {
    ReplicaSettings settings = settings(2_000);
    ItemReplica replica = new ItemReplica(settings);
    NaiveReplica naive = new NaiveReplica(settings);
    int items = 1_500;
    for (int turn = 0; turn < 2 * items; turn++) {
      int number = turn < items ? turn : 2 * items - 1 - turn;
      ItemChange change = new ItemChange();
      change.item = "item " + number;
      change.time = turn;
      change.countTime = 0;
      change.lastAction = 0;
      change.firstSeen = number;
      change.shortCount = 1 + number;
      change.longCount = 1 + number;
      change.deleted = turn >= items;
      change.attributes = new String[] {"genre=g"};
      change.visits = new Visit[0];
      replica.apply(change);
      naive.apply(change);
      if (turn >= items && turn % 50 == 0) {
        assertSame(replica, naive);
      }
    }
  }

  private static void assertSame(ItemReplica replica, NaiveReplica naive) {
    assertThat(replica.size()).isEqualTo(naive.items.size());
    assertThat(replica.evictions()).isEqualTo(naive.evictions);
    TreeSet<String> values = new TreeSet<>();
    naive.items.forEach(
        (id, known) -> {
          int item = replica.find(id);
          assertThat(replica.id(item)).isEqualTo(id);
          assertThat(replica.find(FeatureEvent.hash(id))).isEqualTo(item);
          assertThat(replica.hash(item)).isEqualTo(FeatureEvent.hash(id));
          assertThat(replica.evicted(item)).isFalse();
          assertThat(replica.firstSeen(item)).isEqualTo(known.firstSeen);
          assertThat(replica.lastAction(item)).isEqualTo(known.lastAction);
          assertThat(replica.deleted(item)).isEqualTo(known.deleted);
          assertThat(replica.popularShort().weight(item)).isEqualTo(known.shortWeight);
          assertThat(replica.popularLong().weight(item)).isEqualTo(known.longWeight);
          assertNeighbours(replica, replica.transitions(), item, known.transitions);
          assertNeighbours(replica, replica.covisits(), item, known.covisits);
          assertAttributes(replica, item, known.attributes);
          values.addAll(known.attributes);
        });
    PopularItems popularShort = replica.popularShort();
    assertThat(ids(replica, popularShort.size(), popularShort::item))
        .isEqualTo(naive.popular(item -> item.shortWeight));
    PopularItems popularLong = replica.popularLong();
    assertThat(ids(replica, popularLong.size(), popularLong::item))
        .isEqualTo(naive.popular(item -> item.longWeight));
    TopItems newItems = replica.newItems();
    assertThat(ids(replica, newItems.size(), newItems::item))
        .isEqualTo(naive.top(ListedItems.NEW_ITEMS, item -> item.firstSeen, null));
    int valueCount = 0;
    for (String value : values) {
      int attribute = replica.attribute(value.substring(0, value.indexOf('=')));
      int number = replica.valueOf(attribute, value.substring(value.indexOf('=') + 1));
      assertThat(
              ids(
                  replica,
                  replica.size(attribute, number),
                  rank -> replica.item(attribute, number, rank)))
          .isEqualTo(naive.top(ListedItems.ITEMS_PER_VALUE, item -> item.longWeight, value));
      valueCount++;
    }
    assertThat(replica.valueCount(0) + replica.valueCount(1)).isGreaterThanOrEqualTo(valueCount);
  }

  private static List<String> ids(ItemReplica replica, int size, IntUnaryOperator item) {
    List<String> ids = new ArrayList<>();
    for (int rank = 0; rank < size; rank++) {
      ids.add(replica.id(item.applyAsInt(rank)));
    }
    return ids;
  }

  private static void assertNeighbours(
      ItemReplica replica, NeighbourLists lists, int item, NaiveReplica.Neighbours expected) {
    List<NaiveReplica.Entry> entries = new ArrayList<>();
    for (int rank = 0; rank < lists.size(item); rank++) {
      entries.add(
          new NaiveReplica.Entry(
              replica.id(lists.neighbour(item, rank)), lists.weight(item, rank)));
    }
    assertThat(entries).isEqualTo(expected.entries);
    assertThat(lists.total(item)).isEqualTo(expected.total);
  }

  private static void assertAttributes(ItemReplica replica, int item, List<String> expected) {
    for (String name : ATTRIBUTES) {
      List<String> values =
          expected.stream().filter(value -> value.startsWith(name + "=")).toList();
      int attribute = replica.attribute(name);
      assertThat(replica.valuesOf(attribute, item)).isEqualTo(values.size());
      assertThat(replica.firstValue(attribute, item))
          .isEqualTo(values.isEmpty() ? ItemIndex.ABSENT : valueOf(replica, values.get(0)));
      for (int place = 0; place < values.size(); place++) {
        int value = valueOf(replica, values.get(place));
        assertThat(replica.value(attribute, item, place)).isEqualTo(value);
      }
      for (int value = 0; value < replica.valueCount(attribute); value++) {
        int number = value;
        assertThat(replica.hasValue(attribute, item, value))
            .isEqualTo(values.stream().anyMatch(each -> valueOf(replica, each) == number));
      }
    }
  }

  private static int valueOf(ItemReplica replica, String value) {
    int at = value.indexOf('=');
    return replica.valueOf(replica.attribute(value.substring(0, at)), value.substring(at + 1));
  }
}
