package dev.freshet.features;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads what {@link ByteWriter} wrote, from a part of an array that is not copied. To be used over
 * and over. Every method throws {@link FeatureLayoutException} when the bytes end too early or
 * can't be what they should be. Not thread-safe.
 */
public final class ByteReader {
  /** Four or eight bytes of an array as one big-endian number: one load instead of a loop. */
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes = {};
  private int position;
  private int end;

  /** Starts reading an array from its beginning to its end. */
  public ByteReader reset(byte[] from) {
    return reset(from, 0, from.length);
  }

  /** Starts reading {@code length} bytes of an array from an offset. */
  public ByteReader reset(byte[] from, int offset, int length) {
    bytes = from;
    position = offset;
    end = offset + length;
    return this;
  }

  /** Where the next byte is in the array that is read. */
  public int position() {
    return position;
  }

  public int remaining() {
    return end - position;
  }

  public boolean hasRemaining() {
    return position < end;
  }

  /** The array that is read, for copying a part of it as it is. */
  public byte[] array() {
    return bytes;
  }

  public byte readByte() {
    require(1);
    return bytes[position++];
  }

  public int readInt() {
    require(Integer.BYTES);
    int value = (int) INT.get(bytes, position);
    position += Integer.BYTES;
    return value;
  }

  public long readLong() {
    require(Long.BYTES);
    long value = (long) LONG.get(bytes, position);
    position += Long.BYTES;
    return value;
  }

  /** A float in an array, IEEE 754 binary32, big-endian; the array must have its four bytes. */
  public static float floatAt(byte[] from, int offset) {
    return Float.intBitsToFloat((int) INT.get(from, offset));
  }

  public double readDouble() {
    return Double.longBitsToDouble(readLong());
  }

  public long readVarint() {
    byte first = readByte();
    return first >= 0 ? first : readVarint(first & 0x7f);
  }

  /** The rest of a number of several bytes; apart, so that the usual one is inlined. */
  private long readVarint(long begun) {
    long value = begun;
    for (int shift = 7; shift < 64; shift += 7) {
      byte next = readByte();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        if (shift == 63 && next > 1) {
          break;
        }
        return value;
      }
    }
    throw new FeatureLayoutException("a number of more than 64 bits before byte " + position);
  }

  public long readSigned() {
    long value = readVarint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** A varint that says how many bytes or elements follow: never more than there are bytes. */
  public int readLength() {
    long length = readVarint();
    if (length < 0 || length > remaining()) {
      throw cutOff();
    }
    return (int) length;
  }

  public String readText() {
    int length = readLength();
    String text = new String(bytes, position, length, StandardCharsets.UTF_8);
    position += length;
    return text;
  }

  public void readBytes(byte[] to, int offset, int length) {
    require(length);
    System.arraycopy(bytes, position, to, offset, length);
    position += length;
  }

  public void skip(int length) {
    require(length);
    position += length;
  }

  /** Checks that everything has been read. */
  public void requireEnd() {
    if (position < end) {
      throw new FeatureLayoutException((end - position) + " bytes too many before byte " + end);
    }
  }

  private void require(int length) {
    if (length > end - position) {
      throw cutOff();
    }
  }

  FeatureLayoutException cutOff() {
    return new FeatureLayoutException("cut off: it ends at byte " + end);
  }
}
