package dev.freshet.features.redis;

import dev.freshet.features.FeatureStoreException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisClusterOperationException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.providers.ClusterConnectionProvider;
import redis.clients.jedis.providers.PooledConnectionProvider;
import redis.clients.jedis.providers.SentineledConnectionProvider;
import redis.clients.jedis.util.Delay;
import redis.clients.jedis.util.JedisClusterCRC16;
import redis.clients.jedis.util.Pool;

/**
 * The servers behind a connection and the pools of connections to them. Thread-safe. Methods throw
 * Jedis' exceptions.
 *
 * <p>They stand on Jedis' providers of connections, as its clients do. The clients would add
 * repetitions of their own, and their pipeline in a cluster neither follows a slot that has moved
 * nor reports a lost connection.
 */
abstract sealed class RedisServers implements AutoCloseable {
  /** After a sentinel was lost: how long until it is asked again. */
  private static final Delay SENTINEL_DELAY = Delay.constant(Duration.ofSeconds(1));

  private final JedisClientConfig config;

  private RedisServers(JedisClientConfig config) {
    this.config = config;
  }

  /**
   * Reaches what is needed to know the servers: of a single server nothing, of a cluster a member,
   * of sentinels one of them.
   */
  static RedisServers open(RedisSettings settings) {
    TlsSockets tls = settings.tls().enabled() ? TlsSockets.of(settings.tls()) : null;
    JedisClientConfig config =
        config(settings, settings.credentials(), tls).database(settings.database()).build();
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(settings.connections());
    pool.setMaxIdle(settings.connections());
    pool.setMaxWait(settings.answerTimeout());
    return switch (settings.topology()) {
      case STANDALONE -> new Standalone(settings, config, pool);
      case CLUSTER -> new Cluster(settings, config, pool);
      case SENTINEL ->
          new Sentinel(
              settings,
              config,
              pool,
              config(settings, settings.sentinelCredentials(), tls).build());
    };
  }

  private static DefaultJedisClientConfig.Builder config(
      RedisSettings settings, RedisCredentials credentials, TlsSockets tls) {
    DefaultJedisClientConfig.Builder builder =
        DefaultJedisClientConfig.builder()
            // Nothing here needs a newer protocol than what every Redis starts with.
            .serverDefaultProtocol()
            .connectionTimeoutMillis((int) settings.connectTimeout().toMillis())
            .socketTimeoutMillis((int) settings.answerTimeout().toMillis())
            .user(credentials.user().isEmpty() ? null : credentials.user())
            .password(credentials.password().isEmpty() ? null : credentials.password());
    if (tls != null) {
      builder.ssl(true).sslSocketFactory(tls.factory()).sslParameters(tls.parameters());
    }
    return builder;
  }

  /** The server that holds a key, as far as is known. */
  abstract HostAndPort holding(byte[] key);

  /** The servers that hold the keys now, as far as is known. */
  abstract Set<HostAndPort> masters();

  /** A connection from the pool; closing it gives it back. */
  abstract Connection connect(HostAndPort server);

  /** A connection that is in no pool. */
  Connection connectApart(HostAndPort server) {
    return new Connection(server, config);
  }

  /** Idle connections to the server may be dead, and it may not be the right one any more. */
  abstract void distrust(HostAndPort server);

  /** Keys are elsewhere than was known. */
  abstract void relocate();

  @Override
  public abstract void close();

  private static HostAndPort hostAndPort(RedisNode node) {
    return new HostAndPort(node.host(), node.port());
  }

  private static Set<HostAndPort> hostsAndPorts(List<RedisNode> nodes) {
    Set<HostAndPort> all = new LinkedHashSet<>();
    nodes.forEach(node -> all.add(hostAndPort(node)));
    return all;
  }

  private static final class Standalone extends RedisServers {
    private final HostAndPort server;
    private final PooledConnectionProvider provider;

    Standalone(RedisSettings settings, JedisClientConfig config, ConnectionPoolConfig pool) {
      super(config);
      server = hostAndPort(settings.nodes().get(0));
      provider = new PooledConnectionProvider(server, config, pool);
    }

