package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * A sliding window: one accumulator for each tile that has events. A value is merged from the tiles
 * that the window holds at the time of the read, so it moves without new events. Kept are the tiles
 * that the window holds at the newest event or can hold later; an older event counts nothing.
 */
final class Windowed implements Accumulator {
  private final Window window;
  private final Supplier<Accumulator> newPart;

  /** Numbers of the tiles, ascending. */
  private long[] tiles = new long[4];

  /** By position as in {@link #tiles}; those from {@link #size} on are spare ones. */
  private final List<Accumulator> parts = new ArrayList<>();

  private int size;

  /** What the tiles of one read are merged into. */
  private final Accumulator merged;

  Windowed(Window window, Supplier<Accumulator> newPart) {
    this.window = window;
    this.newPart = newPart;
    merged = newPart.get();
  }

  @Override
  public void clear() {
    size = 0;
  }

  @Override
  public boolean isEmpty() {
    return size == 0;
  }

  @Override
  public void add(FeatureEvent event) {
    Accumulator part = part(window.tileOf(event.time));
    if (part != null) {
      part.add(event);
      forgetOld();
    }
  }

  @Override
  public void merge(Accumulator other) {
    Windowed from = (Windowed) other;
    for (int i = from.size - 1; i >= 0; i--) {
      Accumulator part = part(from.tiles[i]);
      if (part == null) {
        break;
      }
      part.merge(from.parts.get(i));
    }
    forgetOld();
  }

  /** The tile's accumulator, made if need be; null if the tile is out of reach. */
  private Accumulator part(long tile) {
    if (size > 0 && tile <= tiles[size - 1] - window.tiles()) {
      return null;
    }
    int at = size;
    while (at > 0 && tiles[at - 1] >= tile) {
      at--;
    }
    if (at < size && tiles[at] == tile) {
      return parts.get(at);
    }
    if (size == tiles.length) {
      tiles = Arrays.copyOf(tiles, 2 * size);
    }
    Accumulator part = size < parts.size() ? parts.remove(parts.size() - 1) : newPart.get();
    part.clear();
    parts.add(at, part);
    System.arraycopy(tiles, at, tiles, at + 1, size - at);
    tiles[at] = tile;
    size++;
    return part;
  }

  private void forgetOld() {
    int old = 0;
    while (old < size && tiles[old] <= tiles[size - 1] - window.tiles()) {
      old++;
    }
    if (old > 0) {
      for (int i = 0; i < old; i++) {
        parts.add(parts.remove(0));
      }
      size -= old;
      System.arraycopy(tiles, old, tiles, 0, size);
    }
  }

  /** Newest tile, number of tiles, then from the newest to the oldest: step back, content. */
  @Override
  public void write(ByteWriter out) {
    out.writeSigned(tiles[size - 1]);
    out.writeVarint(size);
    for (int i = size - 1; i >= 0; i--) {
      if (i < size - 1) {
        out.writeVarint(tiles[i + 1] - tiles[i]);
      }
      int start = out.size();
      parts.get(i).write(out);
      out.insertLength(start);
    }
  }

  @Override
  public void read(ByteReader in) {
    size = 0;
    long newest = in.readSigned();
    int count = in.readLength();
    if (count == 0 || count > window.tiles()) {
      throw new FeatureLayoutException(count + " tiles in a window of " + window.tiles());
    }
    if (count > tiles.length) {
      tiles = new long[count];
    }
    while (parts.size() < count) {
      parts.add(newPart.get());
    }
    long tile = newest;
    ByteReader content = new ByteReader();
    for (int i = count - 1; i >= 0; i--) {
      if (i < count - 1) {
        tile -= in.readVarint();
      }
      tiles[i] = tile;
      int length = in.readLength();
      parts.get(i).read(content.reset(in.array(), in.position(), length));
      in.skip(length);
    }
    size = count;
  }

  @Override
  public Object valueAt(long time) {
    return merge(time).valueAt(time);
  }

  @Override
  public double numberAt(long time) {
    return merge(time).numberAt(time);
  }

  private Accumulator merge(long time) {
    merged.clear();
    long newest = window.tileOf(time);
    for (int i = 0; i < size; i++) {
      if (tiles[i] <= newest && tiles[i] > newest - window.tiles()) {
        merged.merge(parts.get(i));
      }
    }
    return merged;
  }
}
