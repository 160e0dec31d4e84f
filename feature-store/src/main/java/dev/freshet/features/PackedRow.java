package dev.freshet.features;

import dev.freshet.features.type.Accumulator;
import java.util.Arrays;

/**
 * Where the features of one group lie in a packed value: docs/feature-store-layout.md describes it
 * byte by byte. The version is at a fixed offset and is ordered as unsigned bytes, so that the
 * server can compare two values without understanding them. Every feature carries its tag and its
 * length, so that a reader of another catalog finds the features it has. An instance is reused; it
 * is not thread-safe.
 */
final class PackedRow {
  /** The layout that is written, and the only one that is read. */
  static final byte LAYOUT = 2;

  /** Bytes of the group's hash in the header. */
  static final int HASH_BYTES = Long.BYTES;

  /** Where the version starts: after the layout and the hash. */
  static final int VERSION_OFFSET = 1 + HASH_BYTES;

  /** Bytes of the version: event time and sequence. */
  static final int VERSION_BYTES = 2 * Long.BYTES;

  /** Bytes before the first feature. */
  static final int HEADER_BYTES = VERSION_OFFSET + VERSION_BYTES;

  /** Bytes before a feature's content, if its age and its length take one each. */
  private static final int SHORT_ENTRY_BYTES = Integer.BYTES + 2;

  private final FeatureGroup group;
  private final int[] tags;
  private final ByteReader in = new ByteReader();
  private final ByteReader content = new ByteReader();
  private final int[] offsets;
  private final int[] lengths;
  private final long[] times;
  private byte[] bytes = {};
  private long eventTime;
  private long sequence;

  PackedRow(FeatureGroup group) {
    this.group = group;
    tags = group.tags();
    offsets = new int[group.features().size()];
    lengths = new int[offsets.length];
    times = new long[offsets.length];
  }

  /**
   * Finds the features of a value, which is not copied.
   *
   * @throws FeatureLayoutException if it is of another layout, or damaged
   */
  PackedRow parse(byte[] packed) {
    requireHeader(packed);
    bytes = packed;
    eventTime = (long) ByteReader.LONG.get(packed, VERSION_OFFSET) ^ Long.MIN_VALUE;
    sequence = (long) ByteReader.LONG.get(packed, VERSION_OFFSET + Long.BYTES);
    findFeatures(packed);
    return this;
  }

  /**
   * Checks what comes before the features.
   *
   * @throws FeatureLayoutException if a value is of another layout, or damaged there
   */
  static void requireHeader(byte[] packed) {
    if (packed.length == 0) {
      throw new FeatureLayoutException("cut off: it ends at byte 0");
    }
    byte layout = packed[0];
    if (layout != LAYOUT) {
      throw new FeatureLayoutException(
          "layout version "
              + layout
              + ", but this program reads only "
              + LAYOUT
              + ": "
              + (layout > LAYOUT
                  ? "read it with the version of Freshet that wrote it"
                  : "let the job write its features again, under another key prefix"));
    }
    if (packed.length < HEADER_BYTES) {
      throw new FeatureLayoutException("cut off: it ends at byte " + packed.length);
    }
    requireSequence((long) ByteReader.LONG.get(packed, VERSION_OFFSET + Long.BYTES));
  }

  /**
   * Reading vectors spends its time here. So the position is a local variable, and an entry whose
   * age and length take a byte each, as they mostly do, is read without the reader.
   */
  private void findFeatures(byte[] packed) {
    Arrays.fill(offsets, -1);
    int position = HEADER_BYTES;
    int expected = 0;
    while (position < packed.length) {
      int tag;
      long age;
      int length;
      if (position <= packed.length - SHORT_ENTRY_BYTES
          && (packed[position + Integer.BYTES] | packed[position + Integer.BYTES + 1]) >= 0) {
        tag = (int) ByteReader.INT.get(packed, position);
        age = packed[position + Integer.BYTES];
        length = packed[position + Integer.BYTES + 1];
        position += SHORT_ENTRY_BYTES;
        if (length > packed.length - position) {
          throw in.cutOff();
        }
      } else {
        in.reset(packed, position, packed.length - position);
        tag = in.readInt();
        age = in.readVarint();
        length = in.readLength();
        position = in.position();
      }
      int feature =
          expected < tags.length && tags[expected] == tag ? expected : feature(tag, expected);
      if (feature >= 0) {
        offsets[feature] = position;
        lengths[feature] = length;
        times[feature] = eventTime - age;
        expected = feature + 1;
      }
      position += length;
    }
  }

  /** The features usually come in the group's order, with those missing that have no value. */
  private int feature(int tag, int expected) {
    for (int i = expected; i < tags.length; i++) {
      if (tags[i] == tag) {
        return i;
      }
    }
    return group.indexOfTag(tag);
  }

  long eventTime() {
    return eventTime;
  }

  long sequence() {
    return sequence;
  }

  /** Whether there is a value. */
  boolean has(int feature) {
    return offsets[feature] >= 0;
  }

  /** Event time of the newest event that the feature has taken in. */
  long time(int feature) {
    return times[feature];
  }

  byte[] bytes() {
    return bytes;
  }

  int offset(int feature) {
    return offsets[feature];
  }

  int length(int feature) {
    return lengths[feature];
  }

  /**
   * Reads a feature's content.
   *
   * @throws FeatureLayoutException if it is damaged
   */
  void read(int feature, Accumulator into) {
    into.read(content.reset(bytes, offsets[feature], lengths[feature]));
    if (content.hasRemaining()) {
      throw new FeatureLayoutException(
          content.remaining()
              + " bytes too many in '"
              + group.features().get(feature).name()
              + "', before byte "
              + (offsets[feature] + lengths[feature]));
    }
  }

  /** The version of a packed value, of which nothing else is looked at. */
  static FeatureVersion version(byte[] packed) {
    ByteReader in = new ByteReader().reset(packed);
    in.skip(VERSION_OFFSET);
    return new FeatureVersion(in.readLong() ^ Long.MIN_VALUE, requireSequence(in.readLong()));
  }

  private static long requireSequence(long sequence) {
    if (sequence < 0) {
      throw new FeatureLayoutException("a negative sequence");
    }
    return sequence;
  }

  /** Writes the header. */
  static void writeHeader(ByteWriter out, FeatureGroup group, long eventTime, long sequence) {
    FeatureVersion.requireSequence(sequence);
    out.writeByte(LAYOUT);
    out.writeLong(group.hash());
    // With the sign bit flipped, unsigned bytes order as signed numbers do.
    out.writeLong(eventTime ^ Long.MIN_VALUE);
    out.writeLong(sequence);
  }

  /** Writes what comes before a feature's content but its length. */
  static void writeEntry(ByteWriter out, int tag, long age) {
    out.writeInt(tag);
    out.writeVarint(age);
  }
}
