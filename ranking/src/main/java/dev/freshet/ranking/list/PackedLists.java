package dev.freshet.ranking.list;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;

/**
 * Packs a {@link ServedList} into bytes, and unpacks it: the state of every user who was served is
 * some lists of some kilobytes each. The garbage collector moves them and a checkpoint writes them.
 * A packed list is a single, smaller object, and writing it is a copy.
 *
 * <p>Many features are the same for neighbouring candidates: they are the user's, or 0. So each row
 * has one bit per feature that says whether the value differs from the row before. Only the values
 * that differ follow. Every bit of a number is kept, of NaN too. An instance is reused; it is not
 * thread-safe.
 */
public final class PackedLists {

  private final ByteWriter writer = new ByteWriter();
  private final ByteReader reader = new ByteReader();

  public byte[] pack(ServedList list) {
    writer.clear();
    writer.writeText(list.recommendationId);
    writer.writeText(list.placement);
    writer.writeText(list.model);
    writer.writeText(list.modelVersion);
    writer.writeText(list.variant);
    writer.writeLong(list.time);
    writeFloat(list.novelty);
    writer.writeVarint(list.listed);
    writeFloat(list.propensity);
    writer.writeVarint(list.items.length);
    for (String item : list.items) {
      writer.writeText(item);
    }
    writeSources(list.sources);
    for (float score : list.scores) {
      writeFloat(score);
    }
    int width = list.items.length == 0 ? 0 : list.features.length / list.items.length;
    writer.writeVarint(width);
    writeRows(list.features, width);
    return writer.toByteArray();
  }

  /** There are many of few: each name once, then its place for each candidate. */
  private void writeSources(String[] sources) {
    String[] names = new String[sources.length];
    int[] numbers = new int[sources.length];
    int count = 0;
    for (int row = 0; row < sources.length; row++) {
      int number = 0;
      while (number < count && !names[number].equals(sources[row])) {
        number++;
      }
      if (number == count) {
        names[count++] = sources[row];
      }
      numbers[row] = number;
    }
    writer.writeVarint(count);
    for (int number = 0; number < count; number++) {
      writer.writeText(names[number]);
    }
    for (int number : numbers) {
      writer.writeVarint(number);
    }
  }

  private void writeRows(float[] rows, int width) {
    int[] before = new int[width];
    for (int from = 0; from < rows.length; from += width) {
      for (int first = 0; first < width; first += Integer.SIZE) {
        int columns = Math.min(Integer.SIZE, width - first);
        int changed = 0;
        for (int column = 0; column < columns; column++) {
          int bits = Float.floatToRawIntBits(rows[from + first + column]);
          changed |= (bits == before[first + column] ? 0 : 1) << column;
          before[first + column] = bits;
        }
        writer.writeInt(changed);
        for (int left = changed; left != 0; left &= left - 1) {
          writer.writeInt(before[first + Integer.numberOfTrailingZeros(left)]);
        }
      }
    }
  }

  private void writeFloat(float value) {
    writer.writeInt(Float.floatToRawIntBits(value));
  }

  /** The id of a packed list, without unpacking it. */
  public String recommendationId(byte[] bytes) {
    return reader.reset(bytes).readText();
  }

  /**
   * @throws dev.freshet.features.FeatureLayoutException if the bytes can't be a list
   */
  public ServedList unpack(byte[] bytes) {
    reader.reset(bytes);
    ServedList list = new ServedList();
    list.recommendationId = reader.readText();
    list.placement = reader.readText();
    list.model = reader.readText();
    list.modelVersion = reader.readText();
    list.variant = reader.readText();
    list.time = reader.readLong();
    list.novelty = readFloat();
    list.listed = (int) reader.readVarint();
    list.propensity = readFloat();
    list.items = new String[reader.readLength()];
    for (int row = 0; row < list.items.length; row++) {
      list.items[row] = reader.readText();
    }
    list.sources = readSources(list.items.length);
    list.scores = new float[list.items.length];
    for (int row = 0; row < list.scores.length; row++) {
      list.scores[row] = readFloat();
    }
    list.features = readRows(list.items.length, (int) reader.readVarint());
    reader.requireEnd();
    return list;
  }

  private String[] readSources(int count) {
    String[] names = new String[reader.readLength()];
    for (int number = 0; number < names.length; number++) {
      names[number] = reader.readText();
    }
    String[] sources = new String[count];
    for (int row = 0; row < count; row++) {
      sources[row] = names[(int) reader.readVarint()];
    }
    return sources;
  }

  private float[] readRows(int count, int width) {
    float[] rows = new float[count * width];
    for (int row = 0; row < count; row++) {
      int from = row * width;
      if (row > 0) {
        System.arraycopy(rows, from - width, rows, from, width);
      }
      for (int first = 0; first < width; first += Integer.SIZE) {
        for (int left = reader.readInt(); left != 0; left &= left - 1) {
          rows[from + first + Integer.numberOfTrailingZeros(left)] = readFloat();
        }
      }
    }
    return rows;
  }

  private float readFloat() {
    return Float.intBitsToFloat(reader.readInt());
  }
}
