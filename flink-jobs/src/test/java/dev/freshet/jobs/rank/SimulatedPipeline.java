package dev.freshet.jobs.rank;

import dev.freshet.jobs.event.RankUpdate;
import dev.freshet.jobs.event.UserEvent;
import dev.freshet.jobs.flow.EventOrder;
import dev.freshet.jobs.item.ItemHistory;
import dev.freshet.jobs.item.ItemSettings;
import dev.freshet.jobs.user.UserHistory;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.ranking.TestModel;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.schema.Recommendation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/**
 * The operators of the pipeline in one thread, with a channel between any two subtasks: at each
 * step a random one of the channels and partitions moves. So any interleaving that Flink allows can
 * come about, and comes about again with the same seed.
 */
@SuppressWarnings("try") // the harness's close may throw anything
final class SimulatedPipeline implements AutoCloseable {

  private static final int MAX_PARALLELISM = 16;
  private final RandomLog input;
  private final Random random;
  private final EventOrder order;
  private final byte[] model = TestModel.onnx();

  /** Of users' events, of the catalog's, and of models. */
  private final List<Partition<?>> partitions = new ArrayList<>();

  private final Lists lists = new Lists();

  private final List<OneInput<UserEvent, RankRequest>> histories = new ArrayList<>();
  private final List<OneInput<ItemEvent, ItemChange>> items = new ArrayList<>();
  private final List<
          KeyedTwoInputStreamOperatorTestHarness<String, RankRequest, RankUpdate, Recommendation>>
      ranks = new ArrayList<>();
  private final List<Channel> channels = new ArrayList<>();
  private int parallelism;

  /** Pauses that are over. */
  private int paused;

  /** A subtask with one input, and its channels to those that come after it. */
  private record OneInput<T, O>(
      KeyedOneInputStreamOperatorTestHarness<String, T, O> harness, Input input) {}

  private interface Handler<T> {
    void handle(T value) throws Exception;
  }

  /** What is under way to an input of a subtask. */
  private static final class Channel {
    final Deque<Object> elements = new ArrayDeque<>();
    final Input input;
    long watermark = Long.MIN_VALUE;

    Channel(Input input) {
      this.input = input;
      input.channels.add(this);
    }

    void move() throws Exception {
      Object element = elements.remove();
      if (element instanceof Watermark advanced) {
        watermark = advanced.getTimestamp();
        input.advance();
      } else {
        input.element.handle(element);
      }
    }
  }

  /** One input of a subtask: its watermark is the least of its channels. */
  private static final class Input {
    final List<Channel> channels = new ArrayList<>();
    final Handler<Object> element;
    final Handler<Watermark> watermark;

    /** What comes here goes before what is told of items, when nothing else is under way. */
    final boolean first;

    private long last = Long.MIN_VALUE;

    Input(Handler<Object> element, Handler<Watermark> watermark, boolean first) {
      this.element = element;
      this.watermark = watermark;
      this.first = first;
    }

    void advance() throws Exception {
      long least = channels.stream().mapToLong(channel -> channel.watermark).min().orElseThrow();
      if (least > last) {
        last = least;
        watermark.handle(new Watermark(least));
      }
    }
  }

  /** Channels to all subtasks of an operator. */
  private static final class Edge {
    final List<Channel> to = new ArrayList<>();

    void send(String key, Object element) {
      to.get(KeyGroupRangeAssignment.assignKeyToParallelOperator(key, MAX_PARALLELISM, to.size()))
          .elements
          .add(element);
    }

    void broadcast(Object element) {
      to.forEach(channel -> channel.elements.add(element));
    }
  }

  /** A partition of a topic, and how far it was read. */
  private static final class Partition<T> {
    private final List<T> events;
    private final Function<T, String> key;

    /** Null: no watermark comes before the end, and everyone is told of everything. */
    private final ToLongFunction<T> time;

    private Edge edge;
    private int next;
    private long newest = Long.MIN_VALUE;

    Partition(List<T> events, Function<T, String> key, ToLongFunction<T> time) {
      this.events = events;
      this.key = key;
      this.time = time;
    }

    boolean ended() {
      return next > events.size();
    }

