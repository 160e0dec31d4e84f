package dev.freshet.client.record;

import dev.freshet.schema.TrustedSchemas;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.IntFunction;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Avro records in a temporary file, so that what is to be put in order need not fit into memory.
 * First all are appended, then they are read back in any order, by the places that {@link #append}
 * wrote. For one thread.
 *
 * @param <A> Avro class of the records
 */
public final class SpooledRecords<A extends SpecificRecordBase> implements AutoCloseable {
  /** Size of a place as it is written: position (8), length (4). */
  public static final int PLACE_BYTES = Long.BYTES + Integer.BYTES;

  private final Class<A> type;
  private final Path spool;
  private final FileChannel channel;
  private final OutputStream out;
  private final SpecificDatumWriter<A> writer;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(1024);
  private final BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(buffer, null);
  private long written;

  /**
   * Creates an empty spool.
   *
   * @param directory for the temporary file, about as large as the records; it must exist
   */
  public SpooledRecords(Path directory, Class<A> type) throws IOException {
    this.type = type;
    writer = new SpecificDatumWriter<>(type);
    spool = Files.createTempFile(directory, "records-", ".tmp");
    channel = FileChannel.open(spool, StandardOpenOption.READ);
    out = new BufferedOutputStream(Files.newOutputStream(spool), 1 << 16);
  }

  /** Appends a record and writes its place, {@link #PLACE_BYTES} bytes, to the entry. */
  public void append(A record, ByteBuffer entry) throws IOException {
    buffer.reset();
    writer.write(record, encoder);
    buffer.writeTo(out);
    entry.putLong(written).putInt(buffer.size());
    written += buffer.size();
  }

  /** Ends the appending. */
  public void seal() throws IOException {
    out.close();
  }

  /**
   * Reads records back.
   *
   * @param size how many
   * @param places the place of the record of each index from 0, at the beginning of the buffer
   */
  public Iterator<A> read(int size, IntFunction<ByteBuffer> places) {
    SpecificDatumReader<A> reader = TrustedSchemas.reader(type);
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < size;
      }

      @Override
      public A next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        ByteBuffer place = places.apply(next++);
        long start = place.getLong();
        ByteBuffer record = ByteBuffer.allocate(place.getInt());
        try {
          while (record.hasRemaining()) {
            if (channel.read(record, start + record.position()) < 0) {
              throw new IOException("is shorter than what was written to it");
            }
          }
          return reader.read(null, DecoderFactory.get().binaryDecoder(record.array(), null));
        } catch (IOException e) {
          throw new UncheckedIOException(spool + " cannot be read back", e);
        }
      }
    };
  }

  /** Deletes the temporary file. */
  @Override
  public void close() throws IOException {
    out.close();
    channel.close();
    Files.deleteIfExists(spool);
  }
}
