package dev.freshet.ranking.replica;

/**
 * Sizes of objects on the heap, in bytes, on a 64-bit JVM with compressed references, which is the
 * default below 32 GB of heap.
 */
final class HeapSize {

  static final int REFERENCE = 4;

  private static final int ARRAY_HEADER = 16;

  /** An object with a hash and a reference to its array. */
  private static final int STRING = 24;

  private HeapSize() {}

  static long array(long length, int elementBytes) {
    return aligned(ARRAY_HEADER + length * elementBytes);
  }

  /** A string that shares its characters with no other. */
  static long string(String text) {
    return STRING + array(text.length(), isLatin1(text) ? Byte.BYTES : Character.BYTES);
  }

  /** Whether the JVM keeps a char of the text in a byte. */
  static boolean isLatin1(String text) {
    for (int at = 0; at < text.length(); at++) {
      if (text.charAt(at) > 0xff) {
        return false;
      }
    }
    return true;
  }

  private static long aligned(long bytes) {
    return (bytes + 7) & -8;
  }
}
