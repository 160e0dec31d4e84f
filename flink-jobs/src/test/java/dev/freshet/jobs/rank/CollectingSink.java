package dev.freshet.jobs.rank;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Keeps what comes, for tests on a cluster in the same process.
 *
 * @param <T> what comes
 */
record CollectingSink<T>(String name) implements Sink<T> {

  private static final Map<String, Collection<Object>> COLLECTED = new ConcurrentHashMap<>();

  /** Takes what came to the sink of this name, on all subtasks, in no order. */
  @SuppressWarnings("unchecked") // as the sink was declared
  Collection<T> taken() {
    Collection<Object> collected = COLLECTED.remove(name);
    return collected == null ? new ConcurrentLinkedQueue<>() : (Collection<T>) collected;
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    Collection<Object> collected =
        COLLECTED.computeIfAbsent(name, each -> new ConcurrentLinkedQueue<>());
    return new SinkWriter<>() {
      @Override
      public void write(T element, Context writing) {
        collected.add(element);
      }

      @Override
      public void flush(boolean endOfInput) {}

      @Override
      public void close() {}
    };
  }
}
