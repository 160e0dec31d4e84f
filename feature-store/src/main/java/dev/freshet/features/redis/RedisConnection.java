package dev.freshet.features.redis;

import dev.freshet.features.FeatureStoreException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * A connection to a Redis of any {@link RedisTopology}: what a store needs of it, in a form in
 * which the topology does not matter.
 *
 * <p>It connects when it is first used. Requests that fail for a reason that passes (a lost
 * connection, a server that starts or is replaced, a cluster that is down) are repeated as {@link
 * RedisSettings#retry} says; so everything here must be, and is, right to do twice. What is left,
 * and at once what does not pass (wrong password, missing permission, wrong data, an untrusted
 * certificate), is a {@link FeatureStoreException} that says what failed, where, and what to do.
 *
 * <p>Thread-safe. An interrupt ends the wait before a repetition, with the failure that led to it.
 */
public final class RedisConnection implements AutoCloseable {
  /** How often in a row servers may send a request elsewhere, or forget a script. */
  private static final int REDIRECTIONS = 5;

  private static final int SCAN_COUNT = 1000;

  private final RedisSettings settings;
  private final Consumer<FeatureStoreException> onRetry;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private RedisServers servers;
  private boolean closed;

  /** Makes a connection without a retry listener. */
  public RedisConnection(RedisSettings settings) {
    this(settings, failure -> {});
  }

  /**
   * Makes a connection.
   *
   * @param onRetry receives every failure after which a request is repeated, before the wait; to
   *     count or log it. Called by the requests' threads
   */
  public RedisConnection(RedisSettings settings, Consumer<FeatureStoreException> onRetry) {
    this.settings = settings;
    this.onRetry = onRetry;
  }

  /** The settings that it was made with. */
  public RedisSettings settings() {
    return settings;
  }

  /** Returns if every master answers and accepts the credentials. */
  public void ping() {
    retrying(
        known -> {
          for (HostAndPort master : known.masters()) {
            on(known, master, Connection::ping);
          }
          return null;
        });
  }

  /**
   * The strings under several keys, in one round trip to each server.
   *
   * @return in the order of the keys; null where there is no string
   */
  public List<byte[]> mget(List<byte[]> keys) {
    if (settings.topology() == RedisTopology.CLUSTER) {
      // A member refuses keys of several slots in one command, and while a slot moves also several
      // of one slot.
      List<Request<List<byte[]>>> requests = new ArrayList<>(keys.size());
      for (byte[] key : keys) {
        requests.add(new Request<>(key, pipeline -> pipeline.mget(key)));
      }
      complete(requests);
      List<byte[]> values = new ArrayList<>(keys.size());
      requests.forEach(request -> values.add(request.answer.get(0)));
      return values;
    }
    if (keys.isEmpty()) {
      return List.of();
    }
    byte[][] all = keys.toArray(byte[][]::new);
    return complete(new Request<>(all[0], pipeline -> pipeline.mget(all)));
  }

  /**
   * Runs a script several times, in one round trip to each server and in the given order there. A
   * server that does not know it is given it. Each run stands for itself: when one fails, the
   * others have been made nevertheless.
   *
   * @return the script's answers in the order of the calls: {@link Long}, {@code byte[]}, {@link
   *     List} or null
   */
  public List<Object> evalEach(RedisScript script, List<RedisScript.Call> calls) {
    List<Request<Object>> requests = new ArrayList<>(calls.size());
    for (RedisScript.Call call : calls) {
      requests.add(
          new Request<>(
              call.key(),
              pipeline -> pipeline.evalsha(script.digest(), 1, call.keyAndArguments()),
              script));
    }
    complete(requests);
    List<Object> answers = new ArrayList<>(calls.size());
    requests.forEach(request -> answers.add(request.answer));
    return answers;
  }

  /**
   * Deletes keys, in one round trip to each server.
   *
   * @return how many of them there were; too few, if an answer was lost and the request repeated
   */
  public long unlink(List<byte[]> keys) {
    List<Request<Long>> requests = new ArrayList<>(keys.size());
    for (byte[] key : keys) {
      requests.add(new Request<>(key, pipeline -> pipeline.unlink(key)));
    }
    complete(requests);
    return requests.stream().mapToLong(request -> request.answer).sum();
  }

  /**
   * Visits the keys of all masters that match a pattern, in pages, of which one is in memory. As
   * with Redis' SCAN, a key that is there all the time is visited at least once. When a connection
   * is lost, its server is scanned from the beginning, as no other and not even the same after a
   * restart would understand how far it was; so keys may come again. Keys of slots that move
   * between servers meanwhile may be missed.
   *
   * @param pattern as of SCAN's MATCH
   * @param pages given each page, which may be empty; may use this connection
   */
  public void scan(byte[] pattern, Consumer<List<byte[]>> pages) {
    Set<HostAndPort> complete = new HashSet<>();
    retrying(
        known -> {
          for (HostAndPort master : known.masters()) {
            if (!complete.contains(master)) {
              scan(known, master, pattern, pages);
              complete.add(master);
            }
          }
          return null;
        });
  }

  /** Ends all connections; requests under way fail. Closing again does nothing. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      closing.signalAll();
      if (servers != null) {
        servers.close();
        servers = null;
      }
    } finally {
      lock.unlock();
    }
  }

  private void scan(
      RedisServers known, HostAndPort master, byte[] pattern, Consumer<List<byte[]>> pages) {
    ScanParams params = new ScanParams().match(pattern).count(SCAN_COUNT);
    byte[] cursor = ScanParams.SCAN_POINTER_START_BINARY;
    boolean complete = false;
    // A cursor lives as long as its connection at most. One of the pool would be missing there
    // while the pages are worked on.
    try (Connection connection = known.connectApart(master)) {
      while (!complete) {
        ScanResult<byte[]> page;
        try (Pipeline pipeline = new Pipeline(connection)) {
          Response<ScanResult<byte[]>> response = pipeline.scan(cursor, params);
          pipeline.sync();
          page = response.get();
        }
        pages.accept(page.getResult());
        cursor = page.getCursorAsBytes();
        complete = page.isCompleteIteration();
      }
    } catch (JedisException e) {
      distrust(known, master, e);
      throw e;
    }
  }

  private <T> T complete(Request<T> request) {
    complete(List.of(request));
    return request.answer;
  }

  private <T> void complete(List<Request<T>> requests) {
    List<Request<T>> pending = new ArrayList<>(requests);
    if (pending.isEmpty()) {
      return;
    }
    retrying(
        known -> {
          JedisException left = null;
          // An attempt before this one may have ended with some answered and some not.
          pending.removeIf(request -> request.answered);
          for (int round = 0; !pending.isEmpty(); round++) {
            if (round > REDIRECTIONS) {
              throw left;
            }
            left = exchange(known, pending);
            pending.removeIf(request -> request.answered);
          }
          return null;
        });
  }

  /**
   * Sends every request to the server of its key.
   *
   * @return why some have to be sent again at once, if they have
   * @throws JedisException if some failed, after all that can be has been answered
   */
  private <T> JedisException exchange(RedisServers known, List<Request<T>> requests) {
    Map<HostAndPort, List<Request<T>>> byServer = new LinkedHashMap<>();
    for (Request<T> request : requests) {
      HostAndPort server =
          request.redirection != null ? request.redirection : known.holding(request.key);
      byServer.computeIfAbsent(server, unused -> new ArrayList<>()).add(request);
    }
    Failures failures = new Failures();
    byServer.forEach(
        (server, part) -> {
          try {
            List<Response<T>> responses = on(known, server, link -> send(link, part));
            boolean moved = false;
            for (int i = 0; i < part.size(); i++) {
              moved |= receive(known, server, part.get(i), responses.get(i), failures);
            }
            if (moved) {
              known.relocate();
            }
          } catch (JedisException e) {
            // The others of this part can't be known; those of other servers can.
            part.forEach(Request::forgetRedirection);
            failures.add(e);
          }
        });
    return failures.throwIfAny();
  }

  private static <T> List<Response<T>> send(Connection link, List<Request<T>> requests) {
    List<Response<T>> responses = new ArrayList<>(requests.size());
    try (Pipeline pipeline = new Pipeline(link)) {
      Set<RedisScript> unknown = new LinkedHashSet<>();
      for (Request<T> request : requests) {
        if (request.scriptUnknown) {
          unknown.add(request.script);
        }
      }
      List<Response<String>> loads = new ArrayList<>(unknown.size());
      for (RedisScript script : unknown) {
        loads.add(pipeline.scriptLoad(script.source(), ""));
      }
      for (Request<T> request : requests) {
        if (request.asking) {
          pipeline.sendCommand(Protocol.Command.ASKING, new byte[0][]);
        }
        responses.add(request.command.apply(pipeline));
      }
      pipeline.sync();
      // Not to be allowed to load a script says more than that it is unknown.
      loads.forEach(Response::get);
    }
    return responses;
  }

  /** Returns whether the request's key is elsewhere for good. */
  private <T> boolean receive(
      RedisServers known,
      HostAndPort server,
      Request<T> request,
      Response<T> response,
      Failures failures) {
    request.forgetRedirection();
    try {
      request.answer = response.get();
      request.answered = true;
    } catch (JedisNoScriptException e) {
      request.scriptUnknown = true;
      failures.again(e);
    } catch (JedisAskDataException e) {
      request.redirect(e.getTargetNode(), true);
      failures.again(e);
    } catch (JedisMovedDataException e) {
      if (settings.topology() != RedisTopology.CLUSTER) {
        failures.add(e);
        return false;
      }
      request.redirect(e.getTargetNode(), false);
      failures.again(e);
      return true;
    } catch (JedisDataException e) {
      distrust(known, server, e);
      failures.add(e);
    }
    return false;
  }

  private <T> T on(RedisServers known, HostAndPort server, Function<Connection, T> work) {
    try (Connection connection = known.connect(server)) {
      return work.apply(connection);
    } catch (JedisException e) {
      distrust(known, server, e);
      throw e;
    }
  }

  private void distrust(RedisServers known, HostAndPort server, JedisException e) {
    if (RedisFailure.of(settings, e).passes()) {
      known.distrust(server);
    }
  }

  private <T> T retrying(Function<RedisServers, T> attempt) {
    for (int repetition = 1; ; repetition++) {
      RedisFailure failure;
      try {
        return attempt.apply(servers());
      } catch (JedisException e) {
        failure = RedisFailure.of(settings, e);
      }
      if (!failure.passes() || repetition == settings.retry().attempts()) {
        throw failure.exception();
      }
      onRetry.accept(failure.exception());
      pause(repetition, failure.exception());
    }
  }

  private RedisServers servers() {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("The connection to " + settings + " is closed");
      }
      if (servers == null) {
        servers = RedisServers.open(settings);
      }
      return servers;
    } finally {
      lock.unlock();
    }
  }

  private void pause(int repetition, FeatureStoreException failure) {
    lock.lock();
    try {
      long left = settings.retry().pauseBefore(repetition).toNanos();
      while (!closed && left > 0) {
        left = closing.awaitNanos(left);
      }
      if (closed) {
        throw failure;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    } finally {
      lock.unlock();
    }
  }

  /** What a server is asked about one key, and how far that is. */
  private static final class Request<T> {
    final byte[] key;
    final Function<Pipeline, Response<T>> command;
    final RedisScript script;

    /** Where the server of the key sent it; {@code asking}: for this once. */
    HostAndPort redirection;

    boolean asking;
    boolean scriptUnknown;
    boolean answered;
    T answer;

    Request(byte[] key, Function<Pipeline, Response<T>> command) {
      this(key, command, null);
    }

    Request(byte[] key, Function<Pipeline, Response<T>> command, RedisScript script) {
      this.key = key;
      this.command = command;
      this.script = script;
    }

    void redirect(HostAndPort target, boolean once) {
      redirection = target;
      asking = once;
    }

    void forgetRedirection() {
      redirect(null, false);
    }
  }

  /** Selects the failure of one exchange that matters most. */
  private final class Failures {
    private JedisException failure;
    private JedisException again;

    /** One that does not pass goes before one that does. */
    void add(JedisException e) {
      if (failure == null || !RedisFailure.of(settings, e).passes()) {
        failure = e;
      }
    }

    void again(JedisException e) {
      again = e;
    }

    JedisException throwIfAny() {
      if (failure != null) {
        throw failure;
      }
      return again;
    }
  }
}
