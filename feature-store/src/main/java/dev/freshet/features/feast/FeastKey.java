package dev.freshet.features.feast;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The Redis key of one entity as Feast's SDK builds it: its entity key in serialization version 3,
 * then the project. {@code docs/feast-layout.md} describes it byte by byte.
 *
 * <p>A join key's value is a {@link String}, an {@link Integer}, a {@link Long}, a {@code byte[]}
 * or an {@link Instant} of whole seconds. The type is part of the key: the Integer 7, the Long 7
 * and the text "7" are three entities, so it has to be the one that the entity has in Feast.
 *
 * <p>Immutable and thread-safe. Two keys are equal if their bytes are.
 */
public final class FeastKey {
  // Numbers of feast.types.ValueType, which the key holds beside each name and value.
  private static final int BYTES = 1;
  private static final int STRING = 2;
  private static final int INT32 = 3;
  private static final int INT64 = 4;
  private static final int UNIX_TIMESTAMP = 8;

  /** A type and a length. */
  private static final int PREFIX_BYTES = 2 * Integer.BYTES;

  private static final byte[] GLOB_SPECIALS = {'*', '?', '[', ']', '\\', '^', '-'};

  private final String project;
  private final Map<String, Object> joinKeys;
  private final byte[] bytes;

  private FeastKey(String project, Map<String, Object> joinKeys, byte[] bytes) {
    this.project = project;
    this.joinKeys = joinKeys;
    this.bytes = bytes;
  }

  /**
   * The key of an entity.
   *
   * @param project the name of the Feast project
   * @param joinKeys name to value, at least one, in any order
   * @throws IllegalArgumentException if the project, a name, or there is none of them; if a text
   *     isn't valid Unicode (half a surrogate pair); if a value is of another type, null, or an
   *     instant with a fraction of a second
   */
  public static FeastKey of(String project, Map<String, ?> joinKeys) {
    byte[] projectBytes = utf8(requireNotEmpty("project", project), "project");
    List<Name> names = sorted(joinKeys.keySet());
    byte[][] values = new byte[names.size()][];
    Map<String, Object> copy = new LinkedHashMap<>();
    int size = Integer.BYTES + projectBytes.length;
    for (int i = 0; i < values.length; i++) {
      String name = names.get(i).text();
      Object value = joinKeys.get(name);
      values[i] = valueBytes(name, value);
      copy.put(name, copyOf(value));
      size += 2 * PREFIX_BYTES + names.get(i).utf8().length + values[i].length;
    }
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    putNames(out, names);
    int i = 0;
    for (Object value : copy.values()) {
      out.putInt(typeOf(value)).putInt(values[i].length).put(values[i++]);
    }
    return new FeastKey(project, Collections.unmodifiableMap(copy), out.put(projectBytes).array());
  }

