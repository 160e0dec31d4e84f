package dev.freshet.features;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes being written one after the other, into an array that grows and is used over and over. The
 * counterpart of {@link ByteReader}. Not thread-safe.
 */
public final class ByteWriter {
  private static final int INITIAL_BYTES = 256;

  private byte[] bytes = new byte[INITIAL_BYTES];
  private int size;

  /** Discards what was written. */
  public ByteWriter clear() {
    size = 0;
    return this;
  }

  /** Bytes written since {@link #clear}. */
  public int size() {
    return size;
  }

  /** Forgets what was written after the first {@code newSize} bytes. */
  public void truncate(int newSize) {
    if (newSize < 0 || newSize > size) {
      throw new IllegalArgumentException(newSize + " is not a size from 0 to " + size);
    }
    size = newSize;
  }

  public void writeByte(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
  }

  /** Four bytes, big-endian. */
  public void writeInt(int value) {
    reserve(Integer.BYTES);
    ByteReader.INT.set(bytes, size, value);
    size += Integer.BYTES;
  }

  /** Eight bytes, big-endian. */
  public void writeLong(long value) {
    reserve(Long.BYTES);
    ByteReader.LONG.set(bytes, size, value);
    size += Long.BYTES;
  }

  /** Eight bytes, IEEE 754 binary64, big-endian; every NaN is the same one. */
  public void writeDouble(double value) {
    writeLong(Double.doubleToLongBits(value));
  }

  /**
   * Unsigned LEB128: seven bits a byte, the lowest first; one byte up to 127, at most ten. A
   * negative number is taken as unsigned.
   */
  public void writeVarint(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /** A signed number, zigzag-coded so that those near 0 are short: 0, -1, 1, -2, … */
  public void writeSigned(long value) {
    writeVarint((value << 1) ^ (value >> 63));
  }

  /** Length in bytes, then UTF-8; what isn't valid Unicode (half a surrogate pair) becomes '?'. */
  public void writeText(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    writeVarint(utf8.length);
    writeBytes(utf8, 0, utf8.length);
  }

  public void writeBytes(byte[] from, int offset, int length) {
    reserve(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  /**
   * Puts a length before what was written since {@code start}, as {@link #writeVarint} writes it.
   * For parts whose length is known only when they are written.
   */
  public void insertLength(int start) {
    long length = size - start;
    int prefix = 1;
    for (long rest = length >>> 7; rest != 0; rest >>>= 7) {
      prefix++;
    }
    reserve(prefix);
    System.arraycopy(bytes, start, bytes, start + prefix, (int) length);
    int end = size + prefix;
    size = start;
    writeVarint(length);
    size = end;
  }

  /** What was written, in a new array. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  private void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(2L * bytes.length, 1 << 30)));
    }
  }
}
