package dev.freshet.jobs.rank;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes the same bytes as {@link DataOutputStream}, in chunks, and each number at once instead of
 * byte by byte: a checkpoint has millions of numbers.
 */
public final class ChunkedOutput extends OutputStream implements DataOutputView {

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** Takes the chunks, one after the other. */
  @FunctionalInterface
  public interface Target {

    /**
     * Takes a chunk.
     *
     * @param bytes reused for the next chunk
     * @param length bytes of the chunk, above 0
     */
    void take(byte[] bytes, int length) throws IOException;
  }

  private final Target target;
  private final byte[] chunk;
  private int filled;

  /**
   * @param chunkBytes of all chunks but the last
   */
  public ChunkedOutput(int chunkBytes, Target target) {
    chunk = new byte[chunkBytes];
    this.target = target;
  }

  /** Passes the last, incomplete chunk to the target. */
  @Override
  public void flush() throws IOException {
    if (filled > 0) {
      target.take(chunk, filled);
      filled = 0;
    }
  }

  private boolean hasRoom(int bytes) {
    return chunk.length - filled >= bytes;
  }

  @Override
  public void write(int next) throws IOException {
    if (!hasRoom(1)) {
      flush();
    }
    chunk[filled++] = (byte) next;
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    write(bytes, 0, bytes.length);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
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
  public void writeBoolean(boolean value) throws IOException {
    write(value ? 1 : 0);
  }

  @Override
  public void writeByte(int value) throws IOException {
    write(value);
  }

  @Override
  public void writeShort(int value) throws IOException {
    if (hasRoom(Short.BYTES)) {
      SHORT.set(chunk, filled, (short) value);
      filled += Short.BYTES;
    } else {
      write(value >>> Byte.SIZE);
      write(value);
    }
  }

  @Override
  public void writeChar(int value) throws IOException {
    writeShort(value);
  }

  @Override
  public void writeInt(int value) throws IOException {
    if (hasRoom(Integer.BYTES)) {
      INT.set(chunk, filled, value);
      filled += Integer.BYTES;
    } else {
      writeShort(value >>> Short.SIZE);
      writeShort(value);
    }
  }

  @Override
  public void writeLong(long value) throws IOException {
    if (hasRoom(Long.BYTES)) {
      LONG.set(chunk, filled, value);
      filled += Long.BYTES;
    } else {
      writeInt((int) (value >>> Integer.SIZE));
      writeInt((int) value);
    }
  }

  @Override
  public void writeFloat(float value) throws IOException {
    writeInt(Float.floatToIntBits(value));
  }

  @Override
  public void writeDouble(double value) throws IOException {
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
  public void skipBytesToWrite(int bytes) throws IOException {
    write(new byte[bytes]);
  }

  @Override
  public void write(DataInputView source, int bytes) throws IOException {
    byte[] read = new byte[bytes];
    source.readFully(read);
    write(read);
  }
}
