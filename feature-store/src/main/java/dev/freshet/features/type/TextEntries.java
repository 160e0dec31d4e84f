package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Texts with some numbers each, in an order that the owner keeps. The texts are UTF-8 in one array
 * that is used over and over, since accumulators meet thousands of them a second; so the order of
 * texts is that of their bytes, which is that of their code points. Not thread-safe.
 */
final class TextEntries {
  private static final int INITIAL_BYTES = 128;
  private static final int INITIAL_ENTRIES = 8;

  /** Bytes of a char in UTF-8, at most. */
  private static final int MAX_BYTES = 3;

  private final int width;
  private byte[] bytes = new byte[INITIAL_BYTES];

  /** Bytes taken so far, also by entries that were removed. */
  private int used;

  /** Bytes of the entries that are there. */
  private int live;

  private int[] starts = new int[INITIAL_ENTRIES];
  private int[] lengths = new int[INITIAL_ENTRIES];
  private long[] numbers;
  private int size;

  /** The text that was last looked for. */
  private byte[] sought = new byte[INITIAL_BYTES];

  private int soughtLength;

  /**
   * @param width numbers of an entry
   */
  TextEntries(int width) {
    this.width = width;
    numbers = new long[INITIAL_ENTRIES * width];
  }

  void clear() {
    size = 0;
    used = 0;
    live = 0;
  }

  int size() {
    return size;
  }

  String text(int index) {
    return new String(bytes, starts[index], lengths[index], StandardCharsets.UTF_8);
  }

  /** The numbers of all entries: those of entry i begin at {@link #at}. */
  long[] numbers() {
    return numbers;
  }

  /** Where an entry's numbers begin. */
  int at(int index) {
    return index * width;
  }

  /** Sets the text that {@link #find}, {@link #compare} and {@link #insert} mean. */
  void seek(String text) {
    int chars = text.length();
    if (chars * MAX_BYTES > sought.length) {
      sought = new byte[2 * chars * MAX_BYTES];
    }
    int at = 0;
    for (int i = 0; i < chars; i++) {
      char next = text.charAt(i);
      if (next < 0x80) {
        sought[at++] = (byte) next;
      } else if (next < 0x800) {
        sought[at++] = (byte) (0xc0 | next >> 6);
        sought[at++] = (byte) (0x80 | next & 0x3f);
      } else if (!Character.isSurrogate(next)) {
        sought[at++] = (byte) (0xe0 | next >> 12);
        sought[at++] = (byte) (0x80 | next >> 6 & 0x3f);
        sought[at++] = (byte) (0x80 | next & 0x3f);
      } else if (Character.isHighSurrogate(next)
          && i + 1 < chars
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        int point = Character.toCodePoint(next, text.charAt(++i));
        sought[at++] = (byte) (0xf0 | point >> 18);
        sought[at++] = (byte) (0x80 | point >> 12 & 0x3f);
        sought[at++] = (byte) (0x80 | point >> 6 & 0x3f);
        sought[at++] = (byte) (0x80 | point & 0x3f);
      } else {
        sought[at++] = '?';
      }
    }
    soughtLength = at;
  }

  /** Works like {@link #seek(String)}, for the text of an entry of these or of other entries. */
  void seek(TextEntries from, int index) {
    soughtLength = from.lengths[index];
    if (soughtLength > sought.length) {
      sought = new byte[2 * soughtLength];
    }
    System.arraycopy(from.bytes, from.starts[index], sought, 0, soughtLength);
  }

  /** The order of the sought text and an entry's. */
  int compare(int index) {
    int start = starts[index];
    return Arrays.compareUnsigned(sought, 0, soughtLength, bytes, start, start + lengths[index]);
  }

  /** Where the sought text is among entries sorted by text; otherwise -1 - where it belongs. */
  int find() {
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = compare(middle);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        high = middle - 1;
      } else {
        low = middle + 1;
      }
    }
    return -1 - low;
  }

  /** Puts the sought text before an entry, or at the end, with numbers that are to be set. */
  void insert(int index) {
    makeRoom(soughtLength);
    System.arraycopy(sought, 0, bytes, used, soughtLength);
    insertUsed(index, soughtLength);
  }

  /** Puts a text that is read after the last entry. */
  void append(ByteReader in) {
    int length = in.readLength();
    makeRoom(length);
    in.readBytes(bytes, used, length);
    insertUsed(size, length);
  }

  private void insertUsed(int index, int length) {
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, 2 * size);
      lengths = Arrays.copyOf(lengths, 2 * size);
      numbers = Arrays.copyOf(numbers, 2 * size * width);
    }
    if (index < size) {
      move(index, index + 1, size - index);
    }
    starts[index] = used;
    lengths[index] = length;
    used += length;
    live += length;
    size++;
  }

  void remove(int index) {
    live -= lengths[index];
    move(index + 1, index, size - index - 1);
    size--;
  }

  /** Removes the entries that are not to be kept. */
  void retain(boolean[] kept) {
    int to = 0;
    for (int i = 0; i < size; i++) {
      if (!kept[i]) {
        live -= lengths[i];
      } else if (to++ < i) {
        move(i, to - 1, 1);
      }
    }
    size = to;
  }

  private void move(int from, int to, int count) {
    System.arraycopy(starts, from, starts, to, count);
    System.arraycopy(lengths, from, lengths, to, count);
    System.arraycopy(numbers, from * width, numbers, to * width, count * width);
  }

  void write(int index, ByteWriter out) {
    out.writeVarint(lengths[index]);
    out.writeBytes(bytes, starts[index], lengths[index]);
  }

  /** Makes room for some bytes more, where removed entries were or in a longer array. */
  private void makeRoom(int length) {
    if (length <= bytes.length - used) {
      return;
    }
    byte[] from = bytes;
    bytes = new byte[Math.max(bytes.length, 2 * Math.addExact(live, length))];
    used = 0;
    for (int i = 0; i < size; i++) {
      System.arraycopy(from, starts[i], bytes, used, lengths[i]);
      starts[i] = used;
      used += lengths[i];
    }
  }
}
