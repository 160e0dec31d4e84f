package dev.freshet.replay.reader;

import dev.freshet.client.record.CompactRecords;
import dev.freshet.schema.TrustedSchemas;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Records in memory, by event time; those of one time in the order in which they came. Held as Avro
 * binary, about 20 bytes and the record's own a piece.
 *
 * @param <A> Avro class of the records
 */
final class TimedRecords<A extends SpecificRecordBase> implements Iterable<A> {
  private final Class<A> type;
  private final SpecificDatumWriter<A> writer;
  private final Buffer buffer = new Buffer();
  private final BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(buffer, null);
  private final CompactRecords records = new CompactRecords();

  /** Null: the records came in order. */
  private int[] order;

  TimedRecords(Class<A> type) {
    this.type = type;
    writer = new SpecificDatumWriter<>(type);
  }

  /**
   * Appends a record.
   *
   * @param time event time, in milliseconds since the epoch
   */
  void add(A record, long time) {
    buffer.reset();
    try {
      writer.write(record, encoder);
    } catch (IOException e) {
      throw new UncheckedIOException("a record cannot be encoded", e);
    }
    records.add(time, buffer.bytes(), buffer.size());
  }

  /** Puts what has been added in order. */
  void sort() {
    for (int i = 1; i < records.size(); i++) {
      if (records.key(i - 1) > records.key(i)) {
        order = records.order(Comparator.comparingLong(records::key));
        return;
      }
    }
  }

  int size() {
    return records.size();
  }

  /** The records in order of event time; every call of {@code next} gives a new object. */
  @Override
  public Iterator<A> iterator() {
    SpecificDatumReader<A> reader = TrustedSchemas.reader(type);
    return new Iterator<>() {
      private int position;
      private BinaryDecoder decoder;

      @Override
      public boolean hasNext() {
        return position < size();
      }

      @Override
      public A next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        int index = order == null ? position : order[position];
        position++;
        decoder =
            DecoderFactory.get()
                .binaryDecoder(
                    records.chunk(index), records.start(index), records.length(index), decoder);
        try {
          return reader.read(null, decoder);
        } catch (IOException e) {
          throw new UncheckedIOException("a record in memory cannot be decoded", e);
        }
      }
    };
  }

  /** Shows its content without copying it. */
  private static final class Buffer extends ByteArrayOutputStream {
    byte[] bytes() {
      return buf;
    }
  }
}
