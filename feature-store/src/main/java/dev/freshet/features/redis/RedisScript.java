package dev.freshet.features.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A Lua script that servers run in one atomic step. Servers keep scripts by their digest.
 *
 * <p>It must be right to run it again: after a lost connection it is unknown whether it ran.
 */
public final class RedisScript {
  private final String source;
  private final byte[] digest;

  /**
   * @param source the script, of one key
   */
  public RedisScript(String source) {
    this.source = source;
    try {
      digest =
          HexFormat.of()
              .formatHex(
                  MessageDigest.getInstance("SHA-1")
                      .digest(source.getBytes(StandardCharsets.UTF_8)))
              .getBytes(StandardCharsets.US_ASCII);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-1", e);
    }
  }

  String source() {
    return source;
  }

  byte[] digest() {
    return digest;
  }

  /**
   * One run of a script.
   *
   * @param key its {@code KEYS[1]}, which decides on the server
   * @param arguments its {@code ARGV}
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Call(byte[] key, byte[]... arguments) {
    byte[][] keyAndArguments() {
      byte[][] all = new byte[1 + arguments.length][];
      all[0] = key;
      System.arraycopy(arguments, 0, all, 1, arguments.length);
      return all;
    }
  }
}
