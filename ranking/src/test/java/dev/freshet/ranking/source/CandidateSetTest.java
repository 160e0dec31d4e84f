package dev.freshet.ranking.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.ranking.Placements;
import dev.freshet.ranking.Replicas;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.Visit;
import dev.freshet.ranking.evidence.Evidence;
import dev.freshet.ranking.list.ListFilter;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.replica.ReplicaSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CandidateSetTest {

  private final ItemReplica replica =
      new ItemReplica(new ReplicaSettings(Replicas.HALF_LIVES, List.of(), List.of(), 2_000, 64));
  private final Evidence evidence = new Evidence();
  private final CandidateSet candidates = new CandidateSet(replica, evidence, 4);

  @BeforeEach
  void addItems() {
    clear();
    evidence.clear(2_000);
    for (int item = 0; item < 2_000; item++) {
      ItemChange change = new ItemChange();
      change.item = "i" + item;
      change.deleted = item == 7;
      change.visits = new Visit[0];
      replica.apply(change);
    }
  }

  private void clear() {
    candidates.clear(4, new ListFilter(replica, Placements.of(Map.of()).named("home")));
  }

  private List<Integer> items() {
    List<Integer> items = new ArrayList<>();
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      items.add(candidates.item(candidate));
    }
    return items;
  }

  @Test
  void aSourceIsFollowedAsFarAsItsQuota() {
    candidates.begin(0, 2);
    assertThat(candidates.propose(1)).isTrue();
    assertThat(candidates.propose(2)).isFalse();
    assertThat(candidates.propose(3)).isFalse();
    assertThat(items()).containsExactly(1, 2);
  }

  @Test
  void anItemOfSeveralSourcesIsTheFirstOnesAndCountsAgainstBothQuotas() {
    candidates.begin(0, 2);
    candidates.propose(1);
    candidates.begin(1, 2);
    assertThat(candidates.propose(1)).isTrue();
    assertThat(candidates.propose(2)).isFalse();
    assertThat(items()).containsExactly(1, 2);
    assertThat(candidates.source(0)).isZero();
    assertThat(candidates.source(1)).isEqualTo(1);
    assertThat(candidates.proposals(0)).isEqualTo(2);
    assertThat(candidates.proposals(1)).isEqualTo(1);
  }

  @Test
  void aDeletedItemIsPassedOverAndCostsNothing() {
    candidates.begin(0, 1);
    assertThat(candidates.propose(7)).isTrue();
    candidates.propose(8);
    assertThat(items()).containsExactly(8);
  }

  @Test
  void thereAreNeverMoreThanTheBound() {
    candidates.begin(0, 100);
    int item = 10;
    while (candidates.propose(item)) {
      item++;
    }
    assertThat(items()).containsExactly(10, 11, 12, 13);
    candidates.begin(1, 5);
    assertThat(candidates.propose(20)).isFalse();
    assertThat(candidates.size()).isEqualTo(4);
  }

  @Test
  void clearedItKnowsNothingOfBefore() {
    candidates.begin(0, 2);
    candidates.propose(1_999);
    clear();
    evidence.clear(2_000);
    candidates.begin(1, 2);
    candidates.propose(5);
    candidates.propose(1_999);
    assertThat(items()).containsExactly(5, 1_999);
    assertThat(candidates.proposals(1)).isEqualTo(1);
    assertThat(candidates.source(1)).isEqualTo(1);
    assertThat(evidence.item(candidates.row(1))).isEqualTo(1_999);
  }

  @Test
  void anUnknownSourceIsRefusedByName() {
    assertThatThrownBy(() -> CandidateSources.STANDARD.create("popularr"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("popularr")
        .hasMessageContaining("transitions");
    for (String name : CandidateSources.STANDARD.names()) {
      assertThat(CandidateSources.STANDARD.create(name)).isNotNull();
    }
  }
}
