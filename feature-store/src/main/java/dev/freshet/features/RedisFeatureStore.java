package dev.freshet.features;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
 * The feature store in Redis: one string per group of an entity's features under {@code
 * <prefix>:<entity>:<group>:<id>}. Nothing is retried here, as only the caller knows how long it
 * may wait.
 */
public final class RedisFeatureStore implements FeatureStore {
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
              PackedRow.VERSION_OFFSET,
              PackedRow.VERSION_OFFSET + PackedRow.VERSION_BYTES - 1,
              PackedRow.VERSION_BYTES);

  private static final byte[] WRITE_IF_NEWER_SHA =
      sha1(WRITE_IF_NEWER).getBytes(StandardCharsets.US_ASCII);

  /** A server that has forgotten the script again right after it was loaded is not healthy. */
  private static final int SCRIPT_ATTEMPTS = 3;

  private static final int SCAN_COUNT = 1000;

  private final RedisSettings settings;
  private final FeatureCatalog catalog;
  private final RedisClient client;

  /** Threads that wait for answers on behalf of {@link #multiGetAsync}; they end when idle. */
  private final ExecutorService reads;

  /** Makes a store that connects when it is first used; see {@link #ping}. */
  public RedisFeatureStore(RedisSettings settings, FeatureCatalog catalog) {
    this.settings = settings;
    this.catalog = catalog;
    reads = Executors.newCachedThreadPool(RedisFeatureStore::readThread);
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

  private static Thread readThread(Runnable work) {
    Thread thread = new Thread(work, "feature-store-read");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public FeatureCatalog catalog() {
    return catalog;
  }

  @Override
  public void ping() {
    ask(client::ping);
  }

  @Override
  public WriteResult write(List<FeatureWrite> writes) {
    List<byte[][]> pending = new ArrayList<>(writes.size());
    for (FeatureWrite write : writes) {
      pending.add(new byte[][] {key(write.group(), write.id()), requirePacked(write)});
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

  @Override
  public Map<String, FeatureRow> multiGet(Entity entity, Collection<String> ids) {
    List<FeatureGroup> groups = groups(entity);
    Map<String, FeatureRow> rows = new LinkedHashMap<>();
    if (ids.isEmpty()) {
      return rows;
    }
    List<byte[]> keys = new ArrayList<>(ids.size() * groups.size());
    for (String id : ids) {
      for (FeatureGroup group : groups) {
        keys.add(key(group, id));
      }
    }
    List<byte[]> values = ask(() -> client.mget(keys.toArray(byte[][]::new)));
    int next = 0;
    for (String id : ids) {
      Map<String, byte[]> packed = new HashMap<>();
      for (FeatureGroup group : groups) {
        byte[] value = values.get(next++);
        if (value != null) {
          packed.put(group.name(), value);
        }
      }
      if (!packed.isEmpty()) {
        rows.put(id, new FeatureRow(catalog, entity, id, packed));
      }
    }
    return rows;
  }

  @Override
  public CompletableFuture<Map<String, FeatureRow>> multiGetAsync(
      Entity entity, Collection<String> ids) {
    return CompletableFuture.supplyAsync(() -> multiGet(entity, ids), reads);
  }

  @Override
  public void scan(Consumer<FeatureRow> consumer) {
    for (FeatureGroup group : catalog.groups()) {
      // Every entity is visited with the first of its groups that it has.
      scan(group, catalog.groups(group.entity()), consumer);
    }
  }

  private void scan(FeatureGroup group, List<FeatureGroup> groups, Consumer<FeatureRow> consumer) {
    String start = keyStart(group);
    ScanParams params =
        new ScanParams()
            // No character of a prefix or name means anything in a pattern.
            .match((start + "*").getBytes(StandardCharsets.UTF_8))
            .count(SCAN_COUNT);
    byte[] cursor = ScanParams.SCAN_POINTER_START_BINARY;
    boolean complete = false;
    while (!complete) {
      byte[] from = cursor;
      ScanResult<byte[]> page = ask(() -> client.scan(from, params));
      List<String> ids = new ArrayList<>();
      for (byte[] key : page.getResult()) {
        ids.add(new String(key, StandardCharsets.UTF_8).substring(start.length()));
      }
      multiGet(group.entity(), ids)
          .values()
          .forEach(
              row -> {
                if (first(row, groups) == group) {
                  consumer.accept(row);
                }
              });
      cursor = page.getCursorAsBytes();
      complete = page.isCompleteIteration();
    }
  }

  private static FeatureGroup first(FeatureRow row, List<FeatureGroup> groups) {
    return groups.stream().filter(g -> row.packed(g.name()).isPresent()).findFirst().orElseThrow();
  }

  @Override
  public boolean delete(Entity entity, String id) {
    byte[][] keys = groups(entity).stream().map(group -> key(group, id)).toArray(byte[][]::new);
    return ask(() -> client.unlink(keys)) > 0;
  }

  @Override
  public void close() {
    reads.shutdown();
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

  private List<FeatureGroup> groups(Entity entity) {
    List<FeatureGroup> groups = catalog.groups(entity);
    if (groups.isEmpty()) {
      throw new IllegalArgumentException(
          "The feature catalog has no features of '%s'; it has some of %s"
              .formatted(entity, catalog.entities()));
    }
    return groups;
  }

  private String keyStart(FeatureGroup group) {
    return settings.prefix() + ":" + group.entity() + ":" + group.name() + ":";
  }

  private byte[] key(FeatureGroup group, String id) {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("The id of a " + group.entity() + " is empty");
    }
    try {
      // Two different invalid texts would become the same bytes: the encoder must report them.
      ByteBuffer bytes =
          StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(keyStart(group) + id));
      byte[] key = new byte[bytes.remaining()];
      bytes.get(key);
      return key;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "The id of a " + group.entity() + " is not valid Unicode: '" + id + "'", e);
    }
  }

  private static byte[] requirePacked(FeatureWrite write) {
    byte[] packed = write.packed();
    if (packed.length < PackedRow.HEADER_BYTES || packed[0] != PackedRow.LAYOUT) {
      throw new IllegalArgumentException(
          "The value of "
              + write.group()
              + " '"
              + write.id()
              + "' was not packed by RowUpdater in layout version "
              + PackedRow.LAYOUT);
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
