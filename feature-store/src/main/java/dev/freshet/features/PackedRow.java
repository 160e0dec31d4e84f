package dev.freshet.features;

import java.util.Arrays;

/**
 * Where the features of one group lie in a packed value: docs/feature-store-layout.md describes it
 * byte by byte. The version lies at a fixed place and is ordered as unsigned bytes, so that the
 * server can compare two values without understanding them. Every feature carries its tag and its
 * length, so that a reader of another catalog finds what it knows. To be used over and over; not
 * thread-safe.
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

  private final FeatureGroup group;
  private final ByteReader in = new ByteReader();
  private final int[] offsets;
  private final int[] lengths;
  private final long[] times;
  private byte[] bytes = {};
  private long hash;
  private long eventTime;
  private long sequence;

  PackedRow(FeatureGroup group) {
    this.group = group;
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
    bytes = packed;
    in.reset(packed);
    byte layout = in.readByte();
    if (layout != LAYOUT) {
      throw new FeatureLayoutException(
          "layout version " + layout + ", but this program reads " + LAYOUT);
    }
    hash = in.readLong();
    eventTime = in.readLong() ^ Long.MIN_VALUE;
    sequence = in.readLong();
    if (sequence < 0) {
      throw new FeatureLayoutException("a negative sequence");
    }
    Arrays.fill(offsets, -1);
    int expected = 0;
    while (in.hasRemaining()) {
      int tag = in.readInt();
      long age = in.readVarint();
      int length = in.readLength();
      int feature = feature(tag, expected);
      if (feature >= 0) {
        offsets[feature] = in.position();
        lengths[feature] = length;
        times[feature] = eventTime - age;
        expected = feature + 1;
      }
      in.skip(length);
    }
    return this;
  }

  /** The features usually come in the group's order, with those missing that have no value. */
  private int feature(int tag, int expected) {
    for (int i = expected; i < offsets.length; i++) {
      if (group.tag(i) == tag) {
        return i;
      }
    }
    return group.indexOfTag(tag);
  }

  FeatureGroup group() {
    return group;
  }

  /** Whether it was written with the very group that it is read with. */
  boolean isOfSameGroup() {
    return hash == group.hash();
  }

  FeatureVersion version() {
    return new FeatureVersion(eventTime, sequence);
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
