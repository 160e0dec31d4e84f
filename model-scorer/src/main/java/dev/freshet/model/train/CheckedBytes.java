package dev.freshet.model.train;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A byte format with type and checksum: four bytes of the kind, a version, the values in
 * big-endian, and a CRC-32C of everything before it. The same values give the same bytes.
 */
final class CheckedBytes {
  private static final int HEADER = 2 * Integer.BYTES;
  private static final int TRAILER = Integer.BYTES;

  private CheckedBytes() {}

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** Collects values. */
  static final class Writer {
    private ByteBuffer buffer;

    /**
     * Bytes of a kind.
     *
     * @param kind the first four bytes, another for every kind
     */
    Writer(int kind, int version) {
      this(kind, version, 1024);
    }

    /**
     * Bytes of a kind.
     *
     * @param kind the first four bytes, another for every kind
     * @param length how long all of it will be; if it gets longer, that costs copies
     */
    Writer(int kind, int version, int length) {
      buffer = ByteBuffer.allocate(Math.max(length, HEADER));
      putInt(kind);
      putInt(version);
    }

    void putInt(int value) {
      room(Integer.BYTES).putInt(value);
    }

    void putLong(long value) {
      room(Long.BYTES).putLong(value);
    }

    void putDouble(double value) {
      room(Double.BYTES).putDouble(value);
    }

    /** Writes the values alone, without their number. */
    void putDoubles(double[] values) {
      ByteBuffer target = room(Math.multiplyExact(values.length, Double.BYTES));
      target.asDoubleBuffer().put(values);
      target.position(target.position() + values.length * Double.BYTES);
    }

    /** Writes the values alone, without their number. */
    void putFloats(float[] values) {
      ByteBuffer target = room(Math.multiplyExact(values.length, Float.BYTES));
      target.asFloatBuffer().put(values);
      target.position(target.position() + values.length * Float.BYTES);
    }

    byte[] toBytes() {
      int length = buffer.position();
      putInt(checksum(buffer.array(), length));
      byte[] bytes = buffer.array();
      return bytes.length == length + TRAILER ? bytes : Arrays.copyOf(bytes, length + TRAILER);
    }

    private ByteBuffer room(int length) {
      if (buffer.remaining() < length) {
        int needed = Math.addExact(buffer.position(), length);
        int doubled = (int) Math.min(2L * buffer.capacity(), Integer.MAX_VALUE - 64);
        buffer =
            ByteBuffer.allocate(Math.max(needed, doubled))
                .put(buffer.array(), 0, buffer.position());
      }
      return buffer;
    }
  }

  /** Reads values back. Damaged bytes cause an IllegalArgumentException that names the fault. */
  static final class Reader {
    private final String what;
    private final ByteBuffer buffer;

    /**
     * Bytes whose kind, version and checksum are right.
     *
     * @param what they should be, for messages
     * @throws IllegalArgumentException if they are not
     */
    Reader(String what, int kind, int version, byte[] bytes) {
      this.what = what;
      this.buffer = ByteBuffer.wrap(bytes);
      require(bytes.length >= HEADER + TRAILER, "they end early");
      int length = bytes.length - TRAILER;
      int found = buffer.getInt();
      require(
          found == kind,
          "they begin with %08x, not with %08x: they are of something else".formatted(found, kind));
      int foundVersion = buffer.getInt();
      require(
          foundVersion == version,
          "they are of version %d and this program reads version %d: use the program that wrote them, or start anew"
              .formatted(foundVersion, version));
      int stated = buffer.getInt(length);
      int computed = checksum(bytes, length);
      require(
          stated == computed,
          "their checksum is %08x, and %08x is stated: they are damaged or cut off"
              .formatted(computed, stated));
      buffer.limit(length);
    }

    int getInt() {
      requireRemaining(Integer.BYTES);
      return buffer.getInt();
    }

    long getLong() {
      requireRemaining(Long.BYTES);
      return buffer.getLong();
    }

    double getDouble() {
      requireRemaining(Double.BYTES);
      return buffer.getDouble();
    }

    double[] getDoubles(int count) {
      requireRemaining((long) count * Double.BYTES);
      double[] values = new double[count];
      buffer.asDoubleBuffer().get(values);
      buffer.position(buffer.position() + count * Double.BYTES);
      return values;
    }

    float[] getFloats(int count) {
      requireRemaining((long) count * Float.BYTES);
      float[] values = new float[count];
      buffer.asFloatBuffer().get(values);
      buffer.position(buffer.position() + count * Float.BYTES);
      return values;
    }

    /** Checks that all bytes were read. */
    void end() {
      require(!buffer.hasRemaining(), buffer.remaining() + " bytes too many");
    }

    void require(boolean condition, String problem) {
      if (!condition) {
        throw new IllegalArgumentException(
            "%d bytes are not %s: %s".formatted(buffer.capacity(), what, problem));
      }
    }

    private void requireRemaining(long length) {
      require(length >= 0 && buffer.remaining() >= length, "they end early");
    }
  }
}
