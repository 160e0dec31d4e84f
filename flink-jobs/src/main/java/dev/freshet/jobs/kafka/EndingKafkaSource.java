package dev.freshet.jobs.kafka;

import java.io.IOException;
import java.io.Serializable;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A {@link KafkaSource} of one partition that ends with the record that says that none follows,
 * though it is written long after the start. The end comes together with the record: no checkpoint
 * can lie between the two.
 */
final class EndingKafkaSource<T> extends ForwardingSource<T> {

  private static final long serialVersionUID = 1;

  /** Tells the last record. */
  interface Last<T> extends Serializable {
    boolean is(T element);
  }

  private final Watched<T> deserializer;

  /**
   * @param source without a deserializer yet
   */
  EndingKafkaSource(
      KafkaSourceBuilder<T> source,
      KafkaRecordDeserializationSchema<T> deserializer,
      Last<T> last) {
    this(source, new Watched<>(deserializer, last));
  }

  private EndingKafkaSource(KafkaSourceBuilder<T> source, Watched<T> deserializer) {
    super(source.setDeserializer(deserializer).build());
    this.deserializer = deserializer;
  }

  @Override
  public SourceReader<T, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    return new Reader<>(super.createReader(context), deserializer);
  }

  /** Looks at what it decodes. */
  private static final class Watched<T> implements KafkaRecordDeserializationSchema<T> {

    private static final long serialVersionUID = 1;

    private final KafkaRecordDeserializationSchema<T> deserializer;
    private final Last<T> last;
    private transient boolean ended;

    Watched(KafkaRecordDeserializationSchema<T> deserializer, Last<T> last) {
      this.deserializer = deserializer;
      this.last = last;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) throws Exception {
      deserializer.open(context);
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<T> out)
        throws IOException {
      deserializer.deserialize(
          record,
          new Collector<>() {
            @Override
            public void collect(T element) {
              ended |= last.is(element);
              out.collect(element);
            }

            @Override
            public void close() {
              out.close();
            }
          });
    }

    @Override
    public TypeInformation<T> getProducedType() {
      return deserializer.getProducedType();
    }
  }

  /** Reads until the last record has come. */
  private static final class Reader<T> extends ForwardingReader<T> {

    private final Watched<T> deserializer;

    Reader(SourceReader<T, KafkaPartitionSplit> reader, Watched<T> deserializer) {
      super(reader);
      this.deserializer = deserializer;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
      InputStatus status = super.pollNext(output);
      return deserializer.ended ? InputStatus.END_OF_INPUT : status;
    }
  }
}
