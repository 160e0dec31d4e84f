package dev.freshet.ranking.list;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.FeatureEvent;
import dev.freshet.ranking.Placements;
import dev.freshet.ranking.Replicas;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.list.Placement.Exclusion;
import dev.freshet.ranking.replica.ItemReplica;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ListFilterTest {

  private final ItemReplica replica = Replicas.with("stock", "category");

  private List<String> allowed(Placements placement, RankRequest request) {
    ListFilter filter = new ListFilter(replica, placement.named("p"));
    filter.prepare(request);
    return Stream.of("a", "b", "c", "d").filter(item -> filter.allows(replica.find(item))).toList();
  }

  private static Placements placement() {
    return Placements.of(Map.of());
  }

  private static RankRequest request() {
    RankRequest request = new RankRequest();
    request.item = "a";
    request.seenInSession = 1;
    request.seen = new long[] {FeatureEvent.hash("a"), FeatureEvent.hash("c")};
    request.bought = new long[] {FeatureEvent.hash("d")};
    return request;
  }

  private void items() {
    replica.apply(Replicas.catalog("a", 1, "category=tents", "category=sale", "stock=yes"));
    replica.apply(Replicas.catalog("b", 1, "category=ropes", "stock=no"));
    replica.apply(Replicas.catalog("c", 1, "category=tents"));
    replica.apply(Replicas.catalog("d", 1));
  }

  @Test
  void aUserIsNotShownAgainWhatThePlacementSays() {
    items();
    assertThat(allowed(placement(), request())).containsExactly("a", "b", "c", "d");
    assertThat(allowed(placement().without(Exclusion.SEEN), request())).containsExactly("b", "d");
    assertThat(allowed(placement().without(Exclusion.SEEN_IN_SESSION), request()))
        .containsExactly("b", "c", "d");
    assertThat(allowed(placement().without(Exclusion.BOUGHT), request()))
        .containsExactly("a", "b", "c");
    assertThat(allowed(placement().without(Exclusion.CURRENT), request()))
        .containsExactly("b", "c", "d");
    assertThat(allowed(placement().without(Exclusion.BOUGHT, Exclusion.SEEN), request()))
        .containsExactly("b");
  }

  @Test
  void oneUsersItemsDoNotHideFromTheNext() {
    items();
    ListFilter filter = new ListFilter(replica, placement().without(Exclusion.SEEN).named("p"));
    filter.prepare(request());
    assertThat(filter.allows(replica.find("a"))).isFalse();
    filter.prepare(new RankRequest());
    assertThat(filter.allows(replica.find("a"))).isTrue();
  }

  @Test
  void rulesLookAtAnyValueOfAnAttribute() {
    items();
    RankRequest request = new RankRequest();
    assertThat(allowed(placement().forbid("stock", "no", "unknown"), request))
        .containsExactly("a", "c", "d");
    assertThat(allowed(placement().require("stock", "yes"), request)).containsExactly("a");
    assertThat(allowed(placement().require("category", "sale", "ropes"), request))
        .containsExactly("a", "b");
    assertThat(
            allowed(placement().require("category", "tents").forbid("category", "sale"), request))
        .containsExactly("c");
    assertThat(allowed(placement().require("category", "boats"), request)).isEmpty();
  }

  @Test
  void aValueThatComesLaterCounts() {
    items();
    ListFilter filter = new ListFilter(replica, placement().forbid("category", "boats").named("p"));
    filter.prepare(new RankRequest());
    assertThat(filter.allows(replica.find("d"))).isTrue();
    replica.apply(Replicas.catalog("d", 2, "category=boats"));
    filter.prepare(new RankRequest());
    assertThat(filter.allows(replica.find("d"))).isFalse();
  }

  @Test
  void aDeletedItemIsNeverShown() {
    items();
    ItemChange deleted = Replicas.catalog("a", 2);
    deleted.deleted = true;
    replica.apply(deleted);
    assertThat(allowed(placement(), new RankRequest())).containsExactly("b", "c", "d");
  }
}
