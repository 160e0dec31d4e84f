package dev.freshet.ranking.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.freshet.model.ModelBundle;
import dev.freshet.model.OnnxScorer;
import dev.freshet.ranking.Replicas;
import dev.freshet.ranking.TestModel;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.evidence.Evidence;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.serving.Ranker;
import dev.freshet.schema.RankedItem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ItemReplicaTest {

  private static final long DAY = Duration.ofDays(1).toMillis();

  private static byte[] written(ItemReplica replica) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    replica.image().write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static ItemReplica read(byte[] bytes, HalfLives halfLives) throws IOException {
    ItemReplica replica = new ItemReplica(Replicas.settings(halfLives));
    replica.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    return replica;
  }

  private static ItemReplica copy(ItemReplica replica) throws IOException {
    return read(written(replica), Replicas.HALF_LIVES);
  }

  @Test
  void aCopyAnswersAlikeBitForBitAndGoesOnDoingSo() throws Exception {
    try (OnnxScorer scorer = new OnnxScorer(ModelBundle.of(TestModel.onnx()))) {
      for (int step : new int[] {10, 1_000, 100_000}) { // the last moves all landmarks often
        Random random = new Random(step);
        RandomChanges changes = new RandomChanges(random, 30, step);
        ItemReplica replica = new ItemReplica(Replicas.settings(Replicas.HALF_LIVES));
        ItemReplica copied = new ItemReplica(Replicas.settings(Replicas.HALF_LIVES));
        int listed = 0;
        for (int number = 0; number < 200; number++) {
          ItemChange change = changes.next();
          replica.apply(change);
          copied.apply(change);
          copied = copy(copied);
          assertThat(written(copied)).isEqualTo(written(replica));
          assertThat(copied.longTotal()).isEqualTo(replica.longTotal());
          assertThat(replica.longTotal()).isCloseTo(sumOfLong(replica), withinPercentage(1e-9));
          RankRequest request = request(changes, random.nextInt(8));
          List<RankedItem> list = list(replica, scorer, request);
          assertThat(list(copied, scorer, request)).isEqualTo(list);
          listed += list.size();
        }
        assertThat(listed).isGreaterThan(500);
      }
    }
  }

  private static RankRequest request(RandomChanges changes, int recent) {
    RankRequest request = new RankRequest();
    request.user = "u" + recent;
    request.time = changes.time() + 1;
    request.recent = new String[recent];
    for (int back = 0; back < recent; back++) {
      request.recent[back] = changes.item();
    }
    return request;
  }

  private static double sumOfLong(ItemReplica replica) {
    double sum = 0;
    for (int item = 0; item < replica.numbers(); item++) {
      sum += replica.popularLong().weight(item);
    }
    return sum;
  }

  @Test
  void whatIsEvictedDoesNotCountForTheTotal() {
    ItemReplica replica =
        new ItemReplica(
            new ReplicaSettings(
                Replicas.HALF_LIVES, List.of(), List.of(), 100, ReplicaSettings.DEFAULT_SESSIONS));
    for (int item = 0; item < 250; item++) {
      change(replica, "i" + item, 1_000 + item);
      assertThat(replica.longTotal()).isCloseTo(sumOfLong(replica), withinPercentage(1e-9));
    }
    assertThat(replica.evictions()).isGreaterThan(100);
  }

  private static List<RankedItem> list(
      ItemReplica replica, OnnxScorer scorer, RankRequest request) {
    Ranker ranker = new Ranker(replica, TestModel.settings());
    ranker.gather(request, "home");
    ranker.score(TestModel.scoring(scorer));
    return ranker.list();
  }

  @Test
  void anUnknownFormatIsRefused() throws IOException {
    byte[] bytes = written(new ItemReplica(Replicas.settings(Replicas.HALF_LIVES)));
    bytes[0] = 99;
    assertThatThrownBy(() -> read(bytes, Replicas.HALF_LIVES))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("format 99");
  }

  /** As a snapshot of a version that knows other facts would be. */
  @Test
  void factsAreReadByNameAndThoseThatAreMissingStayEmpty() throws IOException {
    ItemReplica replica = new ItemReplica(Replicas.settings(Replicas.HALF_LIVES));
    change(replica, "a", 1_000);
    change(replica, "b", 2_000, "a");
    byte[] bytes = written(replica);
    byte[] renamed =
        new String(bytes, StandardCharsets.ISO_8859_1)
            .replace("FIRST_SEEN", "other fact")
            .getBytes(StandardCharsets.ISO_8859_1);
    ItemReplica read = read(renamed, Replicas.HALF_LIVES);
    for (String id : List.of("a", "b")) {
      int item = read.find(id);
      assertThat(read.firstSeen(item)).isEqualTo(Long.MIN_VALUE);
      assertThat(read.lastAction(item)).isEqualTo(replica.lastAction(item));
      assertThat(read.popularShort().weight(item)).isEqualTo(replica.popularShort().weight(item));
      assertThat(read.transitions().size(item)).isEqualTo(replica.transitions().size(item));
    }
  }

  @Test
  void otherHalfLivesThanThoseOfTheCheckpointAreRefused() throws IOException {
    ItemReplica replica = new ItemReplica(Replicas.settings(Replicas.HALF_LIVES));
    replica.advanceTo(1_000 * DAY);
    byte[] bytes = written(replica);
    assertThatThrownBy(() -> read(bytes, new HalfLives(499, 4_999, 1_999)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("half-life");
  }

  /** Counts with half-lives of a minute, over years. */
  @Test
  void orderAndCountsOutliveEveryLandmark() {
    long minute = 60_000;
    ItemReplica replica = new ItemReplica(Replicas.settings(new HalfLives(minute, minute, minute)));
    for (int year = 0; year < 30; year++) {
      long time = 365 * DAY * year + 12_345;
      change(replica, "a", time);
      change(replica, "b", time + minute, "a");
      change(replica, "c", time + 2 * minute, "b", "a");
      int a = replica.find("a");
      int b = replica.find("b");
      int c = replica.find("c");
      long now = time + 3 * minute;
      replica.advanceTo(now);
      assertThat(
              List.of(
                  replica.popularShort().rank(c),
                  replica.popularShort().rank(b),
                  replica.popularShort().rank(a)))
          .containsExactly(0, 1, 2);
      assertThat(replica.popularShort().weight(c) * replica.shortFactor(now))
          .isCloseTo(0.5, within(1e-9));
      assertThat(replica.popularLong().weight(a) * replica.longFactor(now))
          .isCloseTo(0.125, within(1e-9));
      assertThat(replica.transitions().weight(b, 0) * replica.neighbourFactor(now))
          .isCloseTo(0.5, within(1e-9));
      assertThat(replica.transitions().total(a) * replica.neighbourFactor(now))
          .isCloseTo(0.25, within(1e-9));
    }
  }

  private static void change(ItemReplica replica, String item, long time, String... before) {
    replica.apply(Replicas.action(item, time, before));
  }

  /** What has faded to nothing must not spoil what is fresh. */
  @Test
  void evidenceThatHasFadedToNothingLeavesTheFreshAsItIs() {
    long minute = 60_000;
    ItemReplica replica = new ItemReplica(Replicas.settings(new HalfLives(minute, minute, minute)));
    change(replica, "target", 10, "old");
    long now = 3_650 * DAY;
    change(replica, "other", now - 3, "fresh");
    change(replica, "target", now - 2, "fresh");
    RankingContext context = new RankingContext(replica, 5);
    RankRequest request = new RankRequest();
    request.time = now;
    request.user = "someone";
    request.recent = new String[] {"old", "fresh", "target"};
    context.prepare(request, 5);
    Evidence evidence = context.evidence();
    int row = evidence.find(replica.find("target"));
    assertThat(evidence.transitionScore[row]).isCloseTo(0.5 * 0.5, within(1e-4));
    assertThat(evidence.covisitScore[row]).isPositive().isFinite();
    for (int each = 0; each < evidence.size(); each++) {
      assertThat(evidence.transitionScore[each]).isFinite();
      assertThat(evidence.covisitScore[each]).isFinite();
    }
    assertThat(context.bestCovisits()).isPositive();
  }

  @Test
  void anItemThatWasOnlyVisitedBeforeOthersIsKnownByName() {
    ItemReplica replica = new ItemReplica(Replicas.settings(Replicas.HALF_LIVES));
    change(replica, "b", 20, "a");
    int a = replica.find("a");
    assertThat(replica.size()).isEqualTo(2);
    assertThat(replica.firstSeen(a)).isEqualTo(Long.MIN_VALUE);
    assertThat(replica.lastAction(a)).isEqualTo(Long.MIN_VALUE);
    assertThat(replica.deleted(a)).isFalse();
    assertThat(replica.popularShort().rank(a)).isNegative();
    assertThat(replica.find("c")).isEqualTo(ItemIndex.ABSENT);
  }

  @Test
  void coVisitsReachTenItemsBackAndCountLessEachStepTransitionsOne() {
    ItemReplica replica = new ItemReplica(Replicas.settings(Replicas.HALF_LIVES));
    List<String> before = new ArrayList<>();
    for (int back = 1; back <= 12; back++) {
      before.add("back" + back);
    }
    change(replica, "x", 0, before.toArray(String[]::new));
    int x = replica.find("x");
    assertThat(replica.covisits().size(x)).isEqualTo(ItemReplica.COVISIT_REACH);
    for (int back = 1; back <= 10; back++) {
      int earlier = replica.find("back" + back);
      assertThat(replica.covisits().neighbour(x, back - 1)).isEqualTo(earlier);
      assertThat(replica.covisits().weight(x, back - 1))
          .isCloseTo(Math.pow(0.9, back - 1), within(1e-12));
      assertThat(replica.covisits().weight(earlier, 0))
          .isEqualTo(replica.covisits().weight(x, back - 1));
      assertThat(replica.transitions().size(earlier)).isEqualTo(back == 1 ? 1 : 0);
    }
    assertThat(replica.find("back11")).isEqualTo(ItemIndex.ABSENT);
  }
}
