package dev.freshet.client.record;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * An append-only list of byte strings, each with a 64-bit key. 20 bytes a record beside its own:
 * millions of small records fit where as many objects would not.
 */
public final class CompactRecords {
  private static final int CHUNK = 1 << 20;

  private final List<byte[]> chunks = new ArrayList<>();
  private int used = CHUNK;
  private long[] keys = new long[1024];

  /** Chunk in the upper, position within it in the lower half. */
  private long[] places = new long[1024];

  private int[] lengths = new int[1024];
  private int size;

  public void add(long key, byte[] source, int length) {
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, 2 * size);
      places = Arrays.copyOf(places, 2 * size);
      lengths = Arrays.copyOf(lengths, 2 * size);
    }
    if (length > CHUNK - used) {
      chunks.add(new byte[Math.max(CHUNK, length)]);
      used = 0;
    }
    System.arraycopy(source, 0, chunks.get(chunks.size() - 1), used, length);
    keys[size] = key;
    places[size] = (long) (chunks.size() - 1) << 32 | used;
    lengths[size] = length;
    size++;
    used += length;
  }

  public int size() {
    return size;
  }

  public long key(int index) {
    return keys[index];
  }

  public byte[] chunk(int index) {
    return chunks.get((int) (places[index] >>> 32));
  }

  /** Where the record starts within its chunk. */
  public int start(int index) {
    return (int) places[index];
  }

  public int length(int index) {
    return lengths[index];
  }

  /** The record's bytes, not copied. */
  public ByteBuffer get(int index) {
    return ByteBuffer.wrap(chunk(index), start(index), length(index)).slice();
  }

  /** The indexes in the comparator's order; those that it holds for equal in order of arrival. */
  public int[] order(Comparator<Integer> comparator) {
    int[] all = new int[size];
    Arrays.setAll(all, index -> index);
    return order(all, comparator);
  }

  /** The given indexes in the comparator's order; those that it holds for equal as they were. */
  public static int[] order(int[] indexes, Comparator<Integer> comparator) {
    Integer[] order = new Integer[indexes.length];
    Arrays.setAll(order, i -> indexes[i]);
    Arrays.sort(order, comparator);
    int[] ordered = new int[indexes.length];
    Arrays.setAll(ordered, rank -> order[rank]);
    return ordered;
  }
}
