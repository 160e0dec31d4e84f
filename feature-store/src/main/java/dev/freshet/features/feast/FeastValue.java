package dev.freshet.features.feast;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import feast.proto.types.ValueProto.DoubleList;
import feast.proto.types.ValueProto.FloatList;
import feast.proto.types.ValueProto.Int64List;
import feast.proto.types.ValueProto.StringList;
import feast.proto.types.ValueProto.Value;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/**
 * Feature values as Feast stores them: a serialized {@code feast.types.Value} each, and a {@code
 * google.protobuf.Timestamp} for a view's event time.
 *
 * <table>
 *   <caption>Types</caption>
 *   <tr><th>Java</th><th>field of the Value</th></tr>
 *   <tr><td>{@link Long}</td><td>int64_val</td></tr>
 *   <tr><td>{@link Integer}</td><td>int32_val</td></tr>
 *   <tr><td>{@link Double}</td><td>double_val</td></tr>
 *   <tr><td>{@link Float}</td><td>float_val</td></tr>
 *   <tr><td>{@link Boolean}</td><td>bool_val</td></tr>
 *   <tr><td>{@link String}</td><td>string_val</td></tr>
 *   <tr><td>{@code byte[]}</td><td>bytes_val</td></tr>
 *   <tr><td>{@link Instant}</td><td>unix_timestamp_val, in seconds</td></tr>
 *   <tr><td>{@code List<String>}</td><td>string_list_val</td></tr>
 *   <tr><td>{@code long[]}</td><td>int64_list_val</td></tr>
 *   <tr><td>{@code double[]}</td><td>double_list_val</td></tr>
 *   <tr><td>{@code float[]}</td><td>float_list_val</td></tr>
 *   <tr><td>{@code null}, no value</td><td>none: no bytes at all</td></tr>
 * </table>
 */
public final class FeastValue {
  private static final int MILLIS_PER_SECOND = 1000;
  private static final int NANOS_PER_MILLI = 1_000_000;

  /** From year 1 to year 9999, which is all that a Timestamp may hold and Python can read. */
  private static final long MIN_MILLIS = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();

  private static final long MAX_MILLIS = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

  private FeastValue() {}

  /**
   * Serializes a value. What isn't valid Unicode in a text (half a surrogate pair) becomes '?'; the
   * fraction of an instant's second is cut off.
   *
   * @param value of one of the class's types; null for no value, which gives no bytes
   * @throws IllegalArgumentException if it is of another type, or a list with other than texts
   */
  public static byte[] encode(Object value) {
    return value == null ? new byte[0] : toValue(value).toByteArray();
  }

