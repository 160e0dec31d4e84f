package dev.freshet.features.feast;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The write of one feature view of one entity, for Redis' {@code EVALSHA}:
 *
 * <pre>{@code
 * FeastWrite write = new FeastWrite("user_features", List.of("action_count"), Optional.empty());
 * byte[][] parameters =
 *     write.parameters(key.toBytes(), eventTime, sequence, List.of(FeastValue.encode(7L)));
 * boolean applied = FeastWrite.applied(jedis.evalsha(sha, 1, parameters));
 * }</pre>
 *
 * <p>A write carries every feature of the view and its version: event time, then sequence. One
 * atomic step on the server keeps the higher of the stored and the written version; of equal ones,
 * what is stored. So writes may be repeated, delayed and come from several writers in any order: a
 * view never goes back, and a second event of the same instant counts. The version is in a field of
 * its own, {@link FeastField#version}, as Feast's {@code _ts} doesn't hold the sequence.
 *
 * <p>Immutable and thread-safe.
 */
public final class FeastWrite {
  /**
   * {@code KEYS}: the entity's key. {@code ARGV}: milliseconds to live or 0, then field and value
   * in turn, the version first.
   *
   * <p>Compares the version's bytes one by one and not as strings: Lua compares strings by the
   * locale that the server was started in, in which bytes have another order. Writes in parts, as
   * Lua cannot pass all fields of a wide view at once; no reader sees a part of them.
   */
  public static final String SCRIPT =
      """
      local stored = redis.call('HGET', KEYS[1], ARGV[2]) or ''
      local newer = false
      for i = 1, %d do
        local old = string.byte(stored, i) or -1
        local new = string.byte(ARGV[3], i)
        if new ~= old then
          newer = new > old
          break
        end
      end
      if not newer then
        return 0
      end
      for i = 2, #ARGV, 1000 do
        redis.call('HSET', KEYS[1], unpack(ARGV, i, math.min(i + 999, #ARGV)))
      end
      if ARGV[1] ~= '0' then
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
      end
      return 1
      """
          .formatted(FeastWrite.VERSION_BYTES);

  /** The name of the {@link #SCRIPT} for {@code EVALSHA}. */
  public static final String SCRIPT_SHA1 = DigestUtils.sha1Hex(SCRIPT);

  /** Bytes of a version: event time and sequence. */
  static final int VERSION_BYTES = 2 * Long.BYTES;

  /** The key, the time to live, the version and the timestamp with their fields. */
  private static final int FIXED_PARAMETERS = 6;

  /** Far above any use, and far below what overflows on the server in the middle of the script. */
  private static final Duration MAX_TIME_TO_LIVE = Duration.ofDays(365_000);

  private final String view;
  private final byte[][] fields;
  private final byte[] timestampField;
  private final byte[] versionField;
  private final byte[] timeToLive;

  /**
   * A writer of a view, whose fields are hashed here once.
   *
   * @param view the name of Feast's feature view
   * @param features the names of all its features
   * @param timeToLive of the whole key, with all its views, from each applied write on; at least 1
   *     ms
   * @throws IllegalArgumentException if the view or the name of a feature is empty; if two features
   *     have the same name, or the same hash; if the time to live is below 1 ms or above 365,000
   *     days
   */
  public FeastWrite(String view, List<String> features, Optional<Duration> timeToLive) {
    if (view.isEmpty()) {
      throw new IllegalArgumentException("The name of a feature view is empty");
    }
    this.view = view;
    fields = fields(view, features);
    timestampField = FeastField.timestamp(view);
    versionField = FeastField.version(view);
    this.timeToLive =
        Long.toString(timeToLive.map(FeastWrite::requireMillis).orElse(0L))
            .getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * The key, of which there is one, and the arguments for the script. The arrays of fields are
   * shared among calls: don't change them.
   *
   * @param key of the entity, see {@link FeastKey#toBytes}
   * @param eventTime of the newest event in the values, epoch milliseconds, years 1 to 9999
   * @param sequence the entity's count of updates, not negative
   * @param values one for each feature in the order of the constructor, see {@link
   *     FeastValue#encode}; no bytes for a feature that has no value
   * @throws IllegalArgumentException if there are more or fewer values than features, if the event
   *     time is out of its range or if the sequence is negative
   */
  public byte[][] parameters(byte[] key, long eventTime, long sequence, List<byte[]> values) {
    if (values.size() != fields.length) {
      throw new IllegalArgumentException(
          "The view '"
              + view
              + "' has "
              + fields.length
              + " features, but the write has "
              + values.size()
              + " values");
    }
    byte[][] parameters = new byte[FIXED_PARAMETERS + 2 * fields.length][];
    int i = 0;
    parameters[i++] = key;
    parameters[i++] = timeToLive;
    parameters[i++] = versionField;
    parameters[i++] = version(eventTime, sequence);
    parameters[i++] = timestampField;
    parameters[i++] = FeastValue.encodeTimestamp(eventTime);
    for (int feature = 0; feature < fields.length; feature++) {
      parameters[i++] = fields[feature];
      parameters[i++] = values.get(feature);
    }
    return parameters;
  }

  /**
   * What became of a write.
   *
   * @param reply of the script
   * @return true if it is stored, false if the view had the same version or a higher one
   * @throws IllegalArgumentException if it is no reply of this script
   */
  public static boolean applied(Object reply) {
    if (reply instanceof Long number && (number == 0 || number == 1)) {
      return number == 1;
    }
    throw new IllegalArgumentException("Not a reply of FeastWrite's script: " + reply);
  }

  /**
   * A version as it is stored: 16 bytes, whose order as unsigned bytes is that of versions.
   *
   * @throws IllegalArgumentException if the sequence is negative
   */
  static byte[] version(long eventTime, long sequence) {
    if (sequence < 0) {
      throw new IllegalArgumentException("A version's sequence is negative: " + sequence);
    }
    return ByteBuffer.allocate(VERSION_BYTES)
        // With the sign bit flipped, unsigned bytes order as signed numbers do.
        .putLong(eventTime ^ Long.MIN_VALUE)
        .putLong(sequence)
        .array();
  }

  private static byte[][] fields(String view, List<String> features) {
    byte[][] fields = new byte[features.size()][];
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < fields.length; i++) {
      String feature = features.get(i);
      if (feature.isEmpty()) {
        throw new IllegalArgumentException("A feature of the view '" + view + "' has no name");
      }
      fields[i] = FeastField.feature(view, feature);
      String other = names.put(HexFormat.of().formatHex(fields[i]), feature);
      if (other != null) {
        throw new IllegalArgumentException(
            other.equals(feature)
                ? "The view '" + view + "' has the feature '" + feature + "' twice"
                : "The features '"
                    + other
                    + "' and '"
                    + feature
                    + "' of the view '"
                    + view
                    + "' have the same hash, so Feast would store them in one field: rename one");
      }
    }
    return fields;
  }

  private static long requireMillis(Duration timeToLive) {
    if (timeToLive.compareTo(Duration.ofMillis(1)) < 0
        || timeToLive.compareTo(MAX_TIME_TO_LIVE) > 0) {
      throw new IllegalArgumentException(
          "A time to live of " + timeToLive + ": it must be from 1 ms to 365,000 days");
    }
    return timeToLive.toMillis();
  }
}
