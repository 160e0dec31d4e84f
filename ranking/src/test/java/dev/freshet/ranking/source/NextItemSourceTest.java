package dev.freshet.ranking.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ranking.Placements;
import dev.freshet.ranking.Replicas;
import dev.freshet.ranking.TestModel;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.serving.ProposalOrder;
import dev.freshet.ranking.serving.Ranker;
import dev.freshet.schema.RankedItem;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NextItemSourceTest {

  @Test
  void proposesWhatFollowedTheLastItemMostFrequentFirst() {
    ItemReplica replica = Replicas.with();
    replica.apply(Replicas.action("stove", 10, "tent"));
    replica.apply(Replicas.action("lamp", 20, "tent"));
    replica.apply(Replicas.action("lamp", 30, "tent"));
    replica.apply(Replicas.action("boots", 40, "socks"));
    Placement placement = Placements.of(Map.of("next", 10)).model(Placement.NO_MODEL).named("home");
    Ranker ranker =
        new Ranker(
            replica,
            TestModel.settings(placement),
            CandidateSources.STANDARD.with(CandidateSources.source("next", NextItemSource::new)),
            RankingFeatures.STANDARD);

    ranker.gather(Replicas.request(50, "tent", "socks"), "home");
    ranker.score(new ProposalOrder(100));

    assertThat(ranker.list()).extracting(RankedItem::getItem).containsExactly("lamp", "stove");
    assertThat(ranker.list()).extracting(RankedItem::getSource).containsOnly("next");
  }
}
