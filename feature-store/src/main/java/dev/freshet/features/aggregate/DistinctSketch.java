package dev.freshet.features.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.datasketches.common.SketchesException;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.hll.Union;

/**
 * How many different strings were seen, in bounded memory: a HyperLogLog sketch of Apache
 * DataSketches. The estimate and the bytes are functions of the set of strings: they don't depend
 * on the order, on repetitions, or on how the strings were split over sketches that are merged
 * later.
 *
 * <p>The sketch has 2^lgK registers. Its relative standard error is 1.04 / sqrt(2^lgK), 2.3 % for
 * {@link #DEFAULT_LG_K}; up to about 3/32 x 2^lgK strings (7 for lgK below 8) it keeps their hashes
 * and is all but exact. The library's other estimator (HIP) would be a fifth closer but depends on
 * the order, so it isn't used.
 *
 * <p>A sketch is written in DataSketches' compact form, which its libraries for other languages
 * read too, with everything in it removed that depends on the order: hashes are sorted, and the
 * state of the HIP estimator is cleared. Not thread-safe.
 */
public final class DistinctSketch {
  /** 2048 registers: 1,064 bytes when full. */
  public static final int DEFAULT_LG_K = 11;

  // DataSketches' HLL form.
  private static final int LG_K_BYTE = 3;
  private static final int LG_AUX_BYTE = 4;
  private static final int FLAGS_BYTE = 5;
  private static final int OUT_OF_ORDER_FLAG = 16;
  private static final int LIST_COUNT_BYTE = 6;
  private static final int MODE_BYTE = 7;
  // With the target type in higher bits, which are 0 for HLL_4.
  private static final int LIST_MODE = 0;
  private static final int SET_MODE = 1;
  private static final int HLL_MODE = 2;
  private static final int LIST_START = 8;
  private static final int SET_START = 12;
  private static final int SET_COUNT_OFFSET = 8;
  private static final int HIP_OFFSET = 8;
  private static final int AUX_COUNT_OFFSET = 36;
  private static final int REGISTERS_START = 40;

  private final int lgK;
  private HllSketch sketch;

  /**
   * A sketch of no strings.
   *
   * @param lgK the binary logarithm of the number of registers, 4 to 21
   */
  public DistinctSketch(int lgK) {
    if (lgK < 4 || lgK > 21) {
      throw new IllegalArgumentException("lgK must be 4 to 21, not " + lgK);
    }
    this.lgK = lgK;
    sketch = new HllSketch(lgK, TgtHllType.HLL_4);
  }

  /** Forgets all strings. */
  public void clear() {
    sketch.reset();
  }

  /** Adds a string; the empty one is no value and isn't counted. */
  public void add(String value) {
    sketch.update(value);
  }

  /**
   * Adds all strings of another sketch, which is left as it is.
   *
   * @throws IllegalArgumentException if it has another number of registers
   */
  public void merge(DistinctSketch other) {
    if (other.lgK != lgK) {
      throw new IllegalArgumentException(
          "Sketches of lgK " + lgK + " and " + other.lgK + " cannot be merged");
    }
    if (other.sketch.isEmpty()) {
      return;
    }
    Union union = new Union(lgK);
    union.update(sketch);
    union.update(other.sketch);
    sketch = union.getResult(TgtHllType.HLL_4);
  }

  /** About how many different strings were added; 0 for none. */
  public double estimate() {
    return sketch.getCompositeEstimate();
  }

  /** The sketch as bytes: equal sets of strings give equal bytes. */
  public byte[] toBytes() {
    byte[] bytes = sketch.toCompactByteArray();
    switch (bytes[MODE_BYTE]) {
      case LIST_MODE -> sort(bytes, LIST_START);
      case SET_MODE -> sort(bytes, SET_START);
      default -> {
        // The size of a hash table that isn't in the compact form, and is derived when it is read.
        bytes[LG_AUX_BYTE] = 0;
        bytes[FLAGS_BYTE] |= OUT_OF_ORDER_FLAG;
        Arrays.fill(bytes, HIP_OFFSET, HIP_OFFSET + Double.BYTES, (byte) 0);
        // Registers too large for four bits follow the array of all.
        sort(bytes, registersEnd(lgK));
      }
    }
    return bytes;
  }

  /**
   * Makes the sketch the one of the bytes.
   *
   * @throws IllegalArgumentException if they are no sketch of this number of registers; the sketch
   *     is then as before
   */
  public void load(byte[] bytes) {
    // The library checks less than all: a wrong length would be another exception, or memory.
    if (bytes.length < LIST_START || bytes.length != expectedLength(bytes)) {
      throw new IllegalArgumentException(bytes.length + " bytes that are no distinct sketch");
    }
    if (bytes[LG_K_BYTE] != lgK) {
      throw new IllegalArgumentException(
          "A sketch of lgK " + bytes[LG_K_BYTE] + " where one of lgK " + lgK + " is expected");
    }
    try {
      sketch = HllSketch.heapify(bytes);
    } catch (SketchesException e) {
      throw new IllegalArgumentException(bytes.length + " bytes that are no distinct sketch", e);
    }
  }

  /** Returns the length that a sketch's header gives; below 0 if it is not a header. */
  private static long expectedLength(byte[] bytes) {
    return switch (bytes[MODE_BYTE]) {
      case LIST_MODE -> LIST_START + (long) Integer.BYTES * bytes[LIST_COUNT_BYTE];
      case SET_MODE -> SET_START + Integer.BYTES * intAt(bytes, SET_COUNT_OFFSET);
      case HLL_MODE ->
          registersEnd(bytes[LG_K_BYTE]) + Integer.BYTES * intAt(bytes, AUX_COUNT_OFFSET);
      default -> -1;
    };
  }

  private static long intAt(byte[] bytes, int offset) {
    return bytes.length < offset + Integer.BYTES
        ? -1
        : ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt(offset);
  }

  /** Where the registers end that are written in four bits each. */
  private static int registersEnd(int lgK) {
    return REGISTERS_START + (1 << (lgK - 1));
  }

  /** Writes the length of {@link #toBytes} and the bytes. */
  public void write(DataOutput out) throws IOException {
    byte[] bytes = toBytes();
    Varint.write(out, bytes.length);
    out.write(bytes);
  }

  /**
   * Makes the sketch the one that was written.
   *
   * @throws StreamCorruptedException if it is no sketch of this number of registers
   */
  public void read(DataInput in) throws IOException {
    long length = Varint.read(in);
    int longest = HllSketch.getMaxUpdatableSerializationBytes(lgK, TgtHllType.HLL_4);
    if (length < 0 || length > longest) {
      throw new StreamCorruptedException(
          "A distinct sketch of " + length + " bytes, where " + longest + " is the most");
    }
    byte[] bytes = new byte[(int) length];
    in.readFully(bytes);
    try {
      load(bytes);
    } catch (IllegalArgumentException e) {
      StreamCorruptedException corrupted = new StreamCorruptedException(e.getMessage());
      corrupted.initCause(e);
      throw corrupted;
    }
  }

  private static void sort(byte[] bytes, int from) {
    int count = (bytes.length - from) / Integer.BYTES;
    if (count < 2) {
      return;
    }
    ByteBuffer ints =
        ByteBuffer.wrap(bytes, from, count * Integer.BYTES).order(ByteOrder.nativeOrder());
    int[] sorted = new int[count];
    ints.asIntBuffer().get(sorted);
    Arrays.sort(sorted);
    ints.asIntBuffer().put(sorted);
  }
}
