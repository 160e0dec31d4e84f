package dev.freshet.jobs.item;

import static dev.freshet.jobs.TestEvents.BY_FIELDS;
import static dev.freshet.jobs.TestEvents.catalog;
import static dev.freshet.jobs.TestEvents.seen;
import static dev.freshet.jobs.TestEvents.visit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.TestEvents;
import dev.freshet.jobs.flow.EventOrder;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.ranking.event.ItemChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ItemHistoryTest {

  private static final ItemSettings SETTINGS = new ItemSettings(100, 1_000);

  private KeyedOneInputStreamOperatorTestHarness<String, ItemEvent, ItemChange> items;
  private final List<ItemChange> changes = new ArrayList<>();
  private final List<FeatureEvent> features = new ArrayList<>();

  @BeforeEach
  void open() throws Exception {
    items = operator(EventOrder.BY_WATERMARK);
    items.open();
  }

  @AfterEach
  void close() throws Exception {
    items.close();
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, ItemEvent, ItemChange> operator(
      EventOrder order) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(
            new ItemHistory(SETTINGS, List.of("genre", "x"), List.of("genre", "y"), order)),
        ItemEvent::item,
        Types.STRING);
  }

  private void arrive(ItemEvent... events) throws Exception {
    for (ItemEvent event : events) {
      items.processElement(event, event.time());
    }
    take();
  }

  private void watermark(long time) throws Exception {
    items.processWatermark(time);
    take();
  }

  private void take() {
    items.getRecordOutput().forEach(element -> changes.add(element.getValue()));
    items.getOutput().clear();
    var stored = items.getSideOutput(ItemHistory.FEATURE_EVENTS);
    if (stored != null) {
      stored.forEach(element -> features.add(element.getValue()));
      stored.clear();
    }
  }

  private static List<Long> visits(ItemChange change) {
    return Arrays.stream(change.visits).map(visit -> visit.user).toList();
  }

  /** The users of {@link TestEvents#visit visits}, as a change has them. */
  private static Long[] users(String... eventIds) {
    return Arrays.stream(eventIds)
        .map(id -> FeatureEvent.hash("user of " + id))
        .toArray(Long[]::new);
  }

  @Test
  void eventsOfOneTimeBecomeOneChange() throws Exception {
    arrive(visit("e3", "a", 10), visit("e1", "a", 10), visit("e2", "a", 10));
    watermark(100);
    assertThat(changes).hasSize(1);
    assertThat(visits(changes.get(0))).containsExactly(users("e1", "e2", "e3"));
    assertThat(changes.get(0).shortCount).isEqualTo(3);
    assertThat(features).extracting(event -> event.eventId).containsExactly("e1", "e2", "e3");
  }

  @Test
  void eventsOfTwoTimesStayTwoChangesHoweverFarTheWatermarkSteps() throws Exception {
    arrive(visit("e2", "a", 11), visit("e1", "a", 10));
    watermark(Long.MAX_VALUE);
    assertThat(changes).extracting(change -> change.time).containsExactly(10L, 11L);
    assertThat(visits(changes.get(0))).containsExactly(users("e1"));
    assertThat(visits(changes.get(1))).containsExactly(users("e2"));
    assertThat(changes.get(0).shortCount).isEqualTo(1);
  }

  @Test
  void nothingIsToldBeforeTheWatermark() throws Exception {
    arrive(visit("e1", "a", 10));
    watermark(9);
    assertThat(changes).isEmpty();
    watermark(10);
    assertThat(changes).hasSize(1);
  }

  @Test
  void countsAreHalvedEveryHalfLife() throws Exception {
    arrive(visit("e1", "a", 0), visit("e2", "a", 100), visit("e3", "a", 1_000));
    watermark(2_000);
    ItemChange last = changes.get(2);
    assertThat(last.shortCount).isCloseTo(1 + Math.pow(2, -9) + Math.pow(2, -10), within(1e-12));
    assertThat(last.longCount).isCloseTo(1 + Math.pow(2, -0.9) + 0.5, within(1e-12));
    assertThat(last.countTime).isEqualTo(1_000);
    assertThat(last.lastAction).isEqualTo(1_000);
    assertThat(last.firstSeen).isZero();
  }

  @Test
  void theCatalogSpeaksBeforeTheActionsOfTheSameTime() throws Exception {
    arrive(visit("e1", "a", 10), catalog("z9", "a", 10, false, "genre=drama"));
    watermark(10);
    assertThat(changes).hasSize(1);
    assertThat(features).extracting(event -> event.eventId).containsExactly("z9", "e1");
    assertThat(features.get(1).attributes).containsExactly("genre=drama");
    assertThat(ItemEvent.EVENT_ORDER.compare(visit("e1", "a", 10), catalog("z9", "a", 10, false)))
        .isPositive();
  }

  @Test
  void aDeletedItemIsToldAndComesBackWithALaterUpdate() throws Exception {
    arrive(
        visit("e1", "a", 10),
        catalog("c1", "a", 20, true),
        visit("e2", "a", 30),
        catalog("c2", "a", 40, false));
    watermark(100);
    assertThat(changes)
        .extracting(change -> change.deleted)
        .containsExactly(false, true, true, false);
    assertThat(features)
        .extracting(event -> event.deleted)
        .containsExactly(false, true, true, false);
    assertThat(changes.get(1).visits).isEmpty();
  }

  @Test
  void ofTwoCatalogUpdatesOfOneTimeTheLaterIdHolds() throws Exception {
    arrive(
        visit("e1", "a", 10),
        catalog("c2", "a", 10, false, "x=2"),
        catalog("c1", "a", 10, true, "x=1"));
    watermark(10);
    assertThat(changes).hasSize(1);
    assertThat(changes.get(0).deleted).isFalse();
    assertThat(features).extracting(event -> event.eventId).containsExactly("c1", "c2", "e1");
    assertThat(features.get(2).attributes).containsExactly("x=2");
    assertThat(features.get(2).deleted).isFalse();
  }

  @Test
  void anItemOfTheCatalogAloneHasNoActionYet() throws Exception {
    arrive(catalog("c1", "a", 10, false, "x=1"));
    watermark(10);
    assertThat(changes.get(0).lastAction).isEqualTo(Long.MIN_VALUE);
    assertThat(changes.get(0).firstSeen).isEqualTo(10);
    assertThat(features).hasSize(1);
    FeatureEvent told = features.get(0);
    assertThat(told.isAction()).isFalse();
    assertThat(told.user).isNull();
    assertThat(told.item).isEqualTo("a");
    assertThat(told.time).isEqualTo(10);
    assertThat(told.attributes).containsExactly("x=1");
  }

  @Test
  void aLateActionCountsWithWhatIsLeftOfIt() throws Exception {
    arrive(visit("e2", "a", 200));
    watermark(200);
    arrive(visit("e1", "a", 100));
    assertThat(changes).hasSize(2);
    ItemChange late = changes.get(1);
    assertThat(changes).extracting(change -> change.late).containsExactly(false, true);
    assertThat(late.time).isEqualTo(100);
    assertThat(late.countTime).isEqualTo(200);
    assertThat(late.shortCount).isCloseTo(1.5, within(1e-12));
    assertThat(late.lastAction).isEqualTo(200);
    assertThat(late.firstSeen).isEqualTo(100);
    assertThat(features).extracting(event -> event.time).containsExactly(200L, 100L);
  }

  @Test
  void aLateCatalogUpdateDoesNotReplaceANewerOne() throws Exception {
    arrive(catalog("c2", "a", 200, false, "x=2"));
    watermark(200);
    arrive(catalog("c1", "a", 100, true, "x=1"));
    assertThat(changes.get(1).deleted).isFalse();
    assertThat(features.get(1).attributes).as("what it says itself").containsExactly("x=1");
    arrive(visit("e1", "a", 300));
    watermark(300);
    assertThat(features.get(2).attributes).containsExactly("x=2");
    assertThat(features.get(2).deleted).isFalse();
  }

  @Test
  void anActionHasTheAttributesAsOfItsTimeHoweverItArrives() throws Exception {
    arrive(
        catalog("c3", "a", 50, true, "x=3"),
        visit("e4", "a", 60),
        visit("e3", "a", 40),
        catalog("c2", "a", 30, false, "genre=a", "genre=b", "x=2"),
        visit("e2", "a", 20),
        catalog("c1", "a", 10, false, "x=1"),
        visit("e1", "a", 5));
    watermark(100);
    assertThat(features.stream().filter(FeatureEvent::isAction))
        .extracting(event -> List.of(event.attributes))
        .containsExactly(
            List.of(), List.of("x=1"), List.of("genre=a", "genre=b", "x=2"), List.of("x=3"));
    assertThat(features.stream().filter(FeatureEvent::isAction))
        .extracting(event -> event.deleted)
        .containsExactly(false, false, false, true);
  }

  @Test
  void aLateActionHasTheAttributesThatAreKnownWhenItComes() throws Exception {
    arrive(catalog("c1", "a", 10, false, "x=1"), catalog("c2", "a", 30, false, "x=2"));
    watermark(30);
    arrive(visit("e1", "a", 20));
    assertThat(features.get(2).time).isEqualTo(20);
    assertThat(features.get(2).attributes).containsExactly("x=2");
  }

  @Test
  void ofTheAttributesOnlyThoseAreToldThatFeaturesLookAt() throws Exception {
    String[] attributes = {"genre=drama", "genres=none", "x=1", "xy=2", "y=3"};
    arrive(catalog("c1", "a", 10, false, attributes), visit("e1", "a", 20));
    watermark(20);
    assertThat(features)
        .hasSize(2)
        .allSatisfy(event -> assertThat(event.attributes).containsExactly("genre=drama", "x=1"));
  }

  @Test
  void aChangeHasTheAttributesThatRankingLooksAtAndNoOthers() throws Exception {
    String[] attributes = {"genre=a", "genre=b", "x=1", "y=3", "yy=4"};
    arrive(
        visit("e0", "a", 5),
        catalog("c1", "a", 10, false, attributes),
        visit("e1", "a", 20),
        catalog("c2", "a", 30, false, "x=2"));
    watermark(15);
    arrive(catalog("c0", "a", 9, false, "y=9")); // late, and older than what is known
    watermark(30);
    assertThat(changes)
        .extracting(change -> List.of(change.attributes))
        .containsExactly(
            List.of(),
            List.of("genre=a", "genre=b", "y=3"),
            List.of("genre=a", "genre=b", "y=3"),
            List.of("genre=a", "genre=b", "y=3"),
            List.of());
  }

  @Test
  void anActionIsToldAsItCame() throws Exception {
    ItemEvent visit = visit("e1", "a", 20);
    visit.event.action = "buy";
    visit.event.session = "s";
    visit.event.value = 2.5;
    visit.event.context = new String[] {"device=phone"};
    arrive(visit);
    watermark(20);
    FeatureEvent expected = seen("e1", "user of e1", "a", 20);
    expected.action = "buy";
    expected.session = "s";
    expected.value = 2.5;
    expected.context = new String[] {"device=phone"};
    assertThat(features.get(0)).usingRecursiveComparison(BY_FIELDS).isEqualTo(expected);
  }

  @Test
  void attributesAreKnownAfterARestoreToo() throws Exception {
    arrive(catalog("c1", "a", 10, false, "x=1"), catalog("c2", "a", 30, true, "x=2"));
    watermark(20);
    OperatorSubtaskState state = items.snapshot(1, 1);
    items.close();
    items = operator(EventOrder.BY_WATERMARK);
    items.initializeState(state);
    items.open();
    arrive(visit("e1", "a", 25), visit("e2", "a", 35));
    watermark(40);
    assertThat(features.stream().filter(FeatureEvent::isAction))
        .extracting(event -> List.of(event.attributes))
        .containsExactly(List.of("x=1"), List.of("x=2"));
  }

  @Test
  void aRestoreKeepsWhatWaitsAndWhatWasCounted() throws Exception {
    arrive(visit("e1", "a", 10), visit("e3", "a", 30), catalog("c1", "b", 30, true));
    watermark(20);
    OperatorSubtaskState state = items.snapshot(1, 1);
    items.close();
    items = operator(EventOrder.BY_WATERMARK);
    items.initializeState(state);
    items.open();
    arrive(visit("e2", "a", 30));
    watermark(30);
    assertThat(changes).extracting(change -> change.item).containsExactlyInAnyOrder("a", "a", "b");
    ItemChange last =
        changes.stream()
            .filter(change -> change.item.equals("a") && change.time == 30)
            .toList()
            .get(0);
    assertThat(visits(last)).containsExactly(users("e2", "e3"));
    assertThat(last.longCount).isCloseTo(2 + Math.pow(2, -0.02), within(1e-12));
    assertThat(last.firstSeen).isEqualTo(10);
  }

  @Test
  void onArrivalNothingWaits() throws Exception {
    items.close();
    items = operator(EventOrder.ON_ARRIVAL);
    items.open();
    arrive(visit("e2", "a", 10), visit("e1", "a", 10));
    assertThat(changes).hasSize(2);
  }
}
