package dev.freshet.features.redis;

import dev.freshet.features.FeatureStoreException;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * What one of Jedis' exceptions means.
 *
 * @param exception the exception for the caller: what happened, where, and what to do
 * @param passes whether it may pass soon without intervention
 */
record RedisFailure(FeatureStoreException exception, boolean passes) {
  /** Errors of a server that starts, follows, is replaced or is busy. */
  private static final List<String> PASSING =
      List.of("LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS", "BUSY");

  /** A script's write on a server that has become a replica: Redis 6 puts words before the code. */
  private static final String WRITE_OF_A_SCRIPT = "-READONLY ";

  static RedisFailure of(RedisSettings settings, JedisException e) {
    List<Throwable> chain = chain(e);
    Throwable innermost = chain.get(chain.size() - 1);
    Optional<JedisAccessControlException> denied = find(chain, JedisAccessControlException.class);
    if (denied.isPresent()) {
      return lasting(settings, denied(denied.get().getMessage()), e);
    }
    if (find(chain, SSLException.class).isPresent() && !isLostConnection(innermost)) {
      return lasting(
          settings,
          "cannot be reached over TLS ("
              + innermost.getMessage()
              + "): check that the server speaks TLS on this port, that its certificate is of the"
              + " given authority and for this host name, and whether it asks for a certificate of"
              + " the client",
          e);
    }
    Optional<JedisDataException> refused = find(chain, JedisDataException.class);
    if (refused.isPresent()) {
      return ofRefusal(settings, refused.get(), e);
    }
    if (find(chain, NoSuchElementException.class).isPresent()) {
      return lasting(
          settings,
          "has no connection free after "
              + settings.answerTimeout().toMillis()
              + " ms: allow more than "
              + settings.connections()
              + ", or use fewer threads",
          e);
    }
    return passing(
        settings,
        "cannot be reached ("
            + innermost.getMessage()
            + "): start it, or check the address"
            + (settings.tls().enabled() ? ", whether it speaks TLS on this port," : "")
            + " and the timeout of "
            + settings.connectTimeout().toMillis()
            + " ms"
            + (settings.answerTimeout().equals(settings.connectTimeout())
                ? ""
                : " for connecting and " + settings.answerTimeout().toMillis() + " ms to answer"),
        e);
  }

  private static String denied(String message) {
    return "denies access ("
        + message
        + "): "
        + (message.startsWith("NOPERM")
            ? "let its user do that and use these keys (ACL SETUSER)"
            : "check the user and the password");
  }

  private static RedisFailure ofRefusal(
      RedisSettings settings, JedisDataException refusal, JedisException e) {
    String message = refusal.getMessage();
    if (refusal instanceof JedisNoScriptException) {
      return lasting(
          settings, "forgets its scripts at once: find out who flushes or restarts it", e);
    }
    if (refusal instanceof JedisRedirectionException) {
      return settings.topology() == RedisTopology.CLUSTER
          ? passing(settings, "moves keys (" + message + "): wait until that has ended", e)
          : lasting(
              settings, "is a member of a cluster (" + message + "): use the topology cluster", e);
    }
    if (message.contains("cluster support disabled")) {
      return lasting(
          settings, "is no cluster (" + message + "): use the topology standalone or sentinel", e);
    }
    return PASSING.stream().anyMatch(message::startsWith) || message.contains(WRITE_OF_A_SCRIPT)
        ? passing(settings, "is not ready (" + message + "): wait, or see its log", e)
        : lasting(settings, "refuses a request: " + message + ": see the server's log", e);
  }

  private static RedisFailure passing(RedisSettings settings, String what, JedisException e) {
    return new RedisFailure(new FeatureStoreException(settings + " " + what, e), true);
  }

  private static RedisFailure lasting(RedisSettings settings, String what, JedisException e) {
    return new RedisFailure(new FeatureStoreException(settings + " " + what, e), false);
  }

  private static boolean isLostConnection(Throwable e) {
    return e instanceof EOFException
        || e instanceof SocketException
        || e instanceof SocketTimeoutException;
  }

  /**
   * Lists the exception and its causes, the innermost last. Jedis hides some causes among the
   * suppressed.
   */
  private static List<Throwable> chain(Throwable e) {
    List<Throwable> chain = new ArrayList<>();
    Throwable next = e;
    while (next != null && !chain.contains(next)) {
      chain.add(next);
      next =
          next.getCause() != null
              ? next.getCause()
              : Stream.of(next.getSuppressed()).findFirst().orElse(null);
    }
    return chain;
  }

  private static <T> Optional<T> find(List<Throwable> chain, Class<T> type) {
    return chain.stream().filter(type::isInstance).map(type::cast).findFirst();
  }
}
