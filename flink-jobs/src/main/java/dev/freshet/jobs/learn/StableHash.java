package dev.freshet.jobs.learn;

import java.nio.charset.StandardCharsets;

/**
 * A hash of texts that stays the same for ever: FNV-1a of the UTF-8, mixed as in MurmurHash3's
 * finalizer.
 */
public final class StableHash {

  private static final long FNV_START = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private StableHash() {}

  /** Returns the hash of a text. */
  public static long of(String text) {
    long hash = FNV_START;
    for (byte next : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (next & 0xff)) * FNV_PRIME;
    }
    return mix(hash);
  }

  /** Returns a share from 0 to below 1 that looks random, of a hash. */
  public static double share(long hash) {
    // Mixed again, so that the share is not correlated with what else the hash decides.
    return (mix(hash + FNV_START) >>> 11) * 0x1p-53;
  }

  private static long mix(long bits) {
    long hash = (bits ^ (bits >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}
