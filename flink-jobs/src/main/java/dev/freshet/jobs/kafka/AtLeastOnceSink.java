package dev.freshet.jobs.kafka;

import java.io.IOException;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kafka.sink.KafkaSink;

/**
 * Writes to Kafka at least once, and consists of a writer only. The broker has what was written
 * before a checkpoint is taken, so there is no state to keep and nothing to commit. A {@link
 * KafkaSink} by itself adds an operator that commits, whatever it guarantees. That would be one
 * more operator in the ranking chain, with state of its own at each checkpoint.
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