  /**
   * Reads a stored value.
   *
   * @return null if there is none
   * @throws IllegalArgumentException if it is damaged, or of a type that Feast has but this class
   *     hasn't; the message has its bytes
   */
  public static Object decode(byte[] stored) {
    Value value;
    try {
      value = Value.parseFrom(stored);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "Not a feast.types.Value (" + e.getMessage() + "): " + hex(stored), e);
    }
    return switch (value.getValCase()) {
      case INT64_VAL -> value.getInt64Val();
      case INT32_VAL -> value.getInt32Val();
      case DOUBLE_VAL -> value.getDoubleVal();
      case FLOAT_VAL -> value.getFloatVal();
      case BOOL_VAL -> value.getBoolVal();
      case STRING_VAL -> value.getStringVal();
      case BYTES_VAL -> value.getBytesVal().toByteArray();
      case UNIX_TIMESTAMP_VAL -> instant(value.getUnixTimestampVal(), stored);
      case STRING_LIST_VAL -> List.copyOf(value.getStringListVal().getValList());
      case INT64_LIST_VAL ->
          value.getInt64ListVal().getValList().stream().mapToLong(Long::longValue).toArray();
      case DOUBLE_LIST_VAL ->
          value.getDoubleListVal().getValList().stream().mapToDouble(Double::doubleValue).toArray();
      case FLOAT_LIST_VAL -> floats(value.getFloatListVal());
      case NULL_VAL -> null;
      case VAL_NOT_SET -> absent(value, stored);
      case BYTES_LIST_VAL, INT32_LIST_VAL, BOOL_LIST_VAL, UNIX_TIMESTAMP_LIST_VAL ->
          throw new IllegalArgumentException(
              "A feast.types.Value of the kind "
                  + value.getValCase()
                  + ", which is not read here: "
                  + hex(stored));
    };
  }

  /**
   * Serializes a view's event time.
   *
   * @param epochMillis within the years 1 to 9999
   * @throws IllegalArgumentException if it is outside of them: Feast could not read it
   */
  public static byte[] encodeTimestamp(long epochMillis) {
    if (epochMillis < MIN_MILLIS || epochMillis > MAX_MILLIS) {
      throw new IllegalArgumentException(
          "The event time "
              + epochMillis
              + " ms is outside of the years 1 to 9999, which is all that Feast can read");
    }
    return Timestamp.newBuilder()
        .setSeconds(Math.floorDiv(epochMillis, MILLIS_PER_SECOND))
        .setNanos(Math.floorMod(epochMillis, MILLIS_PER_SECOND) * NANOS_PER_MILLI)
        .build()
        .toByteArray();
  }

  /**
   * Reads a view's event time.
   *
   * @throws IllegalArgumentException if it is damaged; the message has its bytes
   */
  public static Instant decodeTimestamp(byte[] stored) {
    try {
      Timestamp timestamp = Timestamp.parseFrom(stored);
      return instant(timestamp.getSeconds(), stored).plusNanos(timestamp.getNanos());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "Not a google.protobuf.Timestamp (" + e.getMessage() + "): " + hex(stored), e);
    }
  }

  private static Value toValue(Object value) {
    Value.Builder out = Value.newBuilder();
    if (value instanceof Long number) {
      out.setInt64Val(number);
    } else if (value instanceof Double number) {
      out.setDoubleVal(number);
    } else if (value instanceof String text) {
      out.setStringVal(text);
    } else if (value instanceof Boolean flag) {
      out.setBoolVal(flag);
    } else if (value instanceof Float number) {
      out.setFloatVal(number);
    } else if (value instanceof Integer number) {
      out.setInt32Val(number);
    } else if (value instanceof Instant instant) {
      out.setUnixTimestampVal(instant.getEpochSecond());
    } else if (value instanceof List<?> texts) {
      out.setStringListVal(strings(texts));
    } else if (value instanceof long[] numbers) {
      Int64List.Builder list = Int64List.newBuilder();
      for (long number : numbers) {
        list.addVal(number);
      }
      out.setInt64ListVal(list);
    } else if (value instanceof double[] numbers) {
      DoubleList.Builder list = DoubleList.newBuilder();
      for (double number : numbers) {
        list.addVal(number);
      }
      out.setDoubleListVal(list);
    } else if (value instanceof float[] numbers) {
      FloatList.Builder list = FloatList.newBuilder();
      for (float number : numbers) {
        list.addVal(number);
      }
      out.setFloatListVal(list);
    } else if (value instanceof byte[] raw) {
      // Serialized before anybody can change it.
      out.setBytesVal(UnsafeByteOperations.unsafeWrap(raw));
    } else {
      throw new IllegalArgumentException(
          "Feast has no value for a " + value.getClass().getName() + "; see FeastValue's types");
    }
    return out.build();
  }

  private static StringList strings(List<?> texts) {
    StringList.Builder list = StringList.newBuilder();
    for (Object text : texts) {
      if (!(text instanceof String string)) {
        throw new IllegalArgumentException(
            "A list with "
                + (text == null ? "null" : "a " + text.getClass().getName())
                + ": only texts go into a list, numbers into a long[], double[] or float[]");
      }
      list.addVal(string);
    }
    return list.build();
  }

  private static float[] floats(FloatList list) {
    float[] floats = new float[list.getValCount()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = list.getVal(i);
    }
    return floats;
  }

  /** A kind that a newer Feast has added must not read as no value. */
  private static Object absent(Value value, byte[] stored) {
    if (!value.getUnknownFields().asMap().isEmpty()) {
      throw new IllegalArgumentException(
          "A feast.types.Value of a kind that is newer than this program: " + hex(stored));
    }
    return null;
  }

  private static Instant instant(long seconds, byte[] stored) {
    if (seconds < Instant.MIN.getEpochSecond() || seconds > Instant.MAX.getEpochSecond()) {
      throw new IllegalArgumentException("A time of " + seconds + " s: " + hex(stored));
    }
    return Instant.ofEpochSecond(seconds);
  }

  private static String hex(byte[] stored) {
    return HexFormat.of().formatHex(stored);
  }
}
