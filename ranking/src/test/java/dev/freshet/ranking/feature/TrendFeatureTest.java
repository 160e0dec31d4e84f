package dev.freshet.ranking.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.ranking.Placements;
import dev.freshet.ranking.Replicas;
import dev.freshet.ranking.TestModel;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.list.ServedList;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.serving.ProposalOrder;
import dev.freshet.ranking.serving.Ranker;
import dev.freshet.ranking.source.CandidateSources;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrendFeatureTest {

  @Test
  void isTheLogarithmOfShortPerLongAndZeroForAnUnknownItem() {
    RankingFeatures features = RankingFeatures.STANDARD.with(new TrendFeature());
    ItemReplica replica = Replicas.with();
    replica.apply(Replicas.action("lamp", 0));
    Placement placement =
        Placements.of(Map.of("popular", 10)).model(Placement.NO_MODEL).named("home");
    ProposalOrder scoring = new ProposalOrder(100);
    Ranker ranker =
        new Ranker(replica, TestModel.settings(placement), CandidateSources.STANDARD, features);
    // One short half-life and a tenth of a long one later.
    RankRequest request = Replicas.request(500, "lamp");
    request.candidates = new String[] {"lamp", "unknown"};

    ranker.gather(request, "home");
    ranker.score(scoring);
    ServedList list = ranker.remember("id", scoring, "", true);

    int column = features.names().indexOf("popularity_trend");
    int width = features.names().size();
    double expected = Math.log((0.5 + 0.1) / (Math.pow(0.5, 0.1) + 0.1));
    assertThat(list.items).containsExactly("lamp", "unknown");
    assertThat(list.features[column]).isCloseTo((float) expected, within(1e-5f));
    assertThat(list.features[width + column]).isZero();
  }
}
