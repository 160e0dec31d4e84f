package dev.freshet.features.redis;

import java.io.Serializable;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The address of a server.
 *
 * @param host its name or address
 * @param port its port
 */
public record RedisNode(String host, int port) implements Serializable {
  private static final Pattern ADDRESS =
      Pattern.compile("(?:\\[([^\\]]+)\\]|([^:\\[\\],\\s]+)):(\\d{1,5})");

  /**
   * Reads {@code host:port}, an IPv6 address in brackets.
   *
   * @throws IllegalArgumentException if it is nothing of the kind
   */
  public static RedisNode parse(String address) {
    Matcher matcher = ADDRESS.matcher(address);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + address + "' is not the address of a Redis: write host:port, as localhost:6379");
    }
    String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    return new RedisNode(host, Integer.parseInt(matcher.group(3)));
  }

  /**
   * Reads several addresses, separated by commas.
   *
   * @throws IllegalArgumentException if one of them is no address
   */
  public static List<RedisNode> parseList(String addresses) {
    return Stream.of(addresses.split(",", -1))
        .map(address -> RedisNode.parse(address.strip()))
        .toList();
  }

  void check(List<String> errors) {
    if (host.isBlank()) {
      errors.add("the host is empty");
    }
    if (port < 1 || port > 65535) {
      errors.add("the port is " + port + ": it must be 1 to 65535");
    }
  }

  /** Returns the text that {@link #parse} reads. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
