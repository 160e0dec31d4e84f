package dev.freshet.jobs.rank;

import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.TestPlacements;
import dev.freshet.jobs.event.UserEvent;
import dev.freshet.jobs.flow.EventOrder;
import dev.freshet.jobs.item.ItemHistory;
import dev.freshet.jobs.item.ItemSettings;
import dev.freshet.jobs.user.UserHistory;
import dev.freshet.jobs.user.UserSettings;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.ranking.Replicas;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.RankRequest;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** What ranking gets to see of some actions, made by the operators before it; in event order. */
@SuppressWarnings("try") // the harness's close may throw anything
public record RecordedStream(List<RankRequest> requests, List<ItemChange> changes) {

  public static RecordedStream of(List<FeatureEvent> actions, List<ItemEvent> catalog)
      throws Exception {
    List<RankRequest> requests = new ArrayList<>();
    List<ItemEvent> itemEvents = new ArrayList<>(catalog);
    UserSettings user = TestPlacements.home(8, 1_000, 10_000);
    try (KeyedOneInputStreamOperatorTestHarness<String, UserEvent, RankRequest> history =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new UserHistory(user, EventOrder.BY_WATERMARK)),
            UserEvent::user,
            Types.STRING)) {
      history.open();
      for (FeatureEvent action : actions) {
        history.processElement(UserEvent.of(action), action.time);
      }
      history.processWatermark(Long.MAX_VALUE);
      requests.addAll(history.extractOutputValues());
      history
          .getSideOutput(UserHistory.ITEM_EVENTS)
          .forEach(element -> itemEvents.add(element.getValue()));
    }
    List<ItemChange> changes = new ArrayList<>();
    ItemSettings item =
        new ItemSettings(
            Replicas.HALF_LIVES.popularityShort(), Replicas.HALF_LIVES.popularityLong());
    try (KeyedOneInputStreamOperatorTestHarness<String, ItemEvent, ItemChange> items =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(
                new ItemHistory(item, List.of(), Replicas.ATTRIBUTES, EventOrder.BY_WATERMARK)),
            ItemEvent::item,
            Types.STRING)) {
      items.open();
      for (ItemEvent event : itemEvents) {
        items.processElement(event, event.time());
      }
      items.processWatermark(Long.MAX_VALUE);
      changes.addAll(items.extractOutputValues());
    }
    requests.sort(RankRequest.EVENT_ORDER);
    changes.sort(ItemChange.EVENT_ORDER);
    return new RecordedStream(requests, changes);
  }
}
