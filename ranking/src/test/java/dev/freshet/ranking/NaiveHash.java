package dev.freshet.ranking;

import java.nio.charset.StandardCharsets;

/** The 64-bit hash that Freshet has of a text, by the definition: over the bytes of its UTF-8. */
public final class NaiveHash {

  private NaiveHash() {}

  /** FNV-1a, then the finalizer of MurmurHash3. */
  public static long of(String text) {
    long hash = Long.parseUnsignedLong("14695981039346656037");
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (each & 0xff)) * 1_099_511_628_211L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}