    void move(Random random) {
      if (next == events.size()) {
        edge.broadcast(Watermark.MAX_WATERMARK);
      } else if (time == null) {
        edge.broadcast(events.get(next));
      } else {
        T event = events.get(next);
        edge.send(key.apply(event), event);
        newest = Math.max(newest, time.applyAsLong(event));
        if (random.nextBoolean()) {
          edge.broadcast(new Watermark(newest - RandomLog.DELAY - 1));
        }
      }
      next++;
    }
  }

  SimulatedPipeline(RandomLog input, Random random, EventOrder order) {
    this.input = input;
    this.random = random;
    this.order = order;
    for (List<UserEvent> events : input.userEvents()) {
      partitions.add(new Partition<>(events, UserEvent::user, UserEvent::time));
    }
    for (List<ItemEvent> events : input.itemUpdates()) {
      partitions.add(new Partition<>(events, ItemEvent::item, ItemEvent::time));
    }
    partitions.add(
        new Partition<>(input.models().stream().map(RankUpdate::of).toList(), null, null));
  }

  /** Runs all of it, and hands over what came out. */
  static Lists run(RandomLog input, Random random, int parallelism) throws Exception {
    try (SimulatedPipeline pipeline =
        new SimulatedPipeline(input, random, EventOrder.BY_WATERMARK)) {
      pipeline.start(parallelism, List.of());
      pipeline.move(Integer.MAX_VALUE);
      return pipeline.lists;
    }
  }

  /** Runs a part, goes on from a snapshot with another parallelism, and hands over all. */
  static Lists run(RandomLog input, Random random, int parallelism, int restoredParallelism)
      throws Exception {
    try (SimulatedPipeline pipeline =
        new SimulatedPipeline(input, random, EventOrder.BY_WATERMARK)) {
      pipeline.start(parallelism, List.of());
      int events =
          pipeline.partitions.stream().mapToInt(partition -> partition.events.size()).sum();
      pipeline.move(random.nextInt(3 * events));
      pipeline.restore(restoredParallelism);
      pipeline.move(Integer.MAX_VALUE);
      return pipeline.lists;
    }
  }

  /** Has every event handled as it arrives, in one subtask, and hands over what came out. */
  static Lists runOnArrival(RandomLog input, Random random) throws Exception {
    try (SimulatedPipeline pipeline = new SimulatedPipeline(input, random, EventOrder.ON_ARRIVAL)) {
      pipeline.start(1, List.of());
      Partition<?> models = pipeline.partitions.get(pipeline.partitions.size() - 1);
      while (!models.ended()) {
        models.move(random);
      }
      for (Object arrival : input.arrivals()) {
        pipeline.handle(arrival);
      }
      return pipeline.lists;
    }
  }

  /** Moves partitions and channels, so many times at most. */
  private void move(int times) throws Exception {
    for (int moves = 0; moves < times; moves++) {
      List<Channel> moving = moving();
      List<Partition<?>> going = partitions.stream().filter(this::goesOn).toList();
      if (moving.isEmpty() && going.isEmpty()) {
        if (paused == input.pauses().size()) {
          return;
        }
        pause(input.pauses().get(paused++));
        continue;
      }
      int choice = random.nextInt(moving.size() + going.size());
      if (choice < moving.size()) {
        moving.get(choice).move();
      } else {
        going.get(choice - moving.size()).move(random);
      }
    }
  }

  /** Whether a partition may be read on before the next pause. */
  private boolean goesOn(Partition<?> partition) {
    int number = partitions.indexOf(partition);
    return paused == input.pauses().size() || number == partitions.size() - 1
        ? !partition.ended()
        : partition.next < input.pauses().get(paused).read().get(number);
  }

  /** Late is what is behind every watermark there is. */
  private void pause(RandomLog.Pause pause) throws Exception {
    for (Partition<?> partition : partitions.subList(0, partitions.size() - 1)) {
      partition.edge.broadcast(new Watermark(pause.watermark()));
    }
    settle();
    for (UserEvent late : pause.late()) {
      handle(late);
    }
  }

  /** An event goes all the way before anything else does. */
  private void handle(Object event) throws Exception {
    settle();
    if (event instanceof UserEvent userEvent) {
      partitions.get(0).edge.send(userEvent.user(), userEvent);
    } else {
      ItemEvent update = (ItemEvent) event;
      partitions.get(input.userEvents().size()).edge.send(update.item(), update);
    }
    settle();
  }

