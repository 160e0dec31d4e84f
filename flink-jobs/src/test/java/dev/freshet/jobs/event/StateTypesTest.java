package dev.freshet.jobs.event;

import static org.apache.flink.types.PojoTestUtils.assertSerializedAsPojoWithoutKryo;

import dev.freshet.evaluation.UserGroups;
import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.evaluate.RankCounts;
import dev.freshet.jobs.evaluate.ShownItems;
import dev.freshet.jobs.item.ItemProfile;
import dev.freshet.jobs.user.UserProfile;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.protocol.event.ListRequest;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.event.Visit;
import dev.freshet.ranking.list.Judgement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateTypesTest {

  @ParameterizedTest
  @ValueSource(
      classes = {
        ListRequest.class,
        UserEvent.class,
        ItemEvent.class,
        Visit.class,
        ItemChange.class,
        RankRequest.class,
        FeatureUpdate.class,
        FeatureEvent.class,
        EntityEvent.class,
        Judgement.class,
        RankCounts.class,
        UserGroups.class,
        ShownItems.class,
        UserProfile.class,
        ItemProfile.class
      })
  void isAPojoThatEvolvesAndNeedsNoKryo(Class<?> type) {
    assertSerializedAsPojoWithoutKryo(type);
  }
}