    @Override
    HostAndPort holding(byte[] key) {
      return server;
    }

    @Override
    Set<HostAndPort> masters() {
      return Set.of(server);
    }

    @Override
    Connection connect(HostAndPort ignored) {
      return provider.getConnection();
    }

    @Override
    void distrust(HostAndPort ignored) {
      provider.getPool().clear();
    }

    @Override
    void relocate() {}

    @Override
    public void close() {
      provider.close();
    }
  }

  private static final class Sentinel extends RedisServers {
    private final SentineledConnectionProvider provider;

    Sentinel(
        RedisSettings settings,
        JedisClientConfig config,
        ConnectionPoolConfig pool,
        JedisClientConfig sentinelConfig) {
      super(config);
      Set<HostAndPort> sentinels = hostsAndPorts(settings.nodes());
      requireMaster(settings, sentinels, sentinelConfig);
      provider =
          new SentineledConnectionProvider(
              settings.masterName(), config, pool, sentinels, sentinelConfig, SENTINEL_DELAY);
    }

    /** The provider only logs why it cannot ask a sentinel. */
    private static void requireMaster(
        RedisSettings settings, Set<HostAndPort> sentinels, JedisClientConfig sentinelConfig) {
      JedisException first = null;
      boolean answered = false;
      for (HostAndPort sentinel : sentinels) {
        try (Connection connection = new Connection(sentinel, sentinelConfig)) {
          connection.sendCommand(
              Protocol.Command.SENTINEL, "GET-MASTER-ADDR-BY-NAME", settings.masterName());
          if (connection.getOne() != null) {
            return;
          }
          answered = true;
        } catch (JedisException e) {
          first = first == null ? e : first;
        }
      }
      if (answered) {
        throw new FeatureStoreException(
            "The sentinels at "
                + settings.address()
                + " know no master '"
                + settings.masterName()
                + "': check its name; it is in their configuration after 'sentinel monitor'",
            first);
      }
      throw first;
    }

    @Override
    HostAndPort holding(byte[] key) {
      return provider.getCurrentMaster();
    }

    @Override
    Set<HostAndPort> masters() {
      return Set.of(provider.getCurrentMaster());
    }

    @Override
    Connection connect(HostAndPort ignored) {
      return provider.getConnection();
    }

    @Override
    void distrust(HostAndPort ignored) {
      // The sentinels notify the provider of a new master.
      provider.getConnectionMap().values().forEach(Pool::clear);
    }

    @Override
    void relocate() {}

    @Override
    public void close() {
      provider.close();
    }
  }

  private static final class Cluster extends RedisServers {
    private final ClusterConnectionProvider provider;

    Cluster(RedisSettings settings, JedisClientConfig config, ConnectionPoolConfig pool) {
      super(config);
      provider = new ClusterConnectionProvider(hostsAndPorts(settings.nodes()), config, pool);
    }

    @Override
    HostAndPort holding(byte[] key) {
      int slot = JedisClusterCRC16.getSlot(key);
      HostAndPort node = provider.getNode(slot);
      if (node == null) {
        provider.renewSlotCache();
        throw new JedisClusterOperationException("No member of the cluster has slot " + slot);
      }
      return node;
    }

    @Override
    Set<HostAndPort> masters() {
      Set<HostAndPort> masters = new LinkedHashSet<>();
      provider.getPrimaryNodes().keySet().forEach(name -> masters.add(HostAndPort.from(name)));
      return masters;
    }

    @Override
    Connection connect(HostAndPort server) {
      return provider.getConnection(server);
    }

    @Override
    void distrust(HostAndPort server) {
      Pool<Connection> pool = provider.getNodes().get(server.toString());
      if (pool != null) {
        pool.clear();
      }
      relocate();
    }

    @Override
    void relocate() {
      provider.renewSlotCache();
    }

    @Override
    public void close() {
      provider.close();
    }
  }
}
