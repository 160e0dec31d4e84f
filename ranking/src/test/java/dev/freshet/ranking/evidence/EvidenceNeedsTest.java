package dev.freshet.ranking.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.ranking.Placements;
import dev.freshet.ranking.Replicas;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.list.ListMaker;
import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.source.CandidateSet;
import dev.freshet.ranking.source.CandidateSources;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Only declared evidence is gathered, and that doesn't change a list. */
class EvidenceNeedsTest {

  private static final int CAPACITY = 1_000;
  private static final EnumSet<EvidenceKind> ALL = EnumSet.allOf(EvidenceKind.class);

  private final ItemReplica replica = Replicas.with("genre");
  private final RankingContext context = new RankingContext(replica, 8);

  private ListMaker maker(Map<String, Integer> sources) {
    Placement placement = Placements.of(sources).maxCandidates(200).named("home");
    return new ListMaker(
        replica,
        placement,
        CandidateSources.STANDARD,
        new ArrayList<>(placement.sources().keySet()),
        CAPACITY);
  }

  @Test
  void popularityNeedsNoEvidence() {
    replica.apply(Replicas.action("b", 10, "a"));
    ListMaker maker = maker(Map.of("popular", 9, "trending", 9, "new", 9));
    context.prepare(Replicas.request(20, "a"), 8, maker.needs());
    assertThat(gathered()).isEmpty();
    assertThat(context.evidence().size()).isZero();
    CandidateSet candidates = new CandidateSet(replica, context.evidence(), CAPACITY);
    maker.gather(context, candidates);
    assertThat(candidates.size()).isPositive();
  }

  @Test
  void aKindIsGatheredWithWhatItRequiresAndNoMore() {
    context.prepare(Replicas.request(20, "a"), 8, Set.of(EvidenceKind.TRANSITIONS));
    assertThat(gathered()).containsExactly(EvidenceKind.RECENT_ITEMS, EvidenceKind.TRANSITIONS);
    context.prepare(Replicas.request(20, "a"), 8, Set.of(EvidenceKind.DIRECTION));
    assertThat(gathered()).containsExactly(EvidenceKind.RECENT_ITEMS, EvidenceKind.DIRECTION);
  }

  @Test
  void readingUndeclaredEvidenceIsRefusedByName() {
    context.prepare(Replicas.request(20, "a"), 8, Set.of(EvidenceKind.TRANSITIONS));
    assertThat(context.transitionRows()).isZero();
    assertThatThrownBy(context::bestKnn)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("NEAREST_SESSIONS")
        .hasMessageContaining("needs()");
  }

  /** Each source alone, with its own evidence and with all, on a log with many ties. */
  @Test
  void whatASourceProposesDoesNotDependOnOtherEvidence() {
    Random random = new Random(7);
    for (int time = 0; time < 2_000; time++) {
      replica.apply(Replicas.action(item(random), time, item(random), item(random)));
    }
    List<String> names = new ArrayList<>(CandidateSources.STANDARD.names());
    names.add("same-genre");
    for (String name : names) {
      LinkedHashMap<String, Integer> quotas = new LinkedHashMap<>();
      quotas.put(name, 200);
      ListMaker maker = maker(quotas);
      for (int round = 0; round < 50; round++) {
        RankRequest request = Replicas.request(2_000, item(random), item(random), item(random));
        List<String> withOwn = proposed(maker, request, maker.needs());
        assertThat(withOwn).as(name).isEqualTo(proposed(maker, request, ALL));
      }
    }
  }

  private List<String> proposed(ListMaker maker, RankRequest request, Set<EvidenceKind> needs) {
    context.prepare(request, 8, needs);
    CandidateSet candidates = new CandidateSet(replica, context.evidence(), CAPACITY);
    maker.gather(context, candidates);
    List<String> items = new ArrayList<>();
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      items.add(candidates.id(candidate));
    }
    return items;
  }

  private static String item(Random random) {
    return "i" + random.nextInt(40);
  }

  private Set<EvidenceKind> gathered() {
    Set<EvidenceKind> gathered = EnumSet.noneOf(EvidenceKind.class);
    for (EvidenceKind kind : EvidenceKind.values()) {
      if (context.hasGathered(Set.of(kind))) {
        gathered.add(kind);
      }
    }
    return gathered;
  }
}
