package dev.freshet.features.redis;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How to reach the Redis of a feature store.
 *
 * <pre>{@code
 * RedisSettings.parse("localhost:6379");
 * RedisSettings.cluster("10.0.0.1:6379,10.0.0.2:6379").withTls(RedisTls.ON);
 * RedisSettings.sentinel("features", "10.0.0.1:26379,10.0.0.2:26379").withCredentials("ann", password);
 * }</pre>
 *
 * @param topology the kind of Redis
 * @param masterName the name under which the sentinels know the master; empty without sentinels
 * @param nodes the server; or some members of the cluster, from which the others are learned; or
 *     the sentinels
 * @param credentials the client's credentials for the servers
 * @param sentinelCredentials the client's credentials for the sentinels
 * @param database the database's number, usually 0; always 0 in a cluster
 * @param tls whether and how connections are encrypted, those to the sentinels too
 * @param connectTimeout how long to wait for a connection
 * @param answerTimeout how long to wait for an answer
 * @param connections how many connections to each server there may be at once
 * @param prefix what the keys start with: letters, digits, {@code .}, {@code _} and {@code -}; two
 *     stores in one database have different prefixes
 * @param retry what is done about failures that pass
 */
public record RedisSettings(
    RedisTopology topology,
    String masterName,
    List<RedisNode> nodes,
    RedisCredentials credentials,
    RedisCredentials sentinelCredentials,
    int database,
    RedisTls tls,
    Duration connectTimeout,
    Duration answerTimeout,
    int connections,
    String prefix,
    RedisRetry retry)
    implements Serializable {
  /** The prefix of {@link #parse}. */
  public static final String DEFAULT_PREFIX = "freshet";

  /** The number of connections of {@link #parse}. */
  public static final int DEFAULT_CONNECTIONS = 8;

  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]+");

  /**
   * @throws IllegalArgumentException with every error
   */
  public RedisSettings {
    nodes = List.copyOf(nodes);
    List<String> errors = new ArrayList<>();
    checkNodes(topology, masterName, nodes, errors);
    credentials.check("", errors);
    sentinelCredentials.check("sentinel ", errors);
    if (topology != RedisTopology.SENTINEL && !sentinelCredentials.equals(RedisCredentials.NONE)) {
      errors.add("there is a password for sentinels but no sentinel");
    }
    if (database < 0) {
      errors.add("the database is " + database + ": it must be 0 or more");
    }
    if (topology == RedisTopology.CLUSTER && database > 0) {
      errors.add("the database is " + database + ": a cluster has only database 0");
    }
    tls.check(errors);
    checkTimeout("time for connecting", connectTimeout, errors);
    checkTimeout("time for an answer", answerTimeout, errors);
    if (connections < 1) {
      errors.add("the connections are " + connections + ": there must be 1 or more");
    }
    if (!PREFIX.matcher(prefix).matches()) {
      errors.add("the prefix is '" + prefix + "': it must match " + PREFIX);
    }
    retry.check(errors);
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(
          "The Redis settings are not valid: " + String.join("; ", errors));
    }
  }

  private static void checkNodes(
      RedisTopology topology, String masterName, List<RedisNode> nodes, List<String> errors) {
    nodes.forEach(node -> node.check(errors));
    if (nodes.isEmpty()) {
      errors.add("there is no address");
    }
    if (new HashSet<>(nodes).size() < nodes.size()) {
      errors.add("an address is there twice: " + nodes);
    }
    if (topology == RedisTopology.STANDALONE && nodes.size() > 1) {
      errors.add(
          "there are "
              + nodes.size()
              + " addresses: a single server has one, a cluster or"
              + " sentinels are a topology of their own");
    }
    if (topology == RedisTopology.SENTINEL && masterName.isBlank()) {
      errors.add("the sentinels' name of the master is missing");
    }
    if (topology != RedisTopology.SENTINEL && !masterName.isEmpty()) {
      errors.add("there is a sentinels' name of a master but no sentinel");
    }
  }

  private static void checkTimeout(String name, Duration timeout, List<String> errors) {
    if (timeout.toMillis() < 1 || timeout.toMillis() > Integer.MAX_VALUE) {
      errors.add("the timeout (" + name + ") is " + timeout + ": it must be 1 ms to 24 days");
    }
  }

  /**
   * Settings for one server at {@code host:port} (an IPv6 address in brackets) with the defaults:
   * no user and password, database 0, plain text, timeouts of 2 s, {@value #DEFAULT_CONNECTIONS}
   * connections, the prefix {@value #DEFAULT_PREFIX}, {@link RedisRetry#DEFAULT}.
   *
   * @throws IllegalArgumentException if it isn't an address
   */
  public static RedisSettings parse(String address) {
    return defaults(RedisTopology.STANDALONE, "", List.of(RedisNode.parse(address)));
  }

  /**
   * Settings for a cluster with the defaults of {@link #parse}.
   *
   * @param addresses of some members, separated by commas
   * @throws IllegalArgumentException if one isn't an address
   */
  public static RedisSettings cluster(String addresses) {
    return defaults(RedisTopology.CLUSTER, "", RedisNode.parseList(addresses));
  }

  /**
   * Settings for a master that sentinels watch, with the defaults of {@link #parse}.
   *
   * @param masterName the name under which the sentinels know it
   * @param addresses of the sentinels, separated by commas
   * @throws IllegalArgumentException if one isn't an address
   */
  public static RedisSettings sentinel(String masterName, String addresses) {
    return defaults(RedisTopology.SENTINEL, masterName, RedisNode.parseList(addresses));
  }

  private static RedisSettings defaults(
      RedisTopology topology, String masterName, List<RedisNode> nodes) {
    Duration timeout = Duration.ofSeconds(2);
    return new RedisSettings(
        topology,
        masterName,
        nodes,
        RedisCredentials.NONE,
        RedisCredentials.NONE,
        0,
        RedisTls.OFF,
        timeout,
        timeout,
        DEFAULT_CONNECTIONS,
        DEFAULT_PREFIX,
        RedisRetry.DEFAULT);
  }

  /** The same with a user and a password for the servers. */
  public RedisSettings withCredentials(String user, String password) {
    return new RedisSettings(
        topology,
        masterName,
        nodes,
        new RedisCredentials(user, password),
        sentinelCredentials,
        database,
        tls,
        connectTimeout,
        answerTimeout,
        connections,
        prefix,
        retry);
  }

  /** The same with a user and a password for the sentinels. */
  public RedisSettings withSentinelCredentials(String user, String password) {
    return new RedisSettings(
        topology,
        masterName,
        nodes,
        credentials,
        new RedisCredentials(user, password),
        database,
        tls,
        connectTimeout,
        answerTimeout,
        connections,
        prefix,
        retry);
  }

  /** The same with another database. */
  public RedisSettings withDatabase(int newDatabase) {
    return new RedisSettings(
        topology,
        masterName,
        nodes,
        credentials,
        sentinelCredentials,
        newDatabase,
        tls,
        connectTimeout,
        answerTimeout,
        connections,
        prefix,
        retry);
  }

  /** The same with or without encryption. */
  public RedisSettings withTls(RedisTls newTls) {
    return new RedisSettings(
        topology,
        masterName,
        nodes,
        credentials,
        sentinelCredentials,
        database,
        newTls,
        connectTimeout,
        answerTimeout,
        connections,
        prefix,
        retry);
  }

  /** The same with another timeout, for connecting and for an answer. */
  public RedisSettings withTimeout(Duration timeout) {
    return new RedisSettings(
        topology,
        masterName,
        nodes,
        credentials,
        sentinelCredentials,
        database,
        tls,
        timeout,
        timeout,
        connections,
        prefix,
        retry);
  }

  /** The same with timeouts of their own for connecting and for an answer. */
  public RedisSettings withTimeouts(Duration connect, Duration answer) {
    return new RedisSettings(
        topology,
        masterName,
        nodes,
        credentials,
        sentinelCredentials,
        database,
        tls,
        connect,
        answer,
        connections,
        prefix,
        retry);
  }

  /** The same with another number of connections to each server. */
  public RedisSettings withConnections(int newConnections) {
    return new RedisSettings(
        topology,
        masterName,
        nodes,
        credentials,
        sentinelCredentials,
        database,
        tls,
        connectTimeout,
        answerTimeout,
        newConnections,
        prefix,
        retry);
  }

  /** The same with another prefix. */
  public RedisSettings withPrefix(String newPrefix) {
    return new RedisSettings(
        topology,
        masterName,
        nodes,
        credentials,
        sentinelCredentials,
        database,
        tls,
        connectTimeout,
        answerTimeout,
        connections,
        newPrefix,
        retry);
  }

  /** The same with other repetitions. */
  public RedisSettings withRetry(RedisRetry newRetry) {
    return new RedisSettings(
        topology,
        masterName,
        nodes,
        credentials,
        sentinelCredentials,
        database,
        tls,
        connectTimeout,
        answerTimeout,
        connections,
        prefix,
        newRetry);
  }

  /** The addresses, separated by commas, as {@link #parse} and its likes read them. */
  public String address() {
    return nodes.stream().map(RedisNode::toString).collect(Collectors.joining(","));
  }

  /** Everything that names the store; no password. */
  @Override
  public String toString() {
    return switch (topology) {
      case STANDALONE -> "Redis at " + address() + ", database " + database + ", prefix " + prefix;
      case CLUSTER -> "Redis Cluster at " + address() + ", prefix " + prefix;
      case SENTINEL ->
          "Redis master '"
              + masterName
              + "' of the sentinels at "
              + address()
              + ", database "
              + database
              + ", prefix "
              + prefix;
    };
  }
}
