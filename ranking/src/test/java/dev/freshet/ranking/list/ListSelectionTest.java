package dev.freshet.ranking.list;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ranking.Placements;
import dev.freshet.ranking.Replicas;
import dev.freshet.ranking.evidence.Evidence;
import dev.freshet.ranking.replica.ItemIndex;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.source.CandidateSet;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ListSelectionTest {

  private static final int FIRST = 0;
  private static final int NEW = 1;
  private static final int CAPACITY = 50;

  private final ItemReplica replica = Replicas.with("brand");
  private final Evidence evidence = new Evidence();
  private final CandidateSet candidates = new CandidateSet(replica, evidence, CAPACITY);
  private final List<Float> scores = new ArrayList<>();

  private void begin() {
    candidates.clear(CAPACITY, new ListFilter(replica, Placements.of(Map.of()).named("p")));
    scores.clear();
  }

  private void propose(int source, String item, float score, String... attributes) {
    replica.apply(Replicas.catalog(item, 1, attributes));
    candidates.begin(source, 1);
    candidates.propose(replica.find(item));
    scores.add(score);
  }

  private List<String> select(Placements placement) {
    ListSelection selection = new ListSelection(replica, placement.named("p"), NEW, CAPACITY);
    float[] all = new float[scores.size()];
    for (int candidate = 0; candidate < all.length; candidate++) {
      all[candidate] = scores.get(candidate);
    }
    selection.select(candidates, FloatBuffer.wrap(all));
    return list(selection);
  }

  private List<String> list(ListSelection selection) {
    List<String> list = new ArrayList<>();
    for (int place = 0; place < selection.size(); place++) {
      list.add(candidates.id(selection.candidate(place)));
    }
    return list;
  }

  private static Placements placement() {
    return Placements.of(Map.of());
  }

  @Test
  void theBestAreListedAndTiesGoToWhatWasProposedFirst() {
    begin();
    propose(FIRST, "a", 1);
    propose(FIRST, "b", 3);
    propose(FIRST, "c", Float.NaN);
    propose(FIRST, "d", 3);
    propose(FIRST, "e", 2);
    assertThat(select(placement().listSize(4))).containsExactly("b", "d", "e", "a");
    assertThat(select(placement().listSize(9))).containsExactly("b", "d", "e", "a", "c");
  }

  @Test
  void noMoreOfAValueThanItsMost() {
    begin();
    propose(FIRST, "a", 9, "brand=x");
    propose(FIRST, "b", 8, "brand=x");
    propose(FIRST, "c", 7, "brand=x");
    propose(FIRST, "d", 6, "brand=y");
    propose(FIRST, "e", 5);
    propose(FIRST, "f", 4);
    assertThat(select(placement().listSize(4).most("brand", 2)))
        .containsExactly("a", "b", "d", "e");
    assertThat(select(placement().listSize(6).most("brand", 1)))
        .containsExactly("a", "d", "e", "f");
  }

  @Test
  void theLastPlacesAreKeptForNewItems() {
    begin();
    propose(FIRST, "a", 9);
    propose(NEW, "n1", 8);
    propose(FIRST, "b", 7);
    propose(FIRST, "c", 6);
    propose(NEW, "n2", 1);
    propose(NEW, "n3", 2);
    assertThat(select(placement().listSize(4).explore(1))).containsExactly("a", "n1", "b", "n3");
    assertThat(select(placement().listSize(4).explore(2))).containsExactly("a", "n1", "n3", "n2");
  }

  @Test
  void whereThereAreTooFewNewItemsOthersTakeTheirPlaces() {
    begin();
    propose(FIRST, "a", 9);
    propose(FIRST, "b", 7);
    propose(FIRST, "c", 6);
    propose(NEW, "n1", 1);
    assertThat(select(placement().listSize(4).explore(3))).containsExactly("a", "n1", "b", "c");
  }

  @Test
  void newItemsKeepToTheMostOfAValueToo() {
    begin();
    propose(FIRST, "a", 9, "brand=x");
    propose(NEW, "n1", 2, "brand=x");
    propose(NEW, "n2", 1, "brand=y");
    assertThat(select(placement().listSize(2).explore(1).most("brand", 1)))
        .containsExactly("a", "n2");
  }

  @Test
  void ofWhatARequestGivesNothingIsLeftOut() {
    begin();
    candidates.begin(FIRST, 3);
    candidates.give(ItemIndex.ABSENT, "never heard of");
    replica.apply(Replicas.catalog("a", 1, "brand=x"));
    candidates.give(replica.find("a"), "a");
    candidates.give(ItemIndex.ABSENT, "never heard of");
    candidates.give(ItemIndex.ABSENT, "nor of this");
    candidates.give(replica.find("a"), "a");
    ListSelection selection =
        new ListSelection(replica, placement().listSize(1).named("p"), NEW, CAPACITY);
    selection.selectAll(candidates, FloatBuffer.wrap(new float[] {1, 2, 3}));
    assertThat(list(selection)).containsExactly("nor of this", "a", "never heard of");
  }
}
