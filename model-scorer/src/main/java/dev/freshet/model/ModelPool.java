package dev.freshet.model;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Loads models in the background and shares them: equal bytes share one session.
 *
 * <pre>{@code
 * try (ModelPool pool = new ModelPool();
 *     ModelLease lease = pool.load(onnx, knownFeatures).join();
 *     OnnxScorer scorer = lease.newScorer()) { // one for each thread
 *   ...
 * }
 * }</pre>
 *
 * <p>A model is checked, opened and warmed up by the pool's daemon thread, which exists only while
 * something is loading; {@link #load} itself only queues the work. Until the future is complete
 * nothing serves the new model, and what served before is not affected. Thread-safe.
 *
 * <p>{@linkplain #close Closing} a pool stops loading and does not revoke leases: open leases and
 * scorers stay usable, and their sessions are closed with the last of them.
 */
public final class ModelPool implements AutoCloseable {
  /**
   * The pool behind all handles that {@link #shared} returned, or null if none is open. Static
   * because the threads that should share a session, such as the subtasks of a Flink job within one
   * JVM, have nothing else in common. It doesn't leak: the last handle's closing clears it, and
   * with it goes the way to sessions, thread and class loader. Guarded by {@link #SHARED_LOCK}.
   */
  private static Loader sharedLoader;

  private static final Object SHARED_LOCK = new Object();

  private final Loader loader;
  private final boolean shared;
  private boolean closed;

  /** Creates a pool that shares nothing with other pools. */
  public ModelPool() {
    this(new Loader(), false);
  }

  private ModelPool(Loader loader, boolean shared) {
    this.loader = loader;
    this.shared = shared;
  }

  /**
   * Returns a handle on the pool that all users of this class in the process share (in Flink: those
   * of one job, whose classes have a class loader of their own). Each handle has to be closed; the
   * shared pool ends with the last one.
   */
  public static ModelPool shared() {
    synchronized (SHARED_LOCK) {
      if (sharedLoader == null) {
        sharedLoader = new Loader();
      }
      sharedLoader.handles++;
      return new ModelPool(sharedLoader, true);
    }
  }

  /**
   * Loads a model: checks its bytes ({@link ModelBundle#of}), requires the features, opens a
   * session unless these bytes have one already, and scores rows with it until that is fast.
   *
   * @param onnx the model's file; not to be changed before the future is complete
   * @param knownFeatures names of all features that can be computed here
   * @return completed with a lease, which has to be closed; or exceptionally, with a {@link
   *     ModelRejectedException} if the model must not serve, or an {@link IllegalStateException} if
   *     the pool is closed or the runtime fails. Stages chained to it without an executor run on
   *     the pool's thread and must not block it. If the future is cancelled, a lease that arrives
   *     later is closed.
   */
  public CompletableFuture<ModelLease> load(byte[] onnx, Set<String> knownFeatures) {
    return load(onnx, bundle -> bundle.requireFeatures(knownFeatures));
  }

  /**
   * Works like {@link #load(byte[], Set)}, and requires that the model was trained with a certain
   * feature catalog, if its metadata names one ({@link ModelBundle#requireCatalog}).
   *
   * @param catalogHash content hash of the catalog in use
   */
  public CompletableFuture<ModelLease> load(
      byte[] onnx, Set<String> knownFeatures, String catalogHash) {
    return load(
        onnx,
        bundle -> {
          bundle.requireFeatures(knownFeatures);
          bundle.requireCatalog(catalogHash);
        });
  }

  private synchronized CompletableFuture<ModelLease> load(byte[] onnx, Requirement requirement) {
    return closed ? CompletableFuture.failedFuture(closedPool()) : loader.load(onnx, requirement);
  }

  /**
   * Returns how many sessions the pool has open, each with native memory: as many as there are
   * different models of which a lease or scorer isn't closed yet. For a shared pool, all handles
   * are counted. A value above 0 after everything is closed is a leak.
   */
  public int openSessions() {
    return loader.openSessions.get();
  }

  /**
   * Stops loading: pending loads fail (for a shared pool, when its last handle is closed). Open
   * leases and scorers stay usable. Closing again has no effect.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (shared) {
      synchronized (SHARED_LOCK) {
        if (--loader.handles > 0) {
          return;
        }
        sharedLoader = null;
      }
    }
    loader.close();
  }

  private static IllegalStateException closedPool() {
    return new IllegalStateException("the model pool is closed; load models before closing it");
  }

  /** What a caller requires of a model beyond its own validity. */
  @FunctionalInterface
  private interface Requirement {
    void check(ModelBundle bundle) throws ModelRejectedException;
  }

  /** The loading thread and the sessions that it has opened. */
  private static final class Loader {
    private static final long IDLE_SECONDS = 5;

    /** Sizes of the batches that warm up, and how often: from single rows to long lists. */
    private static final int[] WARM_UP_ROWS = {1, 10, 100, 500};

    private static final int WARM_UP_CALLS = 20;

    final AtomicInteger openSessions = new AtomicInteger();

    /** Set only in a shared pool, and guarded by its lock. */
    int handles;

    /**
     * Sessions by SHA-256 of their bytes. Only the loading thread adds; the last release removes.
     */
    private final ConcurrentMap<String, ModelSession> sessions = new ConcurrentHashMap<>();

    private final ThreadPoolExecutor thread;
    private volatile boolean closed;

    Loader() {
      thread =
          new ThreadPoolExecutor(
              1,
              1,
              IDLE_SECONDS,
              TimeUnit.SECONDS,
              new LinkedBlockingQueue<>(),
              task -> {
                Thread loading = new Thread(task, "freshet-model-loader");
                loading.setDaemon(true);
                return loading;
              });
      thread.allowCoreThreadTimeOut(true);
    }

    CompletableFuture<ModelLease> load(byte[] onnx, Requirement requirement) {
      CompletableFuture<ModelLease> result = new CompletableFuture<>();
      try {
        thread.execute(() -> complete(result, onnx, requirement));
      } catch (RejectedExecutionException e) {
        result.completeExceptionally(closedPool());
      }
      return result;
    }

    private void complete(
        CompletableFuture<ModelLease> result, byte[] onnx, Requirement requirement) {
      if (result.isDone()) {
        return;
      }
      ModelLease lease;
      try {
        requireOpen();
        lease = new ModelLease(session(onnx, requirement));
      } catch (ModelRejectedException | RuntimeException | Error e) {
        // Any failure, such as a missing native library, must reach the waiting caller.
        result.completeExceptionally(e);
        return;
      }
      if (closed) {
        lease.close();
        result.completeExceptionally(closedPool());
      } else if (!result.complete(lease)) {
        lease.close();
      }
    }

    /** Returns a session with a reference for the caller. */
    private ModelSession session(byte[] onnx, Requirement requirement)
        throws ModelRejectedException {
      Optional<ModelSession> open = retained(ModelBundle.sha256(onnx));
      ModelBundle bundle = open.isPresent() ? open.get().bundle() : ModelBundle.of(onnx);
      try {
        requirement.check(bundle);
      } catch (ModelRejectedException e) {
        open.ifPresent(ModelSession::release);
        throw e;
      }
      return open.isPresent() ? open.get() : opened(bundle);
    }

    private Optional<ModelSession> retained(String sha256) {
      return Optional.ofNullable(sessions.get(sha256)).filter(ModelSession::tryRetain);
    }

    private ModelSession opened(ModelBundle bundle) {
      ModelSession session = ModelSession.open(bundle, this::forget);
      openSessions.incrementAndGet();
      try {
        warmUp(session);
      } catch (IllegalStateException e) {
        session.release();
        throw e;
      }
      sessions.put(bundle.sha256(), session);
      return session;
    }

    private void forget(ModelSession session) {
      // By value: the same bytes may have a new session already.
      sessions.remove(session.bundle().sha256(), session);
      openSessions.decrementAndGet();
    }

    /**
     * First calls are slow: the runtime grows its arena and plans memory for each shape, and Java
     * compiles. All of it stays with the session and the process, and not with this scorer.
     */
    private static void warmUp(ModelSession session) {
      if (!session.tryRetain()) {
        throw new IllegalStateException("a session that was just opened is closed");
      }
      try (OnnxScorer scorer = new OnnxScorer(session)) {
        for (int rows : WARM_UP_ROWS) {
          var input = scorer.input(rows);
          while (input.hasRemaining()) {
            input.put(input.position() % 7 - 3);
          }
          for (int call = 0; call < WARM_UP_CALLS; call++) {
            scorer.score(rows);
          }
        }
      }
    }

    private void requireOpen() {
      if (closed) {
        throw closedPool();
      }
    }

    /** Queued loads still run and fail; the thread ends after them. */
    void close() {
      closed = true;
      thread.shutdown();
    }
  }
}
