package dev.freshet.features;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * All features of one entity in one byte string: {@code docs/feature-store-layout.md} describes it
 * byte by byte.
 *
 * <p>The version lies at a fixed place and is ordered as unsigned bytes, so that the server can
 * compare two values without understanding them. The codec itself is immutable and thread-safe; its
 * writers are not.
 */
public final class PackedCodec {
  /** The layout that this codec writes, and the only one that it reads. */
  static final byte LAYOUT = 1;

  /** Bytes of the catalog's hash in the header. */
  static final int HASH_BYTES = 8;

  /** Where the version starts: after the layout and the hash. */
  static final int VERSION_OFFSET = 1 + HASH_BYTES;

  /** Bytes of the version: event time and sequence. */
  static final int VERSION_BYTES = 2 * Long.BYTES;

  /** Bytes before the presence bitmap. */
  static final int HEADER_BYTES = VERSION_OFFSET + VERSION_BYTES;

  private final FeatureCatalog catalog;
  private final byte[] hash;

  public PackedCodec(FeatureCatalog catalog) {
    this.catalog = catalog;
    hash = Arrays.copyOf(HexFormat.of().parseHex(catalog.hash()), HASH_BYTES);
  }

  /** The catalog whose features are packed. */
  public FeatureCatalog catalog() {
    return catalog;
  }

  /**
   * A writer for an entity's features, to be used over and over.
   *
   * @throws IllegalArgumentException if the catalog doesn't have the entity
   */
  public Writer writer(String entity) {
    return new Writer(entity, catalog.features(entity), hash);
  }

  /**
   * Reads a stored value.
   *
   * @throws FeatureLayoutException if it is of another layout or catalog, or damaged
   * @throws IllegalArgumentException if the catalog doesn't have the entity
   */
  public FeatureRow decode(String entity, String id, byte[] packed) {
    List<FeatureDefinition> features = catalog.features(entity);
    ByteBuffer in = ByteBuffer.wrap(packed);
    try {
      byte layout = in.get();
      if (layout != LAYOUT) {
        throw unreadable(
            entity, id, "layout version " + layout + ", but this program reads " + LAYOUT);
      }
      requireHash(entity, id, in);
      long eventTime = in.getLong() ^ Long.MIN_VALUE;
      long sequence = in.getLong();
      if (sequence < 0) {
        throw unreadable(entity, id, "a negative sequence");
      }
      byte[] present = new byte[bitmapBytes(features.size())];
      in.get(present);
      Object[] values = new Object[features.size()];
      for (int i = 0; i < values.length; i++) {
        if ((present[i >> 3] & (1 << (i & 7))) != 0) {
          values[i] = readValue(in, features.get(i).type());
        }
      }
      if (in.hasRemaining()) {
        throw unreadable(entity, id, in.remaining() + " bytes too many");
      }
      return new FeatureRow(entity, id, new FeatureVersion(eventTime, sequence), features, values);
    } catch (BufferUnderflowException e) {
      throw unreadable(entity, id, "cut off: it has only " + packed.length + " bytes");
    } catch (CharacterCodingException e) {
      throw unreadable(entity, id, "a text that is not UTF-8 before byte " + in.position());
    }
  }

  private void requireHash(String entity, String id, ByteBuffer in) {
    byte[] stored = new byte[HASH_BYTES];
    in.get(stored);
    if (!Arrays.equals(stored, hash)) {
      throw unreadable(
          entity,
          id,
          "written with feature catalog "
              + HexFormat.of().formatHex(stored)
              + ", but this program has "
              + HexFormat.of().formatHex(hash)
              + ". Use the catalog that it was written with, or another prefix, or clear the store"
              + " and let it be filled again");
    }
  }

  private static FeatureLayoutException unreadable(String entity, String id, String reason) {
    return new FeatureLayoutException(
        "Cannot read the stored features of " + entity + " '" + id + "': " + reason);
  }

  private static Object readValue(ByteBuffer in, FeatureType type) throws CharacterCodingException {
    return switch (type) {
      case LONG -> in.getLong();
      case DOUBLE -> in.getDouble();
      case STRING -> readString(in);
      case STRINGS -> readStrings(in);
    };
  }

