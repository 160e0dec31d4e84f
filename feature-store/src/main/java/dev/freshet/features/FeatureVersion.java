package dev.freshet.features;

/**
 * Which of two values of one entity is the newer: the one of the later event; of the same event
 * time, the one of the later update. The higher version wins in the store.
 *
 * @param eventTime epoch milliseconds of the newest event in the value
 * @param sequence the entity's own count of updates, not negative
 */
public record FeatureVersion(long eventTime, long sequence) implements Comparable<FeatureVersion> {
  /** Where the version begins in a packed value. */
  public static final int OFFSET = PackedRow.VERSION_OFFSET;

  /** Bytes of a version in a packed value; they order as unsigned bytes. */
  public static final int BYTES = PackedRow.VERSION_BYTES;

  public FeatureVersion {
    requireSequence(sequence);
  }

  /**
   * Checks that a value was packed in the layout of this program.
   *
   * @throws IllegalArgumentException if it wasn't
   */
  public static void require(byte[] packed) {
    if (packed.length < PackedRow.HEADER_BYTES || packed[0] != PackedRow.LAYOUT) {
      throw new IllegalArgumentException(
          "Not a value that RowUpdater packed in layout version " + PackedRow.LAYOUT);
    }
  }

  /** The same bytes have to be ordered by the server, which compares them as unsigned. */
  static void requireSequence(long sequence) {
    if (sequence < 0) {
      throw new IllegalArgumentException("A version's sequence is negative: " + sequence);
    }
  }

  @Override
  public int compareTo(FeatureVersion other) {
    int byTime = Long.compare(eventTime, other.eventTime);
    return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
  }
}
