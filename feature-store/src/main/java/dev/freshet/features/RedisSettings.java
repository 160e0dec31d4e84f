package dev.freshet.features;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How to reach the Redis of a feature store.
 *
 * @param host name or address of the server
 * @param port its port, usually 6379
 * @param user the ACL user, empty for Redis' default user
 * @param password the password, empty for none; never part of {@link #toString()}
 * @param database the database's number, usually 0
 * @param timeout how long to wait for a connection, and for an answer
 * @param prefix what the keys start with: letters, digits, {@code .}, {@code _} and {@code -}; two
 *     stores in one database have different prefixes
 */
public record RedisSettings(
    String host,
    int port,
    String user,
    String password,
    int database,
    Duration timeout,
    String prefix)
    implements Serializable {
  /** The prefix of {@link #parse}. */
  public static final String DEFAULT_PREFIX = "freshet";

  private static final Pattern ADDRESS =
      Pattern.compile("(?:\\[([^\\]]+)\\]|([^:\\[\\]]+)):(\\d{1,5})");
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]+");

  /**
   * @throws IllegalArgumentException with every error
   */
  public RedisSettings {
    List<String> errors = new ArrayList<>();
    if (host.isBlank()) {
      errors.add("the host is empty");
    }
    if (port < 1 || port > 65535) {
      errors.add("the port is " + port + ": it must be 1 to 65535");
    }
    if (!user.isEmpty() && password.isEmpty()) {
      errors.add("there is a user but no password");
    }
    if (database < 0) {
      errors.add("the database is " + database + ": it must be 0 or more");
    }
    if (timeout.toMillis() < 1 || timeout.toMillis() > Integer.MAX_VALUE) {
      errors.add("the timeout is " + timeout + ": it must be 1 ms to 24 days");
    }
    if (!PREFIX.matcher(prefix).matches()) {
      errors.add("the prefix is '" + prefix + "': it must match " + PREFIX);
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(
          "The Redis settings are not valid: " + String.join("; ", errors));
    }
  }

  /**
   * Settings for an address {@code host:port} (an IPv6 address in brackets) with the defaults: no
   * user and password, database 0, a timeout of 2 s, the prefix {@value #DEFAULT_PREFIX}.
   *
   * @throws IllegalArgumentException if it isn't an address
   */
  public static RedisSettings parse(String address) {
    Matcher matcher = ADDRESS.matcher(address);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + address + "' is not the address of a Redis: write host:port, as localhost:6379");
    }
    String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    int port = Integer.parseInt(matcher.group(3));
    return new RedisSettings(host, port, "", "", 0, Duration.ofSeconds(2), DEFAULT_PREFIX);
  }

  /** The same with credentials. */
  public RedisSettings withCredentials(String newUser, String newPassword) {
    return new RedisSettings(host, port, newUser, newPassword, database, timeout, prefix);
  }

  /** The same with another database. */
  public RedisSettings withDatabase(int newDatabase) {
    return new RedisSettings(host, port, user, password, newDatabase, timeout, prefix);
  }

  /** The same with another timeout. */
  public RedisSettings withTimeout(Duration newTimeout) {
    return new RedisSettings(host, port, user, password, database, newTimeout, prefix);
  }

  /** The same with another prefix. */
  public RedisSettings withPrefix(String newPrefix) {
    return new RedisSettings(host, port, user, password, database, timeout, newPrefix);
  }

  /** The address as {@link #parse} reads it. */
  public String address() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  @Override
  public String toString() {
    return "Redis at " + address() + ", database " + database + ", prefix " + prefix;
  }
}
