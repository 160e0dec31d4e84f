package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * A sliding window: one accumulator for each tile that has events. A value is merged from the tiles
 * that the window holds at the time of the read, so it moves without new events. Kept are the tiles
 * that the window holds at the newest event or can hold later; an older event counts nothing.
 *
 * <p>Nearly every event falls in the newest tile or begins one. So the newest tile comes first in
 * the bytes, and the older ones stay as they were read: they are decoded only if an event falls
 * among them or at a merge, and copied otherwise. Damage in them is found when they are decoded.
 */
final class Windowed implements Accumulator {
  private final Window window;
  private final int tilesInWindow;
  private final Supplier<Accumulator> newPart;

  /** Numbers of the decoded tiles, newest first. */
  private long[] tiles = new long[4];

  /**
   * Parts by position as in {@link #tiles}; those from {@link #size} on are spare ones, or null.
   */
  private Accumulator[] parts = new Accumulator[4];

  private int size;

  /**
   * The tiles that aren't decoded, older than the decoded ones, of which there is at least one:
   * from the newest to the oldest the step back from the one before, the length, the content.
   */
  private byte[] tail = {};

  private int tailStart;
  private int tailEnd;

  /** Reads the tail. */
  private final ByteReader steps = new ByteReader();

  /** Reads one tile's content. */
  private final ByteReader content = new ByteReader();

  /** What the tiles of one read are merged into. */
  private final Accumulator merged;

  /** One tile of the tail, while it is merged. */
  private final Accumulator scratch;

  Windowed(Window window, Supplier<Accumulator> newPart) {
    this.window = window;
    tilesInWindow = window.tiles();
    this.newPart = newPart;
    merged = newPart.get();
    scratch = newPart.get();
  }

  @Override
  public void clear() {
    size = 0;
    tailStart = 0;
    tailEnd = 0;
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
    }
  }

  /** Decodes the tail of the other one, which doesn't change what it holds. */
  @Override
  public void merge(Accumulator other) {
    Windowed from = (Windowed) other;
    from.decodeTail();
    for (int i = 0; i < from.size; i++) {
      Accumulator part = part(from.tiles[i]);
      if (part == null) {
        break;
      }
      part.merge(from.parts[i]);
    }
  }

  /** The oldest tile that the window holds when the newest one is {@code last}. */
  private long firstTile(long last) {
    // Without the first case, the subtraction overflows for times near the smallest one.
    return last < Long.MIN_VALUE + tilesInWindow ? Long.MIN_VALUE : last - tilesInWindow + 1;
  }

  /** The tile's accumulator, made if need be; null if the tile is out of reach. */
  private Accumulator part(long tile) {
    if (size > 0) {
      if (tile == tiles[0]) {
        return parts[0];
      }
      if (tile < firstTile(tiles[0])) {
        return null;
      }
      if (tile < tiles[size - 1]) {
        decodeTail();
      }
    }
    int at = 0;
    while (at < size && tiles[at] > tile) {
      at++;
    }
    if (at < size && tiles[at] == tile) {
      return parts[at];
    }
    Accumulator part = insert(at, tile);
    part.clear();
    if (at == 0) {
      forgetOld();
    }
    return part;
  }

  /** Makes room for a tile; its accumulator has any content. */
  private Accumulator insert(int at, long tile) {
    if (size == tiles.length) {
      tiles = Arrays.copyOf(tiles, 2 * size);
      parts = Arrays.copyOf(parts, 2 * size);
    }
    Accumulator part = spare();
    System.arraycopy(tiles, at, tiles, at + 1, size - at);
    System.arraycopy(parts, at, parts, at + 1, size - at);
    tiles[at] = tile;
    parts[at] = part;
    size++;
    return part;
  }

  /** An accumulator that isn't in use; needs room after the ones in use. */
  private Accumulator spare() {
    if (parts[size] == null) {
      parts[size] = newPart.get();
    }
    return parts[size];
  }

  /** Forgets what the window of the newest tile no longer holds. */
  private void forgetOld() {
    long first = firstTile(tiles[0]);
    forgetOldTail(first);
    // If there are any, then none of the tail is left, which is older.
    while (tiles[size - 1] < first) {
      size--;
    }
  }

  private void forgetOldTail(long first) {
    if (tailStart == tailEnd) {
      return;
    }
    steps.reset(tail, tailStart, tailEnd - tailStart);
    long tile = tiles[size - 1];
    int end = tailStart;
    while (steps.hasRemaining()) {
      tile = stepBack(tile);
      if (tile < first) {
        break;
      }
      steps.skip(steps.readLength());
      end = steps.position();
    }
    tailEnd = end;
  }

  /** Reads how far the next tile of the tail is before the given one. */
  private long stepBack(long tile) {
    long step = steps.readVarint();
    if (step <= 0 || step >= tilesInWindow) {
      throw new FeatureLayoutException(
          "a step of " + step + " tiles in a window of " + tilesInWindow);
    }
    return tile - step;
  }

  private void decodeTail() {
    if (tailStart == tailEnd) {
      return;
    }
    long first = firstTile(tiles[0]);
    steps.reset(tail, tailStart, tailEnd - tailStart);
    while (steps.hasRemaining()) {
      long tile = stepBack(tiles[size - 1]);
      if (tile < first) {
        throw moreThanTheWindow();
      }
      readPart(insert(size, tile), steps);
    }
    tailStart = tailEnd;
  }

  private FeatureLayoutException moreThanTheWindow() {
    return new FeatureLayoutException("tiles beyond the window, which has " + tilesInWindow);
  }

  private void readPart(Accumulator part, ByteReader in) {
    int length = in.readLength();
    part.read(content.reset(in.array(), in.position(), length));
    content.requireEnd();
    in.skip(length);
  }

  /** Newest tile, its length, its content, then each older one: step back, length, content. */
  @Override
  public void write(ByteWriter out) {
    for (int i = 0; i < size; i++) {
      if (i == 0) {
        out.writeSigned(tiles[0]);
      } else {
        out.writeVarint(tiles[i - 1] - tiles[i]);
      }
      int start = out.size();
      parts[i].write(out);
      out.insertLength(start);
    }
    out.writeBytes(tail, tailStart, tailEnd - tailStart);
  }

  @Override
  public void read(ByteReader in) {
    size = 0;
    long newest = in.readSigned();
    if (newest < window.tileOf(Long.MIN_VALUE) || newest > window.tileOf(Long.MAX_VALUE)) {
      throw new FeatureLayoutException("tile " + newest + ", which no time is in");
    }
    readPart(spare(), in);
    tiles[0] = newest;
    size = 1;
    tail = in.array();
    tailStart = in.position();
    tailEnd = tailStart + in.remaining();
    in.skip(in.remaining());
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
    long last = window.tileOf(time);
    long first = firstTile(last);
    for (int i = 0; i < size; i++) {
      if (tiles[i] <= last && tiles[i] >= first) {
        merged.merge(parts[i]);
      }
    }
    mergeTail(first, last);
    return merged;
  }

  private void mergeTail(long first, long last) {
    if (tailStart == tailEnd) {
      return;
    }
    long kept = firstTile(tiles[0]);
    long tile = tiles[size - 1];
    steps.reset(tail, tailStart, tailEnd - tailStart);
    while (steps.hasRemaining()) {
      tile = stepBack(tile);
      if (tile < kept) {
        throw moreThanTheWindow();
      }
      if (tile < first) {
        return;
      }
      if (tile <= last) {
        readPart(scratch, steps);
        merged.merge(scratch);
      } else {
        steps.skip(steps.readLength());
      }
    }
  }
}
