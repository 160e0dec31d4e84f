package dev.freshet.jobs.rank;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes to chunks of memory what {@link DataOutputStream} would write, but a number at once and
 * not byte by byte: a checkpoint waits for it, and ranking for the checkpoint.
 */
final class ChunkedOutput extends OutputStream implements DataOutputView {

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final List<byte[]> chunks = new ArrayList<>();
  private byte[] chunk;
  private int filled;

  /**
   * @param chunkBytes of all chunks but the last
   */
  ChunkedOutput(int chunkBytes) {
    chunk = new byte[chunkBytes];
  }

  /** The chunks, of which the last may be shorter; nothing may be written afterwards. */
  List<byte[]> finished() {
    chunks.add(filled == chunk.length ? chunk : Arrays.copyOf(chunk, filled));
    return chunks;
  }

  private boolean hasRoom(int bytes) {
    return chunk.length - filled >= bytes;
  }

  @Override
  public void write(int next) {
    if (!hasRoom(1)) {
      chunks.add(chunk);
      chunk = new byte[chunk.length];
      filled = 0;
    }
    chunk[filled++] = (byte) next;
  }

  @Override
  public void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    int from = offset;
    int end = offset + length;
    while (from < end) {
      write(bytes[from++]);
      int count = Math.min(end - from, chunk.length - filled);
      System.arraycopy(bytes, from, chunk, filled, count);
      filled += count;
      from += count;
    }
  }

  @Override
  public void writeBoolean(boolean value) {
    write(value ? 1 : 0);
  }

  @Override
  public void writeByte(int value) {
    write(value);
  }

  @Override
  public void writeShort(int value) {
    if (hasRoom(Short.BYTES)) {
      SHORT.set(chunk, filled, (short) value);
      filled += Short.BYTES;
    } else {
      write(value >>> Byte.SIZE);
      write(value);
    }
  }

  @Override
  public void writeChar(int value) {
    writeShort(value);
  }

  @Override
  public void writeInt(int value) {
    if (hasRoom(Integer.BYTES)) {
      INT.set(chunk, filled, value);
      filled += Integer.BYTES;
    } else {
      writeShort(value >>> Short.SIZE);
      writeShort(value);
    }
  }

  @Override
  public void writeLong(long value) {
    if (hasRoom(Long.BYTES)) {
      LONG.set(chunk, filled, value);
      filled += Long.BYTES;
    } else {
      writeInt((int) (value >>> Integer.SIZE));
      writeInt((int) value);
    }
  }

  @Override
  public void writeFloat(float value) {
    writeInt(Float.floatToIntBits(value));
  }

  @Override
  public void writeDouble(double value) {
    writeLong(Double.doubleToLongBits(value));
  }

  @Override
  public void writeBytes(String text) throws IOException {
    new DataOutputStream(this).writeBytes(text);
  }

  @Override
  public void writeChars(String text) throws IOException {
    new DataOutputStream(this).writeChars(text);
  }

  @Override
  public void writeUTF(String text) throws IOException {
    new DataOutputStream(this).writeUTF(text);
  }

  @Override
  public void skipBytesToWrite(int bytes) {
    write(new byte[bytes]);
  }

  @Override
  public void write(DataInputView source, int bytes) throws IOException {
    byte[] read = new byte[bytes];
    source.readFully(read);
    write(read);
  }
}
