package dev.freshet.features.type;

import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The sliding window of a feature: the last {@code length} milliseconds, in whole tiles. As of a
 * time t it holds the events of the tile that t is in and of the {@code length / tile - 1} tiles
 * before it; so it is exact at the resolution of a tile.
 *
 * @param length milliseconds, a multiple of {@code tile}
 * @param tile milliseconds; tile i begins at i x {@code tile} since the epoch
 */
public record Window(long length, long tile) {

  /** No window: everything counts for ever. */
  public static final Window ALL_TIME = new Window(Long.MAX_VALUE, Long.MAX_VALUE);

  /** Tiles of a window at most. */
  public static final int MAX_TILES = 1_000;

  private static final int USUAL_TILES = 24;

  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  /** What a person would divide a window by, longest first. */
  private static final long[] USUAL = {
    30 * DAY,
    7 * DAY,
    DAY,
    12 * HOUR,
    6 * HOUR,
    3 * HOUR,
    HOUR,
    30 * MINUTE,
    15 * MINUTE,
    10 * MINUTE,
    5 * MINUTE,
    MINUTE,
    30 * SECOND,
    10 * SECOND,
    5 * SECOND,
    SECOND
  };

  /**
   * The tile of a window for which none is given: a round one, of which 24 or a little more fit;
   * empty if there is none.
   */
  static OptionalLong usualTile(long length) {
    if (length < USUAL_TILES) {
      return OptionalLong.of(1);
    }
    for (long tile : USUAL) {
      if (length % tile == 0 && length / tile >= USUAL_TILES) {
        if (length / tile <= MAX_TILES) {
          return OptionalLong.of(tile);
        }
        break;
      }
    }
    for (int tiles = USUAL_TILES; tiles <= MAX_TILES; tiles++) {
      if (length % tiles == 0) {
        return OptionalLong.of(length / tiles);
      }
    }
    return OptionalLong.empty();
  }

  public boolean isAllTime() {
    return length == Long.MAX_VALUE;
  }

  /** Tiles of the window. */
  public int tiles() {
    return (int) (length / tile);
  }

  /** The number of the tile that a time is in. */
  long tileOf(long time) {
    return Math.floorDiv(time, tile);
  }

  /** For how long an event counts, at most. */
  public long retention() {
    return isAllTime() ? Long.MAX_VALUE : length;
  }

  /**
   * Returns an accumulator of the window, from one without a notion of time. Every event that is
   * added has to leave something in it: an aggregation doesn't take events that it doesn't look at.
   */
  public Accumulator over(Supplier<Accumulator> parts) {
    return isAllTime() ? parts.get() : new Windowed(this, parts);
  }
}
