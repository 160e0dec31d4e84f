package dev.freshet.jobs.learn;

import dev.freshet.protocol.model.ReceivedModel;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.ModelRelease;
import dev.freshet.schema.TrainingExample;
import dev.freshet.schema.TrainingRound;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;

/**
 * Learning with its real operators, wired by hand, so that a test says what comes when: one reader,
 * shards on several subtasks, rounds, and the topics as lists.
 */
@SuppressWarnings("try") // the harness's close may throw anything
final class SimulatedLearning implements AutoCloseable {

  /** What the topics have, repetitions after a restore included. */
  final List<TrainingRound> rounds = new ArrayList<>();

  final List<ModelRelease> releases = new ArrayList<>();
  final List<ModelPlan> plans = new ArrayList<>();

  /** Whether plans come back by the topic. */
  boolean readsPlans = true;

  private final LearningSettings settings;
  private final ShardKeys keys;
  private OneInputStreamOperatorTestHarness<TrainingExample, ShardExample> reader;
  private final List<TwoInputStreamOperatorTestHarness<ShardExample, LearnedRound, ShardReport>>
      shards = new ArrayList<>();
  private TwoInputStreamOperatorTestHarness<ShardReport, ReceivedModel, TrainingRound> conclusion;

  /** How many rounds of the topic have been read back. */
  private int roundsRead;

  private int plansRead;
  private long planOffset;

  /** State of all operators and how far the topics were read. */
  record Snapshot(
      List<OperatorSubtaskState> shards,
      OperatorSubtaskState conclusion,
      int roundsRead,
      int plansRead) {}

  SimulatedLearning(LearningSettings settings, int parallelism) throws Exception {
    this.settings = settings;
    this.keys = new ShardKeys(settings.options().shards());
    this.planOffset = settings.start().planOffset();
    start(parallelism, null);
  }