  /** All that is under way comes to where it goes, and an answer is asked for before its effect. */
  private void settle() throws Exception {
    for (List<Channel> moving = moving(); !moving.isEmpty(); moving = moving()) {
      List<Channel> first = moving.stream().filter(channel -> channel.input.first).toList();
      List<Channel> next = first.isEmpty() ? moving : first;
      next.get(random.nextInt(next.size())).move();
    }
  }

  private List<Channel> moving() {
    return channels.stream().filter(channel -> !channel.elements.isEmpty()).toList();
  }

  private void restore(int newParallelism) throws Exception {
    // As after a checkpoint's barrier: all before it has been handled, nothing after it.
    for (List<Channel> moving = moving(); !moving.isEmpty(); moving = moving()) {
      moving.get(random.nextInt(moving.size())).move();
    }
    List<OperatorSubtaskState> states = new ArrayList<>();
    states.add(snapshot(histories.stream().map(OneInput::harness).toList()));
    states.add(snapshot(items.stream().map(OneInput::harness).toList()));
    states.add(snapshot(ranks));
    close();
    start(newParallelism, states);
  }

  private static OperatorSubtaskState snapshot(
      List<? extends AbstractStreamOperatorTestHarness<?>> harnesses) throws Exception {
    List<OperatorSubtaskState> states = new ArrayList<>();
    for (AbstractStreamOperatorTestHarness<?> harness : harnesses) {
      states.add(harness.snapshot(1, 1));
    }
    return AbstractStreamOperatorTestHarness.repackageState(
        states.toArray(OperatorSubtaskState[]::new));
  }

  /**
   * @param states of the operators; none at the beginning
   */
  private void start(int newParallelism, List<OperatorSubtaskState> states) throws Exception {
    int before = parallelism;
    parallelism = newParallelism;
    Edge[] toItems = edges();
    Edge[] toRanks = edges();
    Edge[] changes = edges();
    for (int subtask = 0; subtask < parallelism; subtask++) {
      histories.add(history(subtask, toItems[subtask], toRanks[subtask]));
      items.add(item(subtask, changes[subtask]));
      ranks.add(rank(subtask));
      open(histories.get(subtask).harness, states, 0, before, subtask);
      open(items.get(subtask).harness, states, 1, before, subtask);
      open(ranks.get(subtask), states, 2, before, subtask);
    }
    List<Input> itemInputs = items.stream().map(OneInput::input).toList();
    List<Input> requestInputs = new ArrayList<>();
    List<Input> changeInputs = new ArrayList<>();
    for (int subtask = 0; subtask < parallelism; subtask++) {
      requestInputs.add(requests(subtask));
      changeInputs.add(changes(subtask));
    }
    for (int subtask = 0; subtask < parallelism; subtask++) {
      connect(toItems[subtask], itemInputs);
      connect(toRanks[subtask], requestInputs);
      connect(changes[subtask], changeInputs);
    }
    for (int number = 0; number < partitions.size(); number++) {
      Partition<?> partition = partitions.get(number);
      partition.edge = new Edge();
      partition.newest = Long.MIN_VALUE;
      List<Input> readers =
          number < input.userEvents().size()
              ? histories.stream().map(OneInput::input).toList()
              : itemInputs;
      connect(partition.edge, number == partitions.size() - 1 ? changeInputs : readers);
      if (partition.ended()) {
        partition.edge.broadcast(Watermark.MAX_WATERMARK);
      }
    }
  }

  private Edge[] edges() {
    Edge[] edges = new Edge[parallelism];
    Arrays.setAll(edges, subtask -> new Edge());
    return edges;
  }

  private void connect(Edge from, List<Input> to) {
    for (Input each : to) {
      Channel channel = new Channel(each);
      from.to.add(channel);
      channels.add(channel);
    }
  }

