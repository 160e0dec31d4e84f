package dev.freshet.features.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A store of whole numbers that only grow, as plain as can be: what tests put into a Redis. */
final class Versions {
  private static final RedisScript KEEP_THE_HIGHEST =
      new RedisScript(
          """
          local stored = tonumber(redis.call('GET', KEYS[1]) or '-1')
          if tonumber(ARGV[1]) > stored then
            redis.call('SET', KEYS[1], ARGV[1])
            return 1
          end
          return 0
          """);

  private final RedisConnection connection;
  private final String prefix;

  Versions(RedisConnection connection) {
    this.connection = connection;
    prefix = connection.settings().prefix() + ":";
  }

  byte[] key(String name) {
    return (prefix + name).getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the script's answers: 1: stored; 0: superseded. */
  List<Object> write(Iterable<String> names, long version) {
    byte[] value = Long.toString(version).getBytes(StandardCharsets.US_ASCII);
    List<RedisScript.Call> calls = new ArrayList<>();
    for (String name : names) {
      calls.add(new RedisScript.Call(key(name), value));
    }
    return connection.evalEach(KEEP_THE_HIGHEST, calls);
  }

  /** The stored versions by name; what is not stored is left out. */
  Map<String, Long> read(List<String> names) {
    List<byte[]> values = connection.mget(names.stream().map(this::key).toList());
    Map<String, Long> read = new TreeMap<>();
    for (int i = 0; i < names.size(); i++) {
      if (values.get(i) != null) {
        read.put(
            names.get(i), Long.parseLong(new String(values.get(i), StandardCharsets.US_ASCII)));
      }
    }
    return read;
  }

  /** The names of all that is stored. */
  Set<String> scan() {
    Set<String> names = new TreeSet<>();
    connection.scan(
        key("*"),
        page ->
            page.forEach(
                key ->
                    names.add(new String(key, StandardCharsets.UTF_8).substring(prefix.length()))));
    return names;
  }

  long delete(List<String> names) {
    return connection.unlink(names.stream().map(this::key).toList());
  }
}
