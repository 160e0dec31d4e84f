package dev.freshet.features.redis;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStoreException;
import dev.freshet.features.FeatureVersion;
import dev.freshet.features.FeatureWrite;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The feature store in Redis, packed: one string per group of an entity's features under {@code
 * <prefix>:<entity>:<group>:<id>}; docs/feature-store-layout.md describes it byte by byte. If all
 * features of a group have a TTL, Redis forgets the string after twice the longest, counted from
 * the last write: until the TTL it has a value, and as long again it is known to have expired.
 */
public final class RedisFeatureStore extends AbstractRedisFeatureStore {
  /**
   * {@code ARGV}: the packed value, and milliseconds to live, if it doesn't live for ever.
   *
   * <p>Compares the version's bytes one by one and not as strings: Lua compares strings by the
   * locale that the server was started in, in which bytes have another order.
   */
  private static final RedisScript WRITE_IF_NEWER =
      new RedisScript(
          """
          local stored = redis.call('GETRANGE', KEYS[1], %1$d, %2$d)
          for i = 1, %3$d do
            local old = string.byte(stored, i) or -1
            local new = string.byte(ARGV[1], %1$d + i)
            if new > old then
              if ARGV[2] then
                redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
              else
                redis.call('SET', KEYS[1], ARGV[1])
              end
              return 1
            elseif new < old then
              return 0
            end
          end
          return 0
          """
              .formatted(
                  FeatureVersion.OFFSET,
                  FeatureVersion.OFFSET + FeatureVersion.BYTES - 1,
                  FeatureVersion.BYTES));

  /**
   * Number of parts of a key after the prefix: the entity, the group and the id, which may have
   * colons.
   */
  private static final int KEY_PARTS = 3;

  /** Redis takes no more. */
  private static final long LONGEST_LIFE = 1L << 52;

  private final String prefix;

  /**
   * Makes a store that connects when it is first used; see {@link #ping}.
   *
   * @param onRetry receives every failure after which a request is repeated
   */
  public RedisFeatureStore(
      RedisSettings settings, FeatureCatalog catalog, Consumer<FeatureStoreException> onRetry) {
    super(catalog, new RedisConnection(settings, onRetry));
    prefix = settings.prefix();
  }

  /** Makes a store without a retry listener. */
  public RedisFeatureStore(RedisSettings settings, FeatureCatalog catalog) {
    this(settings, catalog, failure -> {});
  }

  @Override
  RedisScript script() {
    return WRITE_IF_NEWER;
  }

  @Override
  RedisScript.Call call(FeatureWrite write) {
    byte[] key = key(write.group(), write.id());
    long ttl = write.group().ttl();
    if (ttl == Long.MAX_VALUE) {
      return new RedisScript.Call(key, write.packed());
    }
    long life = Math.min(ttl, LONGEST_LIFE / 2) * 2;
    return new RedisScript.Call(
        key, write.packed(), Long.toString(life).getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public Map<String, FeatureRow> multiGet(Entity entity, Collection<String> ids) {
    List<FeatureGroup> groups = groups(entity);
    byte[][] starts = new byte[groups.size()][];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = keyStart(groups.get(i)).getBytes(StandardCharsets.UTF_8);
    }
    List<byte[]> keys = new ArrayList<>(ids.size() * starts.length);
    for (String id : ids) {
      byte[] idBytes = idBytes(entity, id);
      for (byte[] start : starts) {
        keys.add(concatenate(start, idBytes));
      }
    }
    List<byte[]> values = connection().mget(keys);
    Map<String, FeatureRow> rows = new LinkedHashMap<>();
    int next = 0;
    for (String id : ids) {
      Map<String, byte[]> packed = Map.of();
      for (FeatureGroup group : groups) {
        byte[] value = values.get(next++);
        if (value != null) {
          packed = with(packed, group.name(), value);
        }
      }
      if (!packed.isEmpty()) {
        rows.put(id, new FeatureRow(catalog(), entity, id, packed));
      }
    }
    return rows;
  }

  /** Mostly there is one group, and the map of one is the smallest. */
  private static Map<String, byte[]> with(Map<String, byte[]> packed, String group, byte[] value) {
    if (packed.isEmpty()) {
      return Map.of(group, value);
    }
    Map<String, byte[]> more = packed.size() == 1 ? new HashMap<>(packed) : packed;
    more.put(group, value);
    return more;
  }

  /**
   * Visits rows with the guarantees of Redis' SCAN. See {@link RedisConnection#scan} for lost
   * connections and clusters.
   */
  @Override
  public void scan(Consumer<FeatureRow> consumer) {
    // No character of a prefix means anything in a pattern.
    byte[] pattern = (prefix + ":*").getBytes(StandardCharsets.UTF_8);
    connection().scan(pattern, keys -> visit(keys, consumer));
  }

  private void visit(List<byte[]> keys, Consumer<FeatureRow> consumer) {
    Map<FeatureGroup, List<String>> ids = new LinkedHashMap<>();
    for (byte[] key : keys) {
      String[] parts =
          new String(key, StandardCharsets.UTF_8)
              .substring(prefix.length() + 1)
              .split(":", KEY_PARTS);
      if (parts.length == KEY_PARTS) {
        // What isn't a key of the catalog's is another program's, or of a catalog of the past.
        Entity.of(parts[0])
            .filter(entity -> entity.isId(parts[2]))
            .flatMap(entity -> catalog().group(entity, parts[1]))
            .ifPresent(
                group -> ids.computeIfAbsent(group, unused -> new ArrayList<>()).add(parts[2]));
      }
    }
    ids.forEach(
        (group, ofGroup) -> {
          for (FeatureRow row : multiGet(group.entity(), ofGroup).values()) {
            if (isFirstStored(group, row)) {
              consumer.accept(row);
            }
          }
        });
  }

  /**
   * Returns whether the group is the first one that is stored. So an entity of several groups, each
   * with a key, is visited with one of them.
   */
  private boolean isFirstStored(FeatureGroup group, FeatureRow row) {
    for (FeatureGroup stored : catalog().groups(group.entity())) {
      if (row.packed(stored.name()).isPresent()) {
        return stored == group;
      }
    }
    return false;
  }

  @Override
  public boolean delete(Entity entity, String id) {
    return connection().unlink(groups(entity).stream().map(group -> key(group, id)).toList()) > 0;
  }

  private String keyStart(FeatureGroup group) {
    return prefix + ":" + group.entity() + ":" + group.name() + ":";
  }

  private byte[] key(FeatureGroup group, String id) {
    return concatenate(
        keyStart(group).getBytes(StandardCharsets.UTF_8), idBytes(group.entity(), id));
  }

  private static byte[] concatenate(byte[] start, byte[] end) {
    byte[] key = Arrays.copyOf(start, start.length + end.length);
    System.arraycopy(end, 0, key, start.length, end.length);
    return key;
  }

  private static byte[] idBytes(Entity entity, String id) {
    entity.requireId(id);
    if (!hasSurrogates(id)) {
      return id.getBytes(StandardCharsets.UTF_8);
    }
    try {
      // Two different invalid texts would become the same bytes: the encoder must report them.
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(id));
      byte[] encoded = new byte[bytes.remaining()];
      bytes.get(encoded);
      return encoded;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "The id of a " + entity + " is not valid Unicode: '" + id + "'", e);
    }
  }

  private static boolean hasSurrogates(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }
}
