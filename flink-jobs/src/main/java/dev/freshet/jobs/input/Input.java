package dev.freshet.jobs.input;

import dev.freshet.jobs.input.EventWatermarks.Clocked;
import dev.freshet.yaml.Nullable;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A stream of decoded records: its source, and how its event time advances.
 *
 * @param clocked the wall clock that emits watermarks between two of the source's own; null: only
 *     the source emits them
 */
public record Input<T>(
    Source<Decoded<T>, ?, ?> source,
    WatermarkStrategy<Decoded<T>> watermarks,
    @Nullable Clocked clocked,
    int parallelism) {

  /** An input whose source alone emits watermarks. */
  public Input(
      Source<Decoded<T>, ?, ?> source, WatermarkStrategy<Decoded<T>> watermarks, int parallelism) {
    this(source, watermarks, null, parallelism);
  }

  /**
   * Adds the input to an environment. The result is the stream of the valid records; the dead
   * letters are its side output {@link SplitDeadLetters#DEAD_LETTERS}.
   *
   * @param topic part of the operators' names and uids
   */
  public SingleOutputStreamOperator<T> read(
      StreamExecutionEnvironment env, String topic, Class<T> type) {
    SingleOutputStreamOperator<Decoded<T>> records =
        env.fromSource(source, watermarks, topic)
            .uid(topic + "-source")
            .setParallelism(parallelism);
    if (clocked != null) {
      records =
          records
              .transform("clock of " + topic, records.getType(), new ClockedWatermarks<>(clocked))
              .uid(topic + "-clock")
              .setParallelism(parallelism);
    }
    return records
        .process(new SplitDeadLetters<T>())
        .name("decode " + topic)
        .uid(topic + "-decode")
        .setParallelism(parallelism)
        .returns(type);
  }
}
