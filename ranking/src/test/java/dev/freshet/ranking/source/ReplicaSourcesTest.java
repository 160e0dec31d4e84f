package dev.freshet.ranking.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.features.FeatureEvent;
import dev.freshet.ranking.Placements;
import dev.freshet.ranking.Replicas;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.event.Visit;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.list.ListFilter;
import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.replica.ItemReplica;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The candidate sources that read the replica's lists. */
class ReplicaSourcesTest {

  private static final long NOW = 10_000;

  private final ItemReplica replica = new ItemReplica(Replicas.settings(Replicas.HALF_LIVES));

  private void know(
      String item, long firstSeen, double shortCount, double longCount, String... of) {
    know(item, firstSeen, shortCount, longCount, false, of);
  }

  private void know(
      String item,
      long firstSeen,
      double shortCount,
      double longCount,
      boolean deleted,
      String... of) {
    ItemChange change = new ItemChange();
    change.item = item;
    change.time = NOW - 1;
    change.countTime = NOW - 1;
    change.firstSeen = firstSeen;
    change.shortCount = shortCount;
    change.longCount = longCount;
    change.lastAction = longCount == 0 ? Long.MIN_VALUE : NOW - 1;
    change.deleted = deleted;
    change.attributes = of;
    change.visits = new Visit[0];
    replica.apply(change);
  }

  private List<String> proposed(String source, int quota, String... recent) {
    return proposed(source, quota, Placements.of(Map.of()).named("home"), recent);
  }

  private List<String> proposed(String source, int quota, Placement placement, String... recent) {
    RankRequest request = new RankRequest();
    request.user = "u";
    request.time = NOW;
    request.recent = recent;
    RankingContext context = new RankingContext(replica, 8);
    context.prepare(request, 8);
    CandidateSet candidates = new CandidateSet(replica, context.evidence(), 1_000);
    ListFilter filter = new ListFilter(replica, placement);
    filter.prepare(request);
    candidates.clear(1_000, filter);
    candidates.begin(0, quota);
    CandidateSources.STANDARD.create(source).propose(context, quota, candidates);
    List<String> items = new ArrayList<>();
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      items.add(replica.id(candidates.item(candidate)));
    }
    return items;
  }

  @Test
  void trendingGoesByTheShortCountPopularByTheLong() {
    know("a", 1, 3, 1);
    know("b", 1, 2, 4);
    know("c", 1, 1, 2);
    know("deleted", 1, 9, 9, true);
    know("nobody's", 1, 0, 0);
    assertThat(proposed("trending", 9)).containsExactly("a", "b", "c");
    assertThat(proposed("trending", 2)).containsExactly("a", "b");
    assertThat(proposed("popular", 9)).containsExactly("b", "c", "a");
  }

  @Test
  void newIsWhatWasFirstHeardOfLastAndTiesGoByTheHash() {
    know("old", 10, 5, 5);
    List<String> together = new ArrayList<>(List.of("a", "b", "c", "d", "e"));
    together.forEach(item -> know(item, 20, 0, 0));
    know("newest", 30, 1, 1);
    know("deleted", 40, 0, 0, true);
    together.sort(Comparator.comparing(FeatureEvent::hash));
    List<String> expected = new ArrayList<>(together);
    expected.add(0, "newest");
    expected.add("old");
    assertThat(proposed("new", 9)).isEqualTo(expected);
    know("old", 35, 5, 5);
    assertThat(proposed("new", 2)).containsExactly("old", "newest");
  }

  @Test
  void whatSharesAValueWithTheLastThreeItemsIsProposedMostPopularFirst() {
    know("last", 1, 1, 1, "genre=a", "genre=b");
    know("before", 1, 1, 1, "genre=c", "x=1");
    know("long ago", 1, 1, 1, "genre=d");
    know("a5", 1, 1, 5, "genre=a");
    know("ab7", 1, 1, 7, "genre=a", "genre=b", "genre=c");
    know("b3", 1, 1, 3, "genre=b");
    know("c6", 1, 1, 6, "genre=c");
    know("c9", 1, 1, 9, true, "genre=c");
    know("d8", 1, 1, 8, "genre=d");
    know("nobody's", 1, 0, 0, "genre=a");
    know("x1", 1, 1, 1, "x=1");
    String[] recent = {"last", "unknown", "before", "long ago"};
    assertThat(proposed("same-genre", 9, recent))
        .containsExactly("ab7", "c6", "a5", "b3", "nobody's");
    assertThat(proposed("same-genre", 2, recent)).containsExactly("ab7", "c6");
    assertThat(proposed("same-x", 9, recent)).containsExactly("x1");
    assertThat(proposed("same-genre", 9)).isEmpty();
    know("ab7", 1, 1, 7, "genre=z");
    know("c6", 1, 1, 2, "genre=c");
    assertThat(proposed("same-genre", 9, recent)).containsExactly("a5", "b3", "c6", "nobody's");
  }

  /** Items in like company, so near to each other that many are found, though all differ. */
  private void knowCompany(int items) {
    Random random = new Random(4);
    for (int action = 0; action < 20 * items; action++) {
      ItemChange change = new ItemChange();
      change.item = "i" + random.nextInt(items);
      change.time = NOW - 1;
      change.countTime = NOW - 1;
      change.firstSeen = 1;
      change.longCount = 1;
      change.lastAction = NOW - 1;
      change.attributes = new String[] {"genre=" + Math.floorMod(change.item.hashCode(), 2)};
      Visit visit = new Visit();
      visit.user = FeatureEvent.hash("v");
      visit.before = new String[] {"hub" + random.nextInt(4)};
      change.visits = new Visit[] {visit};
      replica.apply(change);
    }
  }

  @Test
  void whatARuleKeepsOutOfTheNearItemsCostsNoProposal() {
    knowCompany(100);
    List<String> all = proposed("embedding", 300, "i0");
    Placement even = Placements.of(Map.of()).forbid("genre", "1").named("even");
    List<String> expected =
        all.stream()
            .filter(item -> item.startsWith("hub") || Math.floorMod(item.hashCode(), 2) == 0)
            .toList();
    assertThat(expected).hasSizeGreaterThan(10).hasSizeLessThan(all.size());
    for (int quota = 1; quota <= expected.size() + 1; quota++) {
      assertThat(proposed("embedding", quota, even, "i0"))
          .isEqualTo(expected.subList(0, Math.min(quota, expected.size())));
    }
  }

  /** Of a fallback there is no quota. */
  @Test
  void allThatIsNearIsProposedIfThereIsRoom() {
    knowCompany(600);
    List<String> all = proposed("embedding", Integer.MAX_VALUE, "i0", "i1", "i2");
    assertThat(all).hasSizeGreaterThan(128).doesNotHaveDuplicates();
    assertThat(proposed("embedding", 20, "i0", "i1", "i2")).isEqualTo(all.subList(0, 20));
  }

  @Test
  void anAttributeThatTheReplicaDoesNotKeepIsAnError() {
    assertThatThrownBy(() -> proposed("same-brand", 9))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'brand'");
  }

  @Test
  void sourcesAreKnownByName() {
    assertThat(CandidateSources.STANDARD.isSource("same-brand")).isTrue();
    assertThat(CandidateSources.STANDARD.isSource("trending")).isTrue();
    assertThat(CandidateSources.STANDARD.isSource("same-")).isFalse();
    assertThat(CandidateSources.STANDARD.isSource("sam")).isFalse();
    assertThat(CandidateSources.STANDARD.attributes(List.of("same-b", "new", "same-a", "same-b")))
        .containsExactly("b", "a");
  }
}
