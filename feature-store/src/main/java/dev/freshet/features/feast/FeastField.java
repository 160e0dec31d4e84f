package dev.freshet.features.feast;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.apache.commons.codec.digest.MurmurHash3;

/**
 * The names of the fields in an entity's Redis hash. A hash holds the fields of all views of the
 * entity. {@code docs/feast-layout.md} describes them.
 */
public final class FeastField {
  private static final int SEED = 0;

  private FeastField() {}

  /**
   * The field of a feature: the 32-bit Murmur3 hash of {@code view:feature}, little-endian. Four
   * bytes cannot distinguish all names: {@link FeastWrite} refuses two features of one view that
   * share theirs.
   */
  public static byte[] feature(String view, String feature) {
    byte[] name = (view + ":" + feature).getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(MurmurHash3.hash32x86(name, 0, name.length, SEED))
        .array();
  }

  /** The field of the view's event time, {@code _ts:view}. */
  public static byte[] timestamp(String view) {
    return ("_ts:" + view).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The field of the view's version, {@code _freshet:view}, which Feast doesn't know: it asks for
   * the fields that it wants by name.
   */
  public static byte[] version(String view) {
    return ("_freshet:" + view).getBytes(StandardCharsets.UTF_8);
  }
}
