package dev.freshet.protocol.event;

import dev.freshet.schema.TrustedSchemas;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Reads plain Avro binary, whatever the bytes are. Not thread-safe.
 *
 * @param <A> Avro class
 */
public final class AvroDecoder<A extends SpecificRecordBase> {

  private final SpecificDatumReader<A> reader;
  private BinaryDecoder decoder;

  public AvroDecoder(Class<A> type) {
    reader = TrustedSchemas.reader(type);
  }

  /** The record that the bytes are. */
  public A decode(byte[] bytes) throws RejectedRecordException {
    Schema schema = reader.getExpected();
    if (bytes == null) {
      throw new RejectedRecordException(
          RejectReason.NO_VALUE, "The record has no value. Send " + schema.getName() + " records.");
    }
    decoder = DecoderFactory.get().binaryDecoder(bytes, decoder);
    A record;
    boolean wholly;
    try {
      record = reader.read(null, decoder);
      wholly = decoder.isEnd();
    } catch (IOException | RuntimeException garbage) { // whatever random bytes make Avro throw
      throw new RejectedRecordException(
          RejectReason.NOT_AVRO,
          "The "
              + bytes.length
              + " bytes are not an Avro "
              + schema.getFullName()
              + " ("
              + garbage
              + "). Send plain Avro binary of that schema.");
    }
    if (!wholly) {
      throw new RejectedRecordException(
          RejectReason.NOT_AVRO,
          "The "
              + bytes.length
              + " bytes go on after the end of an Avro "
              + schema.getFullName()
              + ". Was it written with another schema?");
    }
    return record;
  }
}