  private void start(int parallelism, Snapshot snapshot) throws Exception {
    ShardKeys keyOf = keys; // this is not to be serialized
    reader =
        new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new ExampleReader(settings)));
    reader.open();
    OperatorSubtaskState all =
        snapshot == null
            ? null
            : AbstractStreamOperatorTestHarness.repackageState(
                snapshot.shards.toArray(OperatorSubtaskState[]::new));
    for (int subtask = 0; subtask < parallelism; subtask++) {
      var harness =
          new KeyedTwoInputStreamOperatorTestHarness<
              Integer, ShardExample, LearnedRound, ShardReport>(
              new KeyedCoProcessOperator<>(new ShardOperator(settings, keys)),
              example -> keyOf.keyOf(example.shard),
              round -> keyOf.keyOf(round.shard),
              Types.INT,
              ShardKeys.KEY_GROUPS,
              parallelism,
              subtask);
      if (all != null) {
        harness.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                all, ShardKeys.KEY_GROUPS, snapshot.shards.size(), parallelism, subtask));
      }
      harness.open();
      harness.processWatermark2(Watermark.MAX_WATERMARK);
      shards.add(harness);
    }
    conclusion =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new KeyedCoProcessOperator<>(new RoundOperator(settings)),
            report -> TasteExamples.MODEL,
            plan -> TasteExamples.MODEL,
            Types.STRING,
            1,
            1,
            0);
    if (snapshot != null) {
      conclusion.initializeState(snapshot.conclusion);
    }
    conclusion.open();
    conclusion.processWatermark2(Watermark.MAX_WATERMARK);
  }

  Snapshot snapshot() throws Exception {
    List<OperatorSubtaskState> states = new ArrayList<>();
    for (var harness : shards) {
      states.add(harness.snapshot(1, 1));
    }
    return new Snapshot(states, conclusion.snapshot(1, 1), roundsRead, plansRead);
  }

  /** Goes on from a snapshot; what was written since stays on the topics. */
  void restore(Snapshot snapshot, int parallelism) throws Exception {
    close();
    shards.clear();
    roundsRead = snapshot.roundsRead;
    plansRead = snapshot.plansRead;
    start(parallelism, snapshot);
  }

  void examples(List<TrainingExample> examples) throws Exception {
    for (TrainingExample example : examples) {
      example(example);
    }
  }

  void example(TrainingExample example) throws Exception {
    reader.processElement(example, example.getLabelTime().toEpochMilli());
    for (ShardExample read : reader.extractOutputValues()) {
      shards.get(subtaskOf(read.shard)).processElement1(read, read.time);
    }
    reader.getOutput().clear();
    var begun = reader.getSideOutput(ExampleReader.ROUNDS);
    if (begun != null) {
      for (var report : begun) {
        conclusion.processElement1(report);
      }
      begun.clear();
    }
  }

  /** A watermark to all, and whatever follows from it. */
  void watermark(long time) throws Exception {
    watermark(time, subtask -> true);
    conclusion.processWatermark1(new Watermark(time));
    settle();
  }

  /** A watermark to some subtasks alone; what they report is delivered. */
  void watermark(long time, IntPredicate subtasks) throws Exception {
    for (int subtask = 0; subtask < shards.size(); subtask++) {
      if (subtasks.test(subtask)) {
        shards.get(subtask).processWatermark1(new Watermark(time));
      }
    }
    deliverReports();
  }

  /** The watermark of the conclusion alone. */
  void watermarkOfRounds(long time) throws Exception {
    conclusion.processWatermark1(new Watermark(time));
    take();
  }

  /** Reads the topics until nothing more comes of it. */
  void settle() throws Exception {
    take();
    while (roundsRead < rounds.size() || (readsPlans && plansRead < plans.size())) {
      if (readsPlans && plansRead < plans.size()) {
        plan(plans.get(plansRead++));
      } else {
        readRound();
      }
    }
  }

  /** Reads one round from the topic. */
  void readRound() throws Exception {
    TrainingRound round = rounds.get(roundsRead++);
    List<LearnedRound> learned = new ArrayList<>();
    new LearnedRounds(settings).flatMap(round, new ListCollector<>(learned));
    for (LearnedRound each : learned) {
      shards.get(subtaskOf(each.shard)).processElement2(each, each.end);
    }
    deliverReports();
  }

  /** A plan that somebody wrote. */
  void plan(ModelPlan plan) throws Exception {
    plan(plan, ++planOffset);
  }

  /** A plan as it is read from some place of the topic. */
  void plan(ModelPlan plan, long offset) throws Exception {
    ReceivedModel received = new ReceivedModel();
    received.offset = offset;
    received.record = new ModelRecord(plan);
    conclusion.processElement2(received, 0);
    take();
  }

  private void deliverReports() throws Exception {
    for (var harness : shards) {
      for (var report : harness.getRecordOutput()) {
        conclusion.processElement1(report.getValue(), report.getTimestamp());
      }
      harness.getOutput().clear();
    }
    take();
  }

  private void take() {
    conclusion.getRecordOutput().forEach(round -> rounds.add(round.getValue()));
    conclusion.getOutput().clear();
    var models = conclusion.getSideOutput(RoundOperator.MODELS);
    if (models != null) {
      for (var model : models) {
        ModelRecord record = model.getValue();
        if (record.getContent() instanceof ModelRelease release) {
          releases.add(release);
        } else {
          plans.add((ModelPlan) record.getContent());
        }
      }
      models.clear();
    }
  }

  private int subtaskOf(int shard) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
        keys.keyOf(shard), ShardKeys.KEY_GROUPS, shards.size());
  }

  /** What the reader and the shards have counted under a name. */
  long counted(String name) {
    long sum = counted(reader, name);
    for (var harness : shards) {
      sum += counted(harness, name);
    }
    return sum;
  }

  private static long counted(AbstractStreamOperatorTestHarness<?> harness, String name) {
    return harness.getOperator().getRuntimeContext().getLongCounter(name).getLocalValue();
  }

  @Override
  public void close() throws Exception {
    reader.close();
    for (var harness : shards) {
      harness.close();
    }
    conclusion.close();
  }
}
