package dev.freshet.jobs.kafka;

import java.io.IOException;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kafka.sink.KafkaSink;

/**
 * Writes to Kafka at least once, and is nothing but a writer: what was written is with the broker
 * before a checkpoint is taken, so there is nothing to remember and nothing to commit. A {@link
 * KafkaSink} by itself brings an operator that commits, whatever it guarantees: one more in the
 * chain of whoever ranks, with a state of its own at each checkpoint.
 *
 * @param sink must not guarantee more than at-least-once
 */
record AtLeastOnceSink<T>(KafkaSink<T> sink) implements Sink<T> {

  private static final long serialVersionUID = 1;

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    return sink.createWriter(context);
  }
}