  private static void open(
      AbstractStreamOperatorTestHarness<?> harness,
      List<OperatorSubtaskState> states,
      int operator,
      int before,
      int subtask)
      throws Exception {
    if (!states.isEmpty()) {
      int parallelism = harness.getEnvironment().getTaskInfo().getNumberOfParallelSubtasks();
      harness.initializeState(
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              states.get(operator), MAX_PARALLELISM, before, parallelism, subtask));
    }
    harness.open();
  }

  private OneInput<UserEvent, RankRequest> history(int subtask, Edge toItems, Edge toRanks)
      throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new UserHistory(input.settings(), order)),
            UserEvent::user,
            Types.STRING,
            MAX_PARALLELISM,
            parallelism,
            subtask);
    Handler<Void> sent =
        nothing -> {
          sideOutput(harness, UserHistory.ITEM_EVENTS, event -> toItems.send(event.item(), event));
          for (Object output : outputs(harness)) {
            if (output instanceof Watermark) {
              toItems.broadcast(output);
              toRanks.broadcast(output);
            } else {
              RankRequest request = (RankRequest) output;
              toRanks.send(request.user, request);
            }
          }
        };
    return new OneInput<>(
        harness,
        new Input(
            element -> {
              harness.processElement((UserEvent) element, ((UserEvent) element).time());
              sent.handle(null);
            },
            watermark -> {
              harness.processWatermark(watermark);
              sent.handle(null);
            },
            false));
  }

  private OneInput<ItemEvent, ItemChange> item(int subtask, Edge changes) throws Exception {
    ItemSettings settings =
        new ItemSettings(
            RandomLog.HALF_LIVES.popularityShort(), RandomLog.HALF_LIVES.popularityLong());
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(
                new ItemHistory(settings, List.of(), RandomLog.ATTRIBUTES, order)),
            ItemEvent::item,
            Types.STRING,
            MAX_PARALLELISM,
            parallelism,
            subtask);
    Handler<Void> sent = nothing -> outputs(harness).forEach(changes::broadcast);
    return new OneInput<>(
        harness,
        new Input(
            element -> {
              harness.processElement((ItemEvent) element, ((ItemEvent) element).time());
              sent.handle(null);
            },
            watermark -> {
              harness.processWatermark(watermark);
              sent.handle(null);
            },
            false));
  }

  private KeyedTwoInputStreamOperatorTestHarness<String, RankRequest, RankUpdate, Recommendation>
      rank(int subtask) throws Exception {
    return new KeyedTwoInputStreamOperatorTestHarness<>(
        new RankOperator(model, input.replica(), input.ranker(), order),
        request -> request.user,
        null,
        Types.STRING,
        MAX_PARALLELISM,
        parallelism,
        subtask);
  }

  private Input requests(int subtask) {
    var harness = ranks.get(subtask);
    return new Input(
        element -> {
          harness.processElement1((RankRequest) element, ((RankRequest) element).time);
          collect(harness);
        },
        watermark -> {
          harness.processWatermark1(watermark);
          collect(harness);
        },
        true);
  }

  private Input changes(int subtask) {
    var harness = ranks.get(subtask);
    return new Input(
        element -> {
          RankUpdate update =
              element instanceof ItemChange change ? RankUpdate.of(change) : (RankUpdate) element;
          harness.processElement2(new StreamRecord<>(update));
          collect(harness);
        },
        watermark -> {
          harness.processWatermark2(watermark);
          collect(harness);
        },
        false);
  }

  private void collect(AbstractStreamOperatorTestHarness<Recommendation> harness) {
    for (Object output : outputs(harness)) {
      if (output instanceof Recommendation recommendation) {
        lists.recommendations().add(recommendation);
      }
    }
    sideOutput(harness, RankOperator.SHADOWS, lists.shadows()::add);
    sideOutput(harness, RankOperator.EXPLANATIONS, lists.explanations()::add);
    sideOutput(harness, RankOperator.EXAMPLES, lists.examples()::add);
  }

  /** Takes values and watermarks. */
  private static List<Object> outputs(AbstractStreamOperatorTestHarness<?> harness) {
    List<Object> outputs = new ArrayList<>();
    for (Object output : harness.getOutput()) {
      outputs.add(output instanceof StreamRecord<?> element ? element.getValue() : output);
    }
    harness.getOutput().clear();
    return outputs;
  }

  private static <T> void sideOutput(
      AbstractStreamOperatorTestHarness<?> harness, OutputTag<T> tag, Consumer<T> to) {
    Queue<StreamRecord<T>> output = harness.getSideOutput(tag);
    if (output != null) {
      output.forEach(element -> to.accept(element.getValue()));
      output.clear();
    }
  }

  @Override
  public void close() throws Exception {
    for (OneInput<?, ?> history : histories) {
      history.harness.close();
    }
    for (OneInput<?, ?> item : items) {
      item.harness.close();
    }
    for (AbstractStreamOperatorTestHarness<?> rank : ranks) {
      rank.close();
    }
    histories.clear();
    items.clear();
    ranks.clear();
    channels.clear();
  }
}
