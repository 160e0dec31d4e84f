package dev.freshet.replay.reader;

import dev.freshet.schema.TrustedSchemas;
import dev.freshet.schema.UserAction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * Reads an Avro object container file block by block. What cannot be decoded is rejected with the
 * block's bytes, and reading goes on at the next sync marker.
 *
 * <p>Blocks are framed here and each is decoded on its own, behind a copy of the file's header:
 * {@link DataFileReader} takes a file that was cut off for its end, and believes a damaged size.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#object-container-files">Avro
 *     specification, object container files</a>
 */
final class AvroReader implements RecordReader {
  private static final int SYNC_BYTES = 16;

  /**
   * Upper bound of the bytes that are kept of a damaged stretch: of a longer one only the
   * beginning.
   */
  private static final int MOST_RAW_BYTES = 1 << 24;

  private static final String REMEDY =
      " Write the file again, or take the records from where it was copied.";

  private final Path file;
  private final Path inflated;
  private final RandomAccessFile bytes;
  private final long length;
  private final byte[] header;
  private final byte[] sync;
  private final Schema schema;
  private final boolean userActions;

  /** Columns to fields. */
  private final Map<String, Schema.Field> fields = new LinkedHashMap<>();

  private long nextBlock;
  private long blockStart;
  private long blockRecords;
  private long decoded;
  private DataFileStream<? extends IndexedRecord> block;
  private IndexedRecord record;
  private byte[] rejected;