  /**
   * Reads a key back.
   *
   * @throws IllegalArgumentException if it isn't one; the message has its bytes and the reason.
   *     Keys of other programs in the same database can rarely look like one: check the project
   */
  public static FeastKey parse(byte[] key) {
    ByteBuffer in = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN);
    try {
      int count = in.getInt();
      // Each join key takes a prefix for its name and one for its value.
      if (count < 1 || count > in.remaining() / (2 * PREFIX_BYTES)) {
        throw unreadable(key, "it would have " + Integer.toUnsignedString(count) + " join keys");
      }
      List<String> names = new ArrayList<>(count);
      byte[] previous = null;
      for (int i = 0; i < count; i++) {
        int type = in.getInt();
        if (type != STRING) {
          throw unreadable(key, "a name of type " + Integer.toUnsignedString(type));
        }
        byte[] name = bytes(in, in.getInt());
        if (name.length == 0 || previous != null && Arrays.compareUnsigned(previous, name) >= 0) {
          throw unreadable(key, "names that are empty or out of order");
        }
        names.add(text(name));
        previous = name;
      }
      Map<String, Object> joinKeys = new LinkedHashMap<>();
      for (String name : names) {
        joinKeys.put(name, value(key, in.getInt(), bytes(in, in.getInt())));
      }
      String project = text(bytes(in, in.remaining()));
      if (project.isEmpty()) {
        throw unreadable(key, "no project");
      }
      return new FeastKey(project, Collections.unmodifiableMap(joinKeys), key.clone());
    } catch (BufferUnderflowException e) {
      throw unreadable(key, "cut off");
    } catch (CharacterCodingException e) {
      throw unreadable(key, "a text that is not UTF-8");
    }
  }

  /**
   * The pattern for Redis' SCAN that finds every entity with these join keys in a project. It also
   * finds those of projects whose name ends in this one's: {@link #parse} them and compare.
   *
   * @throws IllegalArgumentException as {@link #of}
   */
  public static byte[] scanPattern(String project, Collection<String> joinKeys) {
    List<Name> names = sorted(joinKeys);
    byte[] projectBytes = utf8(requireNotEmpty("project", project), "project");
    int size = Integer.BYTES;
    for (Name name : names) {
      size += PREFIX_BYTES + name.utf8().length;
    }
    ByteBuffer start = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    putNames(start, names);
    ByteBuffer pattern = ByteBuffer.allocate(2 * (size + projectBytes.length) + 1);
    putEscaped(pattern, start.array());
    pattern.put((byte) '*');
    putEscaped(pattern, projectBytes);
    return Arrays.copyOf(pattern.array(), pattern.position());
  }

  /** The name of the Feast project. */
  public String project() {
    return project;
  }

  /** The join keys, by name in the key's order, with values as in {@link #of}. */
  public Map<String, Object> joinKeys() {
    Map<String, Object> copy = new LinkedHashMap<>();
    joinKeys.forEach((name, value) -> copy.put(name, copyOf(value)));
    return copy;
  }

  /** The Redis key, in a new array. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FeastKey key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** For messages: project and join keys, bytes in hexadecimal. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(project).append('{');
    joinKeys.forEach(
        (name, value) ->
            text.append(text.charAt(text.length() - 1) == '{' ? "" : ", ")
                .append(name)
                .append('=')
                .append(value instanceof byte[] hex ? HexFormat.of().formatHex(hex) : value));
    return text.append('}').toString();
  }

  private record Name(String text, byte[] utf8) {}

  /**
   * Sorts in Python's order of texts, which is by code points. This is the order of UTF-8 bytes,
   * not Java's.
   */
  private static List<Name> sorted(Collection<String> joinKeys) {
    if (joinKeys.isEmpty()) {
      throw new IllegalArgumentException("A Feast entity key without join keys");
    }
    List<Name> names = new ArrayList<>(joinKeys.size());
    for (String name : joinKeys) {
      names.add(new Name(name, utf8(requireNotEmpty("name of a join key", name), "join key")));
    }
    names.sort((a, b) -> Arrays.compareUnsigned(a.utf8(), b.utf8()));
    return names;
  }

  private static void putNames(ByteBuffer out, List<Name> names) {
    out.putInt(names.size());
    for (Name name : names) {
      out.putInt(STRING).putInt(name.utf8().length).put(name.utf8());
    }
  }

  private static void putEscaped(ByteBuffer pattern, byte[] literal) {
    for (byte b : literal) {
      for (byte special : GLOB_SPECIALS) {
        if (b == special) {
          pattern.put((byte) '\\');
        }
      }
      pattern.put(b);
    }
  }

  private static byte[] valueBytes(String name, Object value) {
    if (value instanceof String text) {
      return utf8(text, "value of the join key " + name);
    } else if (value instanceof Long number) {
      return littleEndian(number);
    } else if (value instanceof Integer number) {
      return ByteBuffer.allocate(Integer.BYTES)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(number)
          .array();
    } else if (value instanceof byte[] raw) {
      return raw.clone();
    } else if (value instanceof Instant instant) {
      if (instant.getNano() != 0) {
        throw new IllegalArgumentException(
            "The join key '"
                + name
                + "' is "
                + instant
                + ", but Feast's keys hold whole seconds: two entities would become one");
      }
      return littleEndian(instant.getEpochSecond());
    }
    throw new IllegalArgumentException(
        "The join key '"
            + name
            + "' is "
            + (value == null ? "null" : "a " + value.getClass().getName())
            + ": it can be a String, Integer, Long, byte[] or Instant");
  }

  private static byte[] littleEndian(long number) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
  }

  private static int typeOf(Object value) {
    if (value instanceof String) {
      return STRING;
    } else if (value instanceof Long) {
      return INT64;
    } else if (value instanceof Integer) {
      return INT32;
    }
    return value instanceof Instant ? UNIX_TIMESTAMP : BYTES;
  }

  private static Object value(byte[] key, int type, byte[] value) throws CharacterCodingException {
    ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case BYTES:
        return value;
      case STRING:
        return text(value);
      case INT32:
        requireLength(key, value, Integer.BYTES);
        return in.getInt();
      case INT64:
        requireLength(key, value, Long.BYTES);
        return in.getLong();
      case UNIX_TIMESTAMP:
        requireLength(key, value, Long.BYTES);
        long seconds = in.getLong();
        if (seconds < Instant.MIN.getEpochSecond() || seconds > Instant.MAX.getEpochSecond()) {
          throw unreadable(key, "a timestamp of " + seconds + " s");
        }
        return Instant.ofEpochSecond(seconds);
      default:
        throw unreadable(key, "a value of type " + Integer.toUnsignedString(type));
    }
  }

  private static void requireLength(byte[] key, byte[] value, int length) {
    if (value.length != length) {
      throw unreadable(key, "a number of " + value.length + " bytes instead of " + length);
    }
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static String text(byte[] utf8) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
  }

  /** Two different invalid texts would become the same bytes: the encoder must report them. */
  private static byte[] utf8(String text, String what) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "The " + what + " is not valid Unicode: '" + text + "'", e);
    }
  }

  private static String requireNotEmpty(String what, String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("The " + what + " is empty");
    }
    return text;
  }

  private static Object copyOf(Object value) {
    return value instanceof byte[] raw ? raw.clone() : value;
  }

  private static IllegalArgumentException unreadable(byte[] key, String reason) {
    return new IllegalArgumentException(
        "Not a Feast key of serialization version 3, "
            + reason
            + ": "
            + HexFormat.of().formatHex(key));
  }
}