  private static List<String> readStrings(ByteBuffer in) throws CharacterCodingException {
    int count = readLength(in);
    // No capacity in advance: a damaged count must not take the memory.
    List<String> strings = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      strings.add(readString(in));
    }
    return List.copyOf(strings);
  }

  private static String readString(ByteBuffer in) throws CharacterCodingException {
    int length = readLength(in);
    ByteBuffer bytes = in.slice(in.position(), length);
    in.position(in.position() + length);
    return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
  }

  /** Reads an unsigned LEB128 number of at most five bytes that the rest of the value can hold. */
  private static int readLength(ByteBuffer in) {
    long length = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      byte next = in.get();
      length |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        if (length > in.remaining()) {
          throw new BufferUnderflowException();
        }
        return (int) length;
      }
    }
    throw new BufferUnderflowException();
  }

  private static int bitmapBytes(int features) {
    return (features + 7) / 8;
  }

  /**
   * Packs the features of one entity after the other: {@link #begin}, a put for each feature that
   * has a value, {@link #toBytes}. A feature that isn't put has no value, which is not the same as
   * 0 or an empty text. Numbers are not boxed.
   *
   * <p>Indexes are those of {@link FeatureCatalog#index}. A put throws {@link
   * IllegalArgumentException} if the feature is of another type. Not thread-safe.
   */
  public static final class Writer {
    private static final int INITIAL_BYTES = 128;

    /** No array can be longer on every JVM. */
    private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

    private final String entity;
    private final List<FeatureDefinition> features;
    private final FeatureType[] types;
    private final boolean[] present;
    private final long[] numbers;
    private final Object[] texts;
    private byte[] bytes = new byte[INITIAL_BYTES];
    private ByteBuffer out = ByteBuffer.wrap(bytes);

    private Writer(String entity, List<FeatureDefinition> features, byte[] hash) {
      this.entity = entity;
      this.features = features;
      types = features.stream().map(FeatureDefinition::type).toArray(FeatureType[]::new);
      present = new boolean[types.length];
      numbers = new long[types.length];
      texts = new Object[types.length];
      // These stay: begin() and toBytes() write behind them.
      out.put(LAYOUT).put(hash);
    }

    /** Starts a value with no features. */
    public Writer begin(FeatureVersion version) {
      return begin(version.eventTime(), version.sequence());
    }

    /**
     * Starts a value with no features.
     *
     * @param eventTime epoch milliseconds, see {@link FeatureVersion}
     * @param sequence the entity's count of updates, not negative
     */
    public Writer begin(long eventTime, long sequence) {
      FeatureVersion.requireSequence(sequence);
      Arrays.fill(present, false);
      Arrays.fill(texts, null);
      // With the sign bit flipped, unsigned bytes order as signed numbers do.
      out.putLong(VERSION_OFFSET, eventTime ^ Long.MIN_VALUE);
      out.putLong(VERSION_OFFSET + Long.BYTES, sequence);
      return this;
    }

    public Writer putLong(int index, long value) {
      put(index, FeatureType.LONG);
      numbers[index] = value;
      return this;
    }

    /** Puts a number; every NaN is stored as the same one. */
    public Writer putDouble(int index, double value) {
      put(index, FeatureType.DOUBLE);
      numbers[index] = Double.doubleToLongBits(value);
      return this;
    }

    /** Puts a text; what isn't valid Unicode in it (half a surrogate pair) is stored as '?'. */
    public Writer putString(int index, String value) {
      put(index, FeatureType.STRING);
      texts[index] = requireText(index, value);
      return this;
    }

    /** Puts a list, which is read by {@link #toBytes}: don't change it before. */
    public Writer putStrings(int index, List<String> value) {
      put(index, FeatureType.STRINGS);
      texts[index] = requireText(index, value);
      return this;
    }

    /** The packed value, in a new array. */
    public byte[] toBytes() {
      out.position(HEADER_BYTES);
      int bitmap = out.position();
      int bitmapBytes = bitmapBytes(types.length);
      reserve(bitmapBytes);
      Arrays.fill(bytes, bitmap, bitmap + bitmapBytes, (byte) 0);
      out.position(bitmap + bitmapBytes);
      for (int i = 0; i < types.length; i++) {
        if (present[i]) {
          bytes[bitmap + (i >> 3)] |= (byte) (1 << (i & 7));
          writeValue(i);
        }
      }
      return Arrays.copyOf(bytes, out.position());
    }

    private void put(int index, FeatureType type) {
      if (types[index] != type) {
        throw new IllegalArgumentException(
            "Feature '"
                + features.get(index).name()
                + "' of '"
                + entity
                + "' is a "
                + types[index]
                + ", not a "
                + type);
      }
      present[index] = true;
    }

    private <T> T requireText(int index, T value) {
      if (value == null) {
        throw new IllegalArgumentException(
            "Feature '"
                + features.get(index).name()
                + "' of '"
                + entity
                + "' is null: a feature without a value is not put at all");
      }
      return value;
    }

    private void writeValue(int index) {
      switch (types[index]) {
        case LONG, DOUBLE -> {
          reserve(Long.BYTES);
          out.putLong(numbers[index]);
        }
        case STRING -> writeString((String) texts[index]);
        case STRINGS -> {
          List<?> strings = (List<?>) texts[index];
          writeLength(strings.size());
          for (int i = 0; i < strings.size(); i++) {
            writeString((String) strings.get(i));
          }
        }
      }
    }

    private void writeString(String value) {
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      writeLength(utf8.length);
      reserve(utf8.length);
      out.put(utf8);
    }

    private void writeLength(int length) {
      reserve(5);
      int rest = length;
      while (rest > 0x7f) {
        out.put((byte) (rest | 0x80));
        rest >>>= 7;
      }
      out.put((byte) rest);
    }

    private void reserve(int more) {
      int needed = Math.addExact(out.position(), more);
      if (needed > bytes.length) {
        int position = out.position();
        bytes =
            Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(2L * bytes.length, MAX_BYTES)));
        out = ByteBuffer.wrap(bytes).position(position);
      }
    }
  }
}