  AvroReader(Path file) throws IOException {
    this.file = file;
    Path plain = file;
    try (InputStream in = RecordReader.bytes(file)) {
      // Blocks are looked for by position, which a gzip stream does not offer.
      if (in instanceof GZIPInputStream) {
        plain = Files.createTempFile("freshet-", ".avro");
        Files.copy(in, plain, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    this.inflated = plain.equals(file) ? null : plain;
    this.bytes = new RandomAccessFile(plain.toFile(), "r");
    this.length = bytes.length();
    try (DataFileReader<Object> reader =
        new DataFileReader<>(plain.toFile(), new GenericDatumReader<>())) {
      this.schema = reader.getSchema();
      this.nextBlock = reader.previousSync();
      this.header = read(0, Math.toIntExact(nextBlock));
    } catch (IOException | AvroRuntimeException e) {
      close();
      throw new ReplayInputException(
          file + ": is not an Avro object container file (" + e.getMessage() + ").", e);
    }
    this.sync = Arrays.copyOfRange(header, header.length - SYNC_BYTES, header.length);
    this.userActions = schema.getFullName().equals(UserAction.getClassSchema().getFullName());
    String problem = problem();
    if (problem != null) {
      close();
      throw new ReplayInputException(file + ": " + problem);
    }
    for (Schema.Field field : schema.getFields()) {
      fields.put(field.name(), field);
    }
  }

  private String problem() {
    if (schema.getType() != Schema.Type.RECORD) {
      return "holds " + schema.getType().getName() + " values. Records are expected.";
    }
    if (userActions) {
      SchemaCompatibility.SchemaPairCompatibility compatibility =
          SchemaCompatibility.checkReaderWriterCompatibility(UserAction.getClassSchema(), schema);
      if (compatibility.getType() != SchemaCompatibilityType.COMPATIBLE) {
        return "holds user actions of a schema that cannot be read: "
            + compatibility.getResult().getIncompatibilities()
            + ". Write it with a schema that is compatible with UserAction.avsc.";
      }
    }
    return null;
  }

  /** Whether the records are user actions as they are on Kafka: nothing is to be mapped. */
  boolean holdsUserActions() {
    return userActions;
  }

  /** The current record, when the file holds user actions. */
  UserAction userAction() {
    return (UserAction) record;
  }

  @Override
  public Collection<String> columns() {
    return fields.keySet();
  }

  @Override
  public Optional<EventTimeUnit> declaredUnit(String column) {
    Schema type = fields.get(column).schema();
    List<Schema> types = type.isUnion() ? type.getTypes() : List.of(type);
    for (Schema candidate : types) {
      LogicalType logical = candidate.getLogicalType();
      if (logical != null) {
        switch (logical.getName()) {
          case "timestamp-millis", "local-timestamp-millis" -> {
            return Optional.of(EventTimeUnit.MILLIS);
          }
          case "timestamp-micros", "local-timestamp-micros" -> {
            return Optional.of(EventTimeUnit.MICROS);
          }
          case "timestamp-nanos", "local-timestamp-nanos" -> {
            return Optional.of(EventTimeUnit.NANOS);
          }
          default -> {}
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public boolean next() throws IOException, UnreadableRecordException {
    rejected = null;
    record = null;
    while (block == null || decoded == blockRecords) {
      if (block != null) {
        endBlock();
      }
      if (nextBlock == length) {
        return false;
      }
      openBlock();
    }
    record = decode();
    decoded++;
    return true;
  }

  private void openBlock() throws IOException, UnreadableRecordException {
    blockStart = nextBlock;
    decoded = 0;
    byte[] head = read(blockStart, (int) Math.min(20, length - blockStart));
    VarLongs numbers = new VarLongs(head);
    blockRecords = numbers.next();
    long size = numbers.next();
    long data = blockStart + numbers.position;
    if (numbers.failed || blockRecords < 0 || size < 0 || size > length - data - SYNC_BYTES) {
      throw damaged("has an impossible size, or the file was cut off", nextSync(blockStart));
    }
    byte[] whole = read(blockStart, Math.toIntExact(data + size + SYNC_BYTES - blockStart));
    if (!Arrays.equals(whole, whole.length - SYNC_BYTES, whole.length, sync, 0, SYNC_BYTES)) {
      throw damaged("does not end with the file's sync marker", nextSync(blockStart));
    }
    nextBlock = blockStart + whole.length;
    block =
        new DataFileStream<>(
            new SequenceInputStream(
                new ByteArrayInputStream(header), new ByteArrayInputStream(whole)),
            reader());
  }

  private DatumReader<? extends IndexedRecord> reader() {
    return userActions
        ? TrustedSchemas.reader(UserAction.class)
        : new GenericDatumReader<GenericRecord>(schema, schema, new GenericData());
  }

  private IndexedRecord decode() throws UnreadableRecordException {
    try {
      // False when the data ends before the block's last record.
      if (block.hasNext()) {
        return block.next();
      }
    } catch (RuntimeException e) {
      // Damaged bytes come up as whatever they happen to break in the decoder.
      throw undecodable(e.toString());
    }
    throw undecodable("the data ends too early");
  }

  private void endBlock() throws UnreadableRecordException, IOException {
    try {
      // Avro's own check that the block's data ended with its last record.
      if (block.hasNext()) {
        throw undecodable("the data goes on behind the last record");
      }
    } catch (AvroRuntimeException e) {
      throw undecodable(e.getMessage());
    }
    block.close();
    block = null;
  }

  private UnreadableRecordException undecodable(String why) {
    block = null;
    return damaged(
        "cannot be decoded behind record " + decoded + " of " + blockRecords + " (" + why + ")",
        nextBlock);
  }

  private UnreadableRecordException damaged(String what, long end) {
    nextBlock = end;
    long size = end - blockStart;
    try {
      rejected = read(blockStart, (int) Math.min(MOST_RAW_BYTES, size));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new UnreadableRecordException(
        UnreadableReason.CORRUPT_BLOCK,
        "the block of "
            + size
            + " bytes "
            + what
            + "."
            + (size > MOST_RAW_BYTES ? " Its first " + MOST_RAW_BYTES + " bytes are kept." : "")
            + REMEDY);
  }

  /** Where the block behind the next sync marker starts, or the file's end. */
  private long nextSync(long from) throws IOException {
    byte[] window = new byte[1 << 16];
    int held = 0;
    bytes.seek(from);
    for (long position = from; ; ) {
      int count = bytes.read(window, held, window.length - held);
      if (count < 0) {
        return length;
      }
      held += count;
      for (int i = 0; i + SYNC_BYTES <= held; i++) {
        if (Arrays.equals(window, i, i + SYNC_BYTES, sync, 0, SYNC_BYTES)) {
          return position + i + SYNC_BYTES;
        }
      }
      int keep = Math.min(held, SYNC_BYTES - 1);
      System.arraycopy(window, held - keep, window, 0, keep);
      position += held - keep;
      held = keep;
    }
  }

  private byte[] read(long position, int count) throws IOException {
    byte[] read = new byte[count];
    bytes.seek(position);
    bytes.readFully(read);
    return read;
  }

  @Override
  public Object value(String column) {
    return value(record.get(fields.get(column).pos()));
  }

  private static Object value(Object value) {
    if (value == null
        || value instanceof CharSequence
        || value instanceof Number
        || value instanceof Boolean
        || value instanceof GenericData.EnumSymbol) {
      return value == null ? null : value.toString();
    }
    if (value instanceof Collection<?> values) {
      List<String> texts = new ArrayList<>();
      for (Object element : values) {
        if (!(value(element) instanceof String text)) {
          return new Unusable("an array of arrays, records or nulls");
        }
        texts.add(text);
      }
      return texts;
    }
    return new Unusable(value instanceof IndexedRecord ? "a record" : "bytes or a map");
  }

  @Override
  public long offset() {
    return blockStart;
  }

  @Override
  public String place() {
    return file
        + ", block at byte "
        + blockStart
        + (rejected == null ? ", record " + decoded + " of " + blockRecords : "");
  }

  /** The damaged block; otherwise the record in Avro's binary encoding. */
  @Override
  public byte[] raw() {
    if (rejected != null) {
      return rejected;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    try {
      (userActions
              ? new SpecificDatumWriter<IndexedRecord>(
                  UserAction.getClassSchema(), SpecificData.getForClass(UserAction.class))
              : new GenericDatumWriter<IndexedRecord>(schema))
          .write(record, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  @Override
  public void close() throws IOException {
    bytes.close();
    if (inflated != null) {
      Files.deleteIfExists(inflated);
    }
  }

  /** Avro's variable-length zig-zag longs. */
  private static final class VarLongs {
    private final byte[] bytes;
    private int position;
    private boolean failed;

    VarLongs(byte[] bytes) {
      this.bytes = bytes;
    }

    long next() {
      long number = 0;
      for (int shift = 0; shift < 64 && position < bytes.length; shift += 7) {
        byte b = bytes[position++];
        number |= (b & 0x7fL) << shift;
        if (b >= 0) {
          return (number >>> 1) ^ -(number & 1);
        }
      }
      failed = true;
      return 0;
    }
  }
}
