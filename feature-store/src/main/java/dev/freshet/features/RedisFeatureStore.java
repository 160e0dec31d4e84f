package dev.freshet.features;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * The feature store in Redis: one string per entity under {@code <prefix>:<entity>:<id>}, packed by
 * {@link PackedCodec}.
 *
 * <p>A write carries the whole value and its {@link FeatureVersion}. One atomic step on the server
 * keeps the newer of the stored and the written value, so writes may be repeated, delayed and come
 * from several writers in any order: a value never goes back.
 *
 * <p>Thread-safe. Every method throws {@link FeatureStoreException} if Redis cannot be reached or
 * refuses; nothing is retried here, as only the caller knows how long it may wait. Unknown
 * entities, empty ids and ids that aren't valid Unicode (half a surrogate pair) are {@link
 * IllegalArgumentException}s.
 */
public final class RedisFeatureStore implements AutoCloseable {
  /**
   * Compares the version's bytes one by one and not as strings: Lua compares strings by the locale
   * that the server was started in, in which bytes have another order.
   */
  private static final String WRITE_IF_NEWER =
      """
      local stored = redis.call('GETRANGE', KEYS[1], %1$d, %2$d)
      for i = 1, %3$d do
        local old = string.byte(stored, i) or -1
        local new = string.byte(ARGV[1], %1$d + i)
        if new > old then
          redis.call('SET', KEYS[1], ARGV[1])
          return 1
        elseif new < old then
          return 0
        end
      end
      return 0
      """
          .formatted(
              PackedCodec.VERSION_OFFSET,
              PackedCodec.VERSION_OFFSET + PackedCodec.VERSION_BYTES - 1,
              PackedCodec.VERSION_BYTES);

  private static final byte[] WRITE_IF_NEWER_SHA =
      sha1(WRITE_IF_NEWER).getBytes(StandardCharsets.US_ASCII);

  /** A server that has forgotten the script again right after it was loaded is not healthy. */
  private static final int SCRIPT_ATTEMPTS = 3;

  private static final int SCAN_COUNT = 1000;

  private final RedisSettings settings;
  private final PackedCodec codec;
  private final RedisClient client;

  /** Makes a store that connects when it is first used; see {@link #ping}. */
  public RedisFeatureStore(RedisSettings settings, FeatureCatalog catalog) {
    this.settings = settings;
    codec = new PackedCodec(catalog);
    int timeout = (int) settings.timeout().toMillis();
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxWait(settings.timeout());
    client =
        RedisClient.builder()
            .hostAndPort(new HostAndPort(settings.host(), settings.port()))
            .clientConfig(
                DefaultJedisClientConfig.builder()
                    .timeoutMillis(timeout)
                    .user(settings.user().isEmpty() ? null : settings.user())
                    .password(settings.password().isEmpty() ? null : settings.password())
                    .database(settings.database())
                    .build())
            .poolConfig(pool)
            .build();
  }

  /** The codec of the store's values, for writers. */
  public PackedCodec codec() {
    return codec;
  }

  /** Returns if the server answers and accepts the credentials. */
  public void ping() {
    ask(client::ping);
  }

  /**
   * Writes a batch in one round trip. Each write is applied if the store has no value of the entity
   * or an older one, on its own and atomically.
   *
   * <p>After an exception some of them may be stored. Writing the batch again is right; those then
   * count as superseded.
   *
   * @throws IllegalArgumentException if a write wasn't packed by this version of the layout
   */
  public WriteResult write(List<FeatureWrite> writes) {
    List<byte[][]> pending = new ArrayList<>(writes.size());
    for (FeatureWrite write : writes) {
      pending.add(new byte[][] {key(write.entity(), write.id()), requirePacked(write)});
    }
    int applied = 0;
    for (int attempt = 1; !pending.isEmpty(); attempt++) {
      List<byte[][]> batch = pending;
      List<byte[][]> unscripted = new ArrayList<>();
      applied += ask(() -> writeBatch(batch, unscripted));
      if (!unscripted.isEmpty()) {
        if (attempt == SCRIPT_ATTEMPTS) {
          throw new FeatureStoreException(
              settings + " forgets its scripts at once: find out who flushes or restarts it", null);
        }
        ask(() -> client.scriptLoad(WRITE_IF_NEWER));
      }
      pending = unscripted;
    }
    return new WriteResult(applied, writes.size() - applied);
  }

  /** The features of one entity, if they are stored. */
  public Optional<FeatureRow> get(String entity, String id) {
    byte[] key = key(entity, id);
    return Optional.ofNullable(ask(() -> client.get(key)))
        .map(packed -> codec.decode(entity, id, packed));
  }

  /**
   * The features of several entities of one kind in one round trip, by id in the given order;
   * entities that aren't stored are left out.
   */
  public Map<String, FeatureRow> multiGet(String entity, Collection<String> ids) {
    Map<String, FeatureRow> rows = new LinkedHashMap<>();
    if (ids.isEmpty()) {
      return rows;
    }
    byte[][] keys = ids.stream().map(id -> key(entity, id)).toArray(byte[][]::new);
    List<byte[]> values = ask(() -> client.mget(keys));
    int i = 0;
    for (String id : ids) {
      byte[] packed = values.get(i++);
      if (packed != null) {
        rows.put(id, codec.decode(entity, id, packed));
      }
    }
    return rows;
  }

