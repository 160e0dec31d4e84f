package dev.freshet.jobs.user;

import static dev.freshet.jobs.TestEvents.BY_FIELDS;
import static dev.freshet.jobs.TestEvents.action;
import static dev.freshet.jobs.TestEvents.inSession;
import static dev.freshet.jobs.TestEvents.randomActions;
import static dev.freshet.jobs.TestPlacements.placement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.TestEvents;
import dev.freshet.jobs.TestPlacements;
import dev.freshet.jobs.event.UserEvent;
import dev.freshet.jobs.flow.EventOrder;
import dev.freshet.jobs.flow.JobCounters;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.protocol.event.ListRequest;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.list.Placement.Exclusion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UserHistoryTest {

  private static final long WINDOW = 1_000;
  private static final UserSettings SETTINGS = TestPlacements.home(5, 100, WINDOW);

  private KeyedOneInputStreamOperatorTestHarness<String, UserEvent, RankRequest> history;
  private final Output output = new Output();

  /** All that came out, also of an operator that was replaced. */
  private static final class Output {
    final List<RankRequest> requests = new ArrayList<>();
    final List<ItemEvent> itemEvents = new ArrayList<>();
    final List<FeatureEvent> featureEvents = new ArrayList<>();

    void take(KeyedOneInputStreamOperatorTestHarness<String, UserEvent, RankRequest> history) {
      history.getRecordOutput().forEach(element -> requests.add(element.getValue()));
      history.getOutput().clear();
      take(history.getSideOutput(UserHistory.ITEM_EVENTS), itemEvents);
      take(history.getSideOutput(UserHistory.FEATURE_EVENTS), featureEvents);
    }

    private static <T> void take(Queue<StreamRecord<T>> from, List<T> to) {
      if (from != null) {
        from.forEach(element -> to.add(element.getValue()));
        from.clear();
      }
    }

    List<String> answered() {
      return requests.stream().map(request -> request.eventId).toList();
    }
  }

  @BeforeEach
  void open() throws Exception {
    history = operator(EventOrder.BY_WATERMARK);
    history.open();
  }

  @AfterEach
  void close() throws Exception {
    history.close();
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, UserEvent, RankRequest> operator(
      EventOrder order) throws Exception {
    return operator(SETTINGS, order);
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, UserEvent, RankRequest> operator(
      UserSettings settings, EventOrder order) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new UserHistory(settings, order)),
        UserEvent::user,
        Types.STRING);
  }

  private void arrive(FeatureEvent... actions) throws Exception {
    for (FeatureEvent action : actions) {
      history.processElement(UserEvent.of(action), action.time);
    }
    output.take(history);
  }

  private void arrive(ListRequest request) throws Exception {
    history.processElement(UserEvent.of(request), request.time);
    output.take(history);
  }

  private static ListRequest listRequest(String id, String user, long time) {
    ListRequest request = new ListRequest();
    request.requestId = id;
    request.user = user;
    request.time = time;
    request.placement = "home";
    return request;
  }

  private void watermark(long time) throws Exception {
    history.processWatermark(time);
    output.take(history);
  }

  private long counted(String counter) {
    return history.getOperator().getRuntimeContext().getLongCounter(counter).getLocalValue();
  }

  private RankRequest last() {
    return output.requests.get(output.requests.size() - 1);
  }

  @Test
  void anActionWaitsForTheWatermarkToPassIt() throws Exception {
    arrive(action("e1", "u", "a", 10));
    watermark(9);
    assertThat(output.requests).isEmpty();
    watermark(10);
    assertThat(output.answered()).containsExactly("e1");
    assertThat(last().late).isFalse();
  }

  @Test
  void theRequestTellsWhatTheUserDidUntilAndWithTheAction() throws Exception {
    arrive(
        action("e1", "u", "a", 10),
        action("e2", "u", "b", 20),
        action("e3", "u", null, 30),
        action("e4", "u", "a", 200));
    watermark(1_000);
    assertThat(output.requests)
        .extracting(request -> request.repeated)
        .containsExactly(false, false, false, true);
    assertThat(output.requests.get(1).recent).containsExactly("b", "a");
    assertThat(last().recent).containsExactly("a", "b");
    assertThat(last().recentInSession).isEqualTo(1);
    assertThat(last().actions).isEqualTo(4);
    assertThat(last().sessionPosition).isEqualTo(1);
    assertThat(last().placements).containsExactly("home");
    assertThat(last().actionType).isEqualTo("view");
    assertThat(last().item).isEqualTo("a");
  }

  @Test
  void anActionAsksForTheListsThatNameItsKindAndIsSentAlsoIfNoneDoes() throws Exception {
    place(
        placement("all", Set.of("*")),
        placement("views", Set.of("view", "click")),
        placement("asked", Set.of()));
    arrive(action("e1", "u", "a", 10), ofKind("buy", action("e2", "u", "a", 20)));
    watermark(20);
    assertThat(output.requests.get(0).placements).containsExactly("all", "views");
    assertThat(output.requests.get(1).placements).containsExactly("all");
    assertThat(last().asked).isFalse();

    place(placement("views", Set.of("view")));
    arrive(ofKind("buy", action("e3", "u", "a", 30)));
    watermark(30);
    assertThat(output.answered()).containsExactly("e1", "e2", "e3");
    assertThat(last().placements).isEmpty();
  }

  @Test
  void nothingSeenOrBoughtIsSentWhenNoListLeavesItOut() throws Exception {
    place(placement("all", Set.of("*")), placement("shy", Set.of("search"), Exclusion.values()));
    arrive(action("e1", "u", "a", 10), ofKind("buy", action("e2", "u", "b", 20)));
    watermark(20);
    assertThat(output.requests)
        .hasSize(2)
        .allSatisfy(
            request -> {
              assertThat(request.seen).isEmpty();
              assertThat(request.bought).isEmpty();
              assertThat(request.seenInSession).isZero();
            });
  }

  @Test
  void whatAListLeavesOutGoesWithTheRequestForItUntilAndWithTheAction() throws Exception {
    place(
        placement("new", Set.of("view"), Exclusion.SEEN),
        placement("fresh", Set.of("click"), Exclusion.SEEN_IN_SESSION),
        placement("once", Set.of("buy"), Exclusion.BOUGHT));
    arrive(
        ofKind("buy", action("e1", "u", "a", 10)),
        action("e2", "u", "b", 20),
        ofKind("click", action("e3", "u", "c", 1_000)),
        action("e4", "u", "d", 1_001));
    watermark(2_000);
    assertThat(output.requests.get(0).bought).containsExactly(hash("a"));
    assertThat(output.requests.get(0).seen).isEmpty();
    assertThat(output.requests.get(1).seen).containsExactly(hash("b"), hash("a"));
    assertThat(output.requests.get(1).bought).isEmpty();
    assertThat(output.requests.get(2).seen).as("in the session").containsExactly(hash("c"));
    assertThat(output.requests.get(2).seenInSession).isOne();
    assertThat(last().seen).containsExactly(hash("d"), hash("c"), hash("b"), hash("a"));
    assertThat(last().seenInSession).isEqualTo(2);
  }

  /** Replaces the operator by one with these placements, that remembers 10 items. */
  private void place(Placement... placements) throws Exception {
    history.close();
    history =
        operator(
            new UserSettings(2, 100, WINDOW, 10, Set.of("buy"), List.of(placements)),
            EventOrder.BY_WATERMARK);
    history.open();
  }

  private static FeatureEvent ofKind(String kind, FeatureEvent action) {
    action.action = kind;
    return action;
  }

  private static long hash(String item) {
    return FeatureEvent.hash(item);
  }

  @Test
  void aRequestIsAnsweredInItsPlaceAndLeavesNoTrace() throws Exception {
    ListRequest asking = listRequest("r1", "u", 25);
    asking.candidates = new String[] {"x", "y"};
    asking.item = "x";
    arrive(asking);
    arrive(action("e3", "u", "c", 30), action("e2", "u", "b", 20), action("e1", "u", "a", 10));
    assertThat(output.requests).isEmpty();
    watermark(30);
    assertThat(output.answered()).containsExactly("e1", "e2", "r1", "e3");
    RankRequest asked = output.requests.get(2);
    assertThat(asked.asked).isTrue();
    assertThat(asked.late).isFalse();
    assertThat(asked.user).isEqualTo("u");
    assertThat(asked.time).isEqualTo(25);
    assertThat(asked.placements).containsExactly("home");
    assertThat(asked.candidates).containsExactly("x", "y");
    assertThat(asked.item).isEqualTo("x");
    assertThat(asked.actionType).isNull();
    assertThat(asked.recent).containsExactly("b", "a");
    assertThat(asked.recentInSession).isEqualTo(2);
    assertThat(asked.sessionPosition).isEqualTo(2);
    assertThat(asked.actions).isEqualTo(2);
    assertThat(last().recent).containsExactly("c", "b", "a");
    assertThat(last().actions).isEqualTo(3);
    assertThat(last().sessionPosition).isEqualTo(3);
    assertThat(last().candidates).isNull();
    assertThat(output.itemEvents).hasSize(3);
    assertThat(output.featureEvents).isEmpty();
  }

  @Test
  void aRequestAfterThePauseFindsNoSession() throws Exception {
    arrive(action("e1", "u", "a", 10));
    arrive(listRequest("r1", "u", 110));
    arrive(listRequest("r2", "u", 111));
    arrive(inSession(action("e2", "u", "b", 200), "s"));
    arrive(listRequest("r3", "u", 900));
    watermark(1_000);
    assertThat(output.answered()).containsExactly("e1", "r1", "r2", "e2", "r3");
    assertThat(output.requests)
        .extracting(request -> request.recentInSession)
        .containsExactly(1, 1, 0, 1, 1);
    assertThat(output.requests)
        .extracting(request -> request.sessionPosition)
        .containsExactly(1, 1, 0, 1, 1);
  }

  @Test
  void aRequestOfANobodyIsAnsweredAndNothingIsKeptOfThem() throws Exception {
    arrive(listRequest("r1", "u", 10));
    watermark(10);
    assertThat(output.answered()).containsExactly("r1");
    assertThat(last().recent).isEmpty();
    assertThat(last().actions).isZero();
    assertThat(last().sessionPosition).isZero();
    watermark(100_000);
    assertThat(history.numKeyedStateEntries()).isZero();
    assertThat(history.numEventTimeTimers()).isZero();
  }

  @Test
  void aRequestTellsWhatItsOwnListLeavesOut() throws Exception {
    place(
        placement("home", Set.of(), Exclusion.SEEN, Exclusion.BOUGHT),
        placement("session", Set.of(), Exclusion.SEEN_IN_SESSION),
        placement("all", Set.of("*")));
    arrive(ofKind("buy", action("e1", "u", "a", 10)), action("e2", "u", "b", 500));
    arrive(listRequest("r1", "u", 501));
    ListRequest inSession = listRequest("r2", "u", 502);
    inSession.placement = "session";
    arrive(inSession);
    ListRequest after = listRequest("r3", "u", 900);
    after.placement = "session";
    arrive(after);
    ListRequest all = listRequest("r4", "u", 901);
    all.placement = "all";
    arrive(all);
    watermark(1_000);
    assertThat(output.answered()).containsExactly("e1", "e2", "r1", "r2", "r3", "r4");
    assertThat(output.requests.get(2).seen).containsExactly(hash("b"), hash("a"));
    assertThat(output.requests.get(2).seenInSession).isOne();
    assertThat(output.requests.get(2).bought).containsExactly(hash("a"));
    assertThat(output.requests.get(3).seen).containsExactly(hash("b"));
    assertThat(output.requests.get(4).seen).isEmpty();
    assertThat(last().seen).isEmpty();
    assertThat(last().bought).isEmpty();
  }

  @Test
  void aRepeatedRequestIsADuplicateButNotAnActionOfItsId() throws Exception {
    arrive(listRequest("e1", "u", 10));
    arrive(action("e1", "u", "a", 10));
    arrive(listRequest("e1", "u", 10));
    watermark(20);
    arrive(listRequest("e1", "u", 10));
    assertThat(output.requests)
        .extracting(request -> request.asked)
        .as("of the same id the action comes first")
        .containsExactly(false, true);
    assertThat(last().recent).containsExactly("a");
    assertThat(counted(JobCounters.DUPLICATES)).isEqualTo(2);
    watermark(100_000);
    arrive(listRequest("e1", "u", 100_001));
    watermark(100_001);
    assertThat(output.requests).hasSize(3);
  }

  @Test
  void aLateRequestIsAnsweredMarkedAndCounted() throws Exception {
    arrive(action("e1", "u", "a", 100));
    watermark(100);
    arrive(listRequest("r1", "u", 50));
    assertThat(output.answered()).containsExactly("e1", "r1");
    assertThat(last().late).isTrue();
    assertThat(last().recent).containsExactly("a");
    assertThat(counted(JobCounters.LATE)).isEqualTo(1);
  }

  @Test
  void aWaitingRequestOfAPlacementThatIsGoneIsDropped() throws Exception {
    ListRequest asking = listRequest("r1", "u", 10);
    asking.placement = "gone";
    arrive(asking);
    watermark(10);
    assertThat(output.requests).isEmpty();
  }

  @Test
  void anActionWithAnItemTellsTheItemWhatCameBefore() throws Exception {
    arrive(
        action("e1", "u", "a", 10),
        action("e2", "u", null, 20),
        action("e3", "u", "b", 30),
        action("e4", "u", "a", 40));
    watermark(100);
    assertThat(output.itemEvents)
        .extracting(event -> event.event.eventId)
        .containsExactly("e1", "e3", "e4");
    assertThat(output.itemEvents)
        .extracting(event -> List.of(event.before))
        .containsExactly(List.of(), List.of("a"), List.of("b"));
  }

  @Test
  void featuresHearOfEachActionOnceThroughItsItemOrWithoutOne() throws Exception {
    FeatureEvent bought = inSession(action("e1", "u", "a", 10), "s1");
    bought.action = "buy";
    bought.value = 9.5;
    bought.context = new String[] {"device=phone"};
    FeatureEvent searched = inSession(action("e2", "u", null, 20), "s2");
    searched.action = "search";
    searched.context = new String[] {"device=desk"};
    arrive(searched, bought);
    watermark(100);
    assertThat(output.itemEvents).hasSize(1);
    assertThat(output.featureEvents).hasSize(1);
    assertThat(output.itemEvents.get(0).event)
        .usingRecursiveComparison(BY_FIELDS)
        .isEqualTo(seen(bought, "a"));
    assertThat(output.featureEvents.get(0))
        .usingRecursiveComparison(BY_FIELDS)
        .isEqualTo(seen(searched, null));
  }

  private static FeatureEvent seen(FeatureEvent action, String item) {
    FeatureEvent event = TestEvents.seen(action.eventId, "u", item, action.time);
    event.action = action.action;
    event.session = action.session;
    event.value = action.value;
    event.context = action.context;
    return event;
  }

  @Test
  void featuresHearOfALateActionWithItsOwnTimeAndNotOfADuplicate() throws Exception {
    watermark(100);
    arrive(action("e1", "u", null, 50), action("e1", "u", null, 50));
    assertThat(output.featureEvents).hasSize(1);
    assertThat(output.featureEvents.get(0).time).isEqualTo(50);
  }

  @Test
  void actionsOfTheSameTimeAreOrderedByTheirIds() throws Exception {
    arrive(action("e2", "u", "b", 10), action("e3", "u", "c", 10), action("e1", "u", "a", 10));
    watermark(10);
    assertThat(output.answered()).containsExactly("e1", "e2", "e3");
    assertThat(last().recent).containsExactly("c", "b", "a");
  }

  @Test
  void arrivalOutOfOrderWithinTheWatermarkChangesNothing() throws Exception {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      List<UserEvent> events = randomEvents(random, 100);
      Output expected = run(events, 0, random, -1);
      Output shuffled = run(events, 150, random, -1);
      assertSame(shuffled, expected);
    }
  }

  @Test
  void aRestoreInTheMiddleChangesNothing() throws Exception {
    for (int seed = 0; seed < 10; seed++) {
      Random random = new Random(seed);
      List<UserEvent> events = randomEvents(random, 60);
      Output expected = run(events, 0, random, -1);
      Output restored = run(events, 150, random, 10 + random.nextInt(40));
      assertSame(restored, expected);
    }
  }

  /** Actions, and requests at the times of some, with their ids or others. */
  private static List<UserEvent> randomEvents(Random random, int count) {
    List<UserEvent> events = new ArrayList<>();
    for (FeatureEvent action : randomActions(random, count, 3, 12, 1_000, 60)) {
      events.add(UserEvent.of(action));
      if (random.nextInt(3) == 0) {
        String id = random.nextBoolean() ? action.eventId : "e5-" + events.size() + "-r";
        ListRequest request = listRequest(id, action.user, action.time);
        request.candidates = random.nextBoolean() ? null : new String[] {"i1", "i2"};
        events.add(UserEvent.of(request));
      }
    }
    return events;
  }

  /**
   * Lets actions arrive by their time and up to a delay, with the watermark as far as it may be.
   *
   * @param restoreAt after how many arrivals the operator is replaced by one with its state
   */
  private static Output run(List<UserEvent> events, int delay, Random random, int restoreAt)
      throws Exception {
    TreeMap<Long, List<UserEvent>> arrivals = new TreeMap<>();
    for (UserEvent event : events) {
      long arrival = event.time() + (delay == 0 ? 0 : random.nextInt(delay));
      arrivals.computeIfAbsent(arrival, time -> new ArrayList<>()).add(event);
    }
    Output output = new Output();
    var history = operator(EventOrder.BY_WATERMARK);
    try {
      history.open();
      int arrived = 0;
      for (var together : arrivals.entrySet()) {
        history.processWatermark(together.getKey() - delay - 1);
        Collections.shuffle(together.getValue(), random);
        for (UserEvent event : together.getValue()) {
          history.processElement(event, event.time());
          if (++arrived == restoreAt) {
            assertThat(history.numEventTimeTimers()).isPositive();
            OperatorSubtaskState state = history.snapshot(1, 1);
            output.take(history);
            history.close();
            history = operator(EventOrder.BY_WATERMARK);
            history.initializeState(state);
            history.open();
          }
        }
      }
      history.processWatermark(Long.MAX_VALUE);
      assertThat(history.getOperator().getRuntimeContext().getLongCounter(JobCounters.LATE))
          .matches(late -> late.getLocalValue() == 0, "none is late");
      output.take(history);
    } finally {
      history.close();
    }
    return output;
  }

  private static void assertSame(Output actual, Output expected) {
    // Users are independent of each other: between them the order is free.
    Comparator<RankRequest> order = RankRequest.EVENT_ORDER;
    assertThat(actual.requests.stream().sorted(order).toList())
        .usingRecursiveComparison(BY_FIELDS)
        .isEqualTo(expected.requests.stream().sorted(order).toList());
    Comparator<ItemEvent> itemOrder = ItemEvent.EVENT_ORDER;
    assertThat(actual.itemEvents.stream().sorted(itemOrder).toList())
        .usingRecursiveComparison(BY_FIELDS)
        .isEqualTo(expected.itemEvents.stream().sorted(itemOrder).toList());
    Comparator<FeatureEvent> featureOrder = FeatureEvent.EVENT_ORDER;
    assertThat(actual.featureEvents.stream().sorted(featureOrder).toList())
        .usingRecursiveComparison(BY_FIELDS)
        .isEqualTo(expected.featureEvents.stream().sorted(featureOrder).toList());
  }

  @Test
  void aDuplicateIsDroppedAndCountedWhetherItsOriginWaitsOrWasHandled() throws Exception {
    arrive(action("e1", "u", "a", 10), action("e1", "u", "a", 10));
    watermark(20);
    arrive(action("e1", "u", "a", 10));
    watermark(WINDOW);
    arrive(action("e1", "u", "a", 10));
    assertThat(output.answered()).containsExactly("e1");
    assertThat(output.itemEvents).hasSize(1);
    assertThat(counted(JobCounters.DUPLICATES)).isEqualTo(3);
    assertThat(counted(JobCounters.LATE)).isZero();
  }

  @Test
  void aDuplicateOfAVeryLateActionIsDroppedToo() throws Exception {
    watermark(10 * WINDOW);
    arrive(action("e1", "u", "a", 10));
    watermark(10 * WINDOW + WINDOW / 2);
    arrive(action("e1", "u", "a", 10));
    assertThat(output.answered()).containsExactly("e1");
    assertThat(counted(JobCounters.DUPLICATES)).isEqualTo(1);
  }

  @Test
  void theSameEventIdOfAnotherUserIsNoDuplicate() throws Exception {
    arrive(action("e1", "u", "a", 10), action("e1", "v", "a", 10));
    watermark(20);
    assertThat(output.answered()).containsExactly("e1", "e1");
    assertThat(counted(JobCounters.DUPLICATES)).isZero();
  }

  @Test
  void afterTheWindowAnEventIdIsTakenAgain() throws Exception {
    arrive(action("e1", "u", "a", 10));
    watermark(10 + WINDOW);
    arrive(action("e1", "u", "a", 10 + WINDOW + 1));
    watermark(10 + WINDOW + 1);
    assertThat(output.answered()).containsExactly("e1", "e1");
    assertThat(counted(JobCounters.DUPLICATES)).isZero();
  }

  @Test
  void aDuplicateIsKnownAfterARestoreToo() throws Exception {
    arrive(action("e1", "u", "a", 10));
    watermark(20);
    OperatorSubtaskState state = history.snapshot(1, 1);
    history.close();
    history = operator(EventOrder.BY_WATERMARK);
    history.initializeState(state);
    history.open();
    arrive(action("e1", "u", "a", 10));
    watermark(30);
    assertThat(output.answered()).containsExactly("e1");
    assertThat(counted(JobCounters.DUPLICATES)).isEqualTo(1);
  }

  @Test
  void whatIsRememberedOfDuplicatesIsForgottenInTime() throws Exception {
    for (int number = 0; number < 100; number++) {
      arrive(action("e" + number, "u", "a", number * 100L));
      watermark(number * 100L);
      assertThat(remembered()).isLessThanOrEqualTo((int) (2 * WINDOW / 100) + 2);
    }
    watermark(100_000);
    assertThat(remembered()).isZero();
    assertThat(history.numEventTimeTimers()).isZero();
    assertThat(history.numKeyedStateEntries()).as("the profile alone").isEqualTo(1);
  }

  private int remembered() throws Exception {
    KeyedStateBackend<String> backend = history.getOperator().getKeyedStateBackend();
    backend.setCurrentKey("u");
    MapState<Long, Long> seen =
        backend.getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new MapStateDescriptor<>("seen", Types.LONG, Types.LONG));
    int count = 0;
    for (long until : seen.values()) {
      assertThat(until).isGreaterThanOrEqualTo(WINDOW);
      count++;
    }
    return count;
  }

  @Test
  void aLateActionIsAnsweredMarkedAndCounted() throws Exception {
    arrive(action("e1", "u", "a", 100));
    watermark(100);
    arrive(action("e0", "u", "b", 50));
    assertThat(output.answered()).containsExactly("e1", "e0");
    assertThat(last().late).isTrue();
    assertThat(last().time).isEqualTo(50);
    assertThat(counted(JobCounters.LATE)).isEqualTo(1);
    assertThat(output.itemEvents).hasSize(2);
  }

  @Test
  void anActionAtTheWatermarkIsLate() throws Exception {
    watermark(100);
    arrive(action("e1", "u", "a", 100));
    assertThat(output.answered()).containsExactly("e1");
    assertThat(last().late).isTrue();
  }

  @Test
  void aLateActionDoesNotBecomeTheNewest() throws Exception {
    arrive(action("e1", "u", "a", 100));
    watermark(100);
    arrive(action("e0", "u", "b", 50));
    assertThat(last().recent).containsExactly("a", "b");
    assertThat(last().actions).isEqualTo(2);
  }

  @Test
  void aLateActionFollowsOnlyWhatCameBeforeIt() throws Exception {
    arrive(action("e1", "u", "a", 10), action("e2", "u", "c", 100));
    watermark(100);
    arrive(action("e0", "u", "b", 50));
    assertThat(output.itemEvents.get(2).before).containsExactly("a");
  }

  @Test
  void onArrivalNothingWaits() throws Exception {
    history.close();
    history = operator(EventOrder.ON_ARRIVAL);
    history.open();
    arrive(action("e2", "u", "b", 20), action("e1", "u", "a", 10), action("e2", "u", "b", 20));
    arrive(listRequest("r1", "u", 5));
    arrive(listRequest("r1", "u", 5));
    assertThat(output.answered()).containsExactly("e2", "e1", "r1");
    assertThat(last().late).isFalse();
    assertThat(last().recent).containsExactly("b", "a");
    assertThat(counted(JobCounters.DUPLICATES)).isEqualTo(2);
  }
}
