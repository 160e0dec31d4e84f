package dev.freshet.ranking.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.FeatureEvent;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.Visit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

/** What the replica says it takes of the heap, against the layout of its objects. */
class ReplicaBytesTest {

  /** The objects around the arrays: less than the smallest column takes. */
  private static final long LEFT_OUT = 4_096;

  private static final ReplicaSettings SETTINGS =
      new ReplicaSettings(
          new HalfLives(1_000, 10_000, 10_000),
          List.of("item.f[0]", "item.f[1]"),
          List.of("category", "tag"),
          60_000,
          20_000);

  @BeforeAll
  static void lookIntoRecordsAndAttachNothing() {
    System.setProperty("jol.magicFieldOffset", "true");
    System.setProperty("jol.skipDynamicAttach", "true");
    System.setProperty("jol.skipHotspotSAAttach", "true");
  }

  private static void apply(ItemReplica replica, Random random, int item, String... before) {
    ItemChange change = new ItemChange();
    change.item = id(item);
    change.time = 1_000 + item;
    change.firstSeen = 1_000;
    change.lastAction = before.length == 0 ? Long.MIN_VALUE : change.time;
    change.countTime = change.lastAction;
    change.longCount = 1;
    change.shortCount = 1;
    change.attributes =
        new String[] {
          "category=" + item % 500, "tag=a" + random.nextInt(5_000), "tag=b" + item % 100,
        };
    change.stored = new float[] {1, 2};
    change.visits = new Visit[before.length == 0 ? 0 : 1];
    if (before.length > 0) {
      change.visits[0] = new Visit();
      change.visits[0].user = FeatureEvent.hash(change.item);
      change.visits[0].before = before;
    }
    replica.apply(change);
  }

  private static String id(int item) {
    return (item % 3 == 0 ? "商品-" : "item-") + item;
  }

  private static ItemReplica replica(int items, int actions) {
    Random random = new Random(1);
    ItemReplica replica = new ItemReplica(SETTINGS);
    for (int item = 0; item < items; item++) {
      apply(replica, random, item);
    }
    for (int action = 0; action < actions; action++) {
      int item = random.nextInt(items);
      List<String> before = new ArrayList<>();
      for (int back = 1; back <= 5; back++) {
        before.add(id((item + back * (1 + random.nextInt(9))) % items));
      }
      apply(replica, random, item, before.toArray(String[]::new));
    }
    return replica;
  }

  @Test
  void aCatalogTakesWhatIsSaid() {
    assertMeasured(50_000, 0);
  }

  @Test
  void itemsWithNeighboursTakeWhatIsSaid() {
    assertMeasured(50_000, 150_000);
  }

  /** More than the bound: some were evicted, and their room is free for others. */
  @Test
  void aFullReplicaTakesWhatIsSaid() {
    assertMeasured(80_000, 50_000);
  }

  /** The settings belong to whoever made the replica. */
  private static void assertMeasured(int items, int actions) {
    ItemReplica replica = replica(items, actions);
    long measured =
        GraphLayout.parseInstance(replica).totalSize()
            - GraphLayout.parseInstance(SETTINGS).totalSize();
    assertThat(measured - replica.bytes()).isBetween(0L, LEFT_OUT);
  }
}