  /**
   * Visits every row under the prefix, in no order, with a bounded part of them in memory. As with
   * Redis' SCAN, a row that is there all the time is visited at least once, and one that comes or
   * goes meanwhile may be; a row can be visited twice, if rarely.
   *
   * @throws FeatureLayoutException at a key that no feature store of this catalog wrote
   */
  public void scan(Consumer<FeatureRow> consumer) {
    ScanParams params =
        new ScanParams()
            // No character of a prefix means anything in a pattern.
            .match((settings.prefix() + ":*").getBytes(StandardCharsets.UTF_8))
            .count(SCAN_COUNT);
    byte[] cursor = ScanParams.SCAN_POINTER_START_BINARY;
    boolean complete = false;
    while (!complete) {
      byte[] from = cursor;
      ScanResult<byte[]> page = ask(() -> client.scan(from, params));
      visit(page.getResult(), consumer);
      cursor = page.getCursorAsBytes();
      complete = page.isCompleteIteration();
    }
  }

  /**
   * Deletes the features of one entity. Its version is forgotten too: a write that was still under
   * way will be stored.
   *
   * @return whether there were any
   */
  public boolean delete(String entity, String id) {
    byte[] key = key(entity, id);
    return ask(() -> client.unlink(key)) == 1;
  }

  @Override
  public void close() {
    client.close();
  }

  /** Returns how many were applied; adds to {@code unscripted} those that need the script first. */
  private int writeBatch(List<byte[][]> batch, List<byte[][]> unscripted) {
    List<Response<Object>> responses = new ArrayList<>(batch.size());
    try (Pipeline pipeline = client.pipelined()) {
      for (byte[][] keyAndValue : batch) {
        responses.add(pipeline.evalsha(WRITE_IF_NEWER_SHA, 1, keyAndValue));
      }
      pipeline.sync();
    }
    int applied = 0;
    for (int i = 0; i < responses.size(); i++) {
      try {
        applied += ((Long) responses.get(i).get()).intValue();
      } catch (JedisNoScriptException e) {
        unscripted.add(batch.get(i));
      }
    }
    return applied;
  }

  private void visit(List<byte[]> keys, Consumer<FeatureRow> consumer) {
    if (keys.isEmpty()) {
      return;
    }
    List<byte[]> values = ask(() -> client.mget(keys.toArray(byte[][]::new)));
    for (int i = 0; i < keys.size(); i++) {
      // A null: deleted since the key was read, or no string.
      if (values.get(i) != null) {
        consumer.accept(decode(keys.get(i), values.get(i)));
      }
    }
  }

  private FeatureRow decode(byte[] key, byte[] packed) {
    String text = new String(key, StandardCharsets.UTF_8);
    int entityStart = settings.prefix().length() + 1;
    int idStart = text.indexOf(':', entityStart) + 1;
    String entity = idStart == 0 ? "" : text.substring(entityStart, idStart - 1);
    if (!codec.catalog().entities().contains(entity)) {
      throw new FeatureLayoutException(
          settings
              + " holds the key '"
              + text
              + "', which is of none of the catalog's entities "
              + codec.catalog().entities()
              + ": use a prefix of its own for each feature store");
    }
    return codec.decode(entity, text.substring(idStart), packed);
  }

  private byte[] key(String entity, String id) {
    if (!codec.catalog().entities().contains(entity)) {
      throw new IllegalArgumentException(
          "No entity '" + entity + "' in the catalog; it has " + codec.catalog().entities());
    }
    if (id.isEmpty()) {
      throw new IllegalArgumentException("The id of a " + entity + " is empty");
    }
    try {
      // Two different invalid texts would become the same bytes: the encoder must report them.
      ByteBuffer bytes =
          StandardCharsets.UTF_8
              .newEncoder()
              .encode(CharBuffer.wrap(settings.prefix() + ":" + entity + ":" + id));
      byte[] key = new byte[bytes.remaining()];
      bytes.get(key);
      return key;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "The id of a " + entity + " is not valid Unicode: '" + id + "'", e);
    }
  }

  private static byte[] requirePacked(FeatureWrite write) {
    byte[] packed = write.packed();
    if (packed.length < PackedCodec.HEADER_BYTES || packed[0] != PackedCodec.LAYOUT) {
      throw new IllegalArgumentException(
          "The value of "
              + write.entity()
              + " '"
              + write.id()
              + "' was not packed by PackedCodec in layout version "
              + PackedCodec.LAYOUT);
    }
    return packed;
  }

  private <T> T ask(Supplier<T> request) {
    try {
      return request.get();
    } catch (JedisConnectionException e) {
      // The idle connections are most likely dead too: let the next attempt make a new one.
      client.getPool().clear();
      throw new FeatureStoreException(
          settings
              + " cannot be reached ("
              + innermost(e).getMessage()
              + "): start it, or check the address and the timeout of "
              + settings.timeout().toMillis()
              + " ms",
          e);
    } catch (JedisAccessControlException e) {
      throw new FeatureStoreException(
          settings + " denies access (" + e.getMessage() + "): check the user and the password", e);
    } catch (JedisDataException e) {
      throw new FeatureStoreException(
          settings + " refuses a request: " + e.getMessage() + ": see the server's log", e);
    } catch (JedisException e) {
      throw new FeatureStoreException(settings + " fails: " + innermost(e).getMessage(), e);
    }
  }

  private static Throwable innermost(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static String sha1(String script) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-1").digest(script.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-1", e);
    }
  }
}
