package dev.freshet.jobs.pipeline;

import dev.freshet.jobs.input.Input;
import dev.freshet.jobs.input.SplitDeadLetters;
import dev.freshet.jobs.learn.ExampleReader;
import dev.freshet.jobs.learn.LearnedRound;
import dev.freshet.jobs.learn.LearnedRounds;
import dev.freshet.jobs.learn.LearningSettings;
import dev.freshet.jobs.learn.PlanFilter;
import dev.freshet.jobs.learn.RoundOperator;
import dev.freshet.jobs.learn.ShardExample;
import dev.freshet.jobs.learn.ShardKeys;
import dev.freshet.jobs.learn.ShardOperator;
import dev.freshet.jobs.learn.ShardReport;
import dev.freshet.jobs.pipeline.RecommendationPipeline.Learnable;
import dev.freshet.protocol.model.ReceivedModel;
import dev.freshet.protocol.model.Rounds;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.TrainingExample;
import dev.freshet.schema.TrainingRound;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The whole of learning, top to bottom. Sources and sinks are passed in, so that live runs, replays
 * and tests use the same one. A round goes once through the topic of rounds, as Flink has no
 * cycles.
 *
 * <pre>
 * training-examples ─ decode ─ read ─► shards ─ reports ─► rounds ─► training-rounds
 *                        └► dead-letters ▲                 ▲  └────► models
 * training-rounds ─ decode ──────────────┘                 │
 * models ─ decode ─ plans ─────────────────────────────────┘
 * </pre>
 */
public final class TrainingPipeline {

  /**
   * The inputs of learning. The watermarks of the examples end rounds; those of the other inputs
   * must not hold them back.
   *
   * @param trainingRounds the topic that is written too; unbounded
   * @param models the topic that is written too; unbounded
   */
  public record Inputs(
      Input<TrainingExample> trainingExamples,
      Input<TrainingRound> trainingRounds,
      Input<ReceivedModel> models) {}

  /**
   * The sinks of learning, which write at least once. Rounds wait for each other through their
   * topic. So what is written should be readable at once, not only after a checkpoint.
   */
  public record Outputs(
      Sink<TrainingRound> trainingRounds, Sink<ModelRecord> models, Sink<DeadLetter> deadLetters) {}

  /** Interval of the watermarks when live. Rounds last for seconds at least. */
  public static final Duration WATERMARK_INTERVAL = Duration.ofMillis(50);

  private TrainingPipeline() {}

  /** Adds learning to an environment. */
  public static void build(
      StreamExecutionEnvironment env, Inputs inputs, Outputs outputs, LearningSettings settings) {
    SingleOutputStreamOperator<TrainingExample> examples =
        inputs.trainingExamples().read(env, "training-examples", TrainingExample.class);
    SingleOutputStreamOperator<TrainingRound> rounds =
        inputs.trainingRounds().read(env, "training-rounds", TrainingRound.class);
    SingleOutputStreamOperator<ReceivedModel> models =
        inputs.models().read(env, "models", ReceivedModel.class);

    learn(env, examples, rounds, models, outputs, settings);

    examples
        .getSideOutput(SplitDeadLetters.DEAD_LETTERS)
        .union(rounds.getSideOutput(SplitDeadLetters.DEAD_LETTERS))
        .sinkTo(outputs.deadLetters())
        .name("dead-letters")
        .uid("learning-dead-letters-sink");
  }

  /**
   * Adds learning to the job that makes the examples: its watermarks end the rounds, and no example
   * is late.
   */
  public static void attach(
      StreamExecutionEnvironment env,
      Learnable learnable,
      Input<TrainingRound> trainingRounds,
      Outputs outputs,
      LearningSettings settings) {
    SingleOutputStreamOperator<TrainingRound> rounds =
        trainingRounds.read(env, "training-rounds", TrainingRound.class);
    learn(env, learnable.examples(), rounds, learnable.models(), outputs, settings);

    rounds
        .getSideOutput(SplitDeadLetters.DEAD_LETTERS)
        .sinkTo(outputs.deadLetters())
        .name("dead-letters")
        .uid("learning-dead-letters-sink");
  }

  private static void learn(
      StreamExecutionEnvironment env,
      DataStream<TrainingExample> examples,
      DataStream<TrainingRound> rounds,
      DataStream<ReceivedModel> models,
      Outputs outputs,
      LearningSettings settings) {
    int shards = settings.options().shards();
    ShardKeys keys = new ShardKeys(shards);

    SingleOutputStreamOperator<ShardExample> shardExamples =
        examples
            .process(new ExampleReader(settings))
            .name("read examples")
            .uid("learning-examples")
            .setParallelism(examples.getParallelism());

    SingleOutputStreamOperator<LearnedRound> learnedRounds =
        rounds
            .flatMap(new LearnedRounds(settings))
            .returns(LearnedRound.class)
            .name("rounds to shards")
            .uid("learning-rounds-to-shards")
            .setParallelism(1);

    SingleOutputStreamOperator<ShardReport> reports =
        shardExamples
            .keyBy(example -> keys.keyOf(example.shard))
            .connect(learnedRounds.keyBy(round -> keys.keyOf(round.shard)))
            .process(new ShardOperator(settings, keys))
            .name("shards")
            .uid("learning-shards")
            .setParallelism(Math.min(env.getParallelism(), shards))
            .setMaxParallelism(ShardKeys.KEY_GROUPS);

    SingleOutputStreamOperator<ReceivedModel> plans =
        models
            .filter(new PlanFilter(settings.model()))
            .name("plans")
            .uid("learning-plans")
            .setParallelism(1);

    String model = settings.model();
    SingleOutputStreamOperator<TrainingRound> concluded =
        reports
            .union(begun(env, shardExamples, settings.rounds()))
            .keyBy(report -> model)
            .connect(plans.keyBy(plan -> model))
            .process(new RoundOperator(settings))
            .returns(TrainingRound.class)
            .name("rounds")
            .uid("learning-rounds")
            .setParallelism(1)
            .setMaxParallelism(1);

    concluded
        .sinkTo(outputs.trainingRounds())
        .name("training-rounds")
        .uid("learning-rounds-sink")
        .setParallelism(1);
    concluded
        .getSideOutput(RoundOperator.MODELS)
        .sinkTo(outputs.models())
        .name("models")
        .uid("learning-models-sink")
        .setParallelism(1);
  }

  /**
   * Emits the first round: the one of the first example or, if the rounds are known, the first of
   * them without waiting for examples.
   */
  private static DataStream<ShardReport> begun(
      StreamExecutionEnvironment env,
      SingleOutputStreamOperator<ShardExample> examples,
      Rounds rounds) {
    if (!(rounds instanceof Rounds.EndingAt known)) {
      return examples.getSideOutput(ExampleReader.ROUNDS);
    }
    return env.fromData(
            TypeInformation.of(ShardReport.class), ShardReport.ofExamples(known.ends().get(0)))
        .name("first round")
        .uid("learning-first-round")
        .setParallelism(1);
  }
}
