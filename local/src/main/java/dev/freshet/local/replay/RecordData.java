package dev.freshet.local.replay;

import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;

/**
 * Avro's data model for given record classes. Avro finds the class of a record by the name in its
 * schema and, since 1.12, refuses those that were not declared trusted for the whole JVM; here the
 * classes are given, and no name that came with the data loads any other.
 */
final class RecordData extends SpecificData {
  private final Map<String, Class<?>> classes = new HashMap<>();

  @SafeVarargs
  private RecordData(
      Class<? extends SpecificRecord> type, Class<? extends SpecificRecord>... parts) {
    super(type.getClassLoader());
    addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    classes.put(type.getName(), type);
    for (Class<? extends SpecificRecord> part : parts) {
      classes.put(part.getName(), part);
    }
  }

  /** A reader of the first of the classes, of which the others are parts. */
  @SafeVarargs
  static <T extends SpecificRecord> SpecificDatumReader<T> reader(
      Class<T> type, Class<? extends SpecificRecord>... parts) {
    RecordData data = new RecordData(type, parts);
    Schema schema = data.getSchema(type);
    return new SpecificDatumReader<>(schema, schema, data);
  }

  @Override
  public Class<?> getClass(Schema schema) {
    return schema.getType() == Schema.Type.RECORD
        ? classes.get(schema.getFullName())
        : super.getClass(schema);
  }
}
