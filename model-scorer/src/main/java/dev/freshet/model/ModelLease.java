package dev.freshet.model;

/**
 * The right to use a loaded model, from {@link ModelPool#load} until it is closed. Thread-safe:
 * several threads may share a lease, each with a {@linkplain #newScorer scorer} of its own.
 *
 * <p>The model's session is closed with the last of all its leases and scorers. So a lease may be
 * closed while one of its scorers still runs. A lease that is never closed keeps the session open:
 * {@link ModelPool#openSessions} counts it.
 */
public final class ModelLease implements AutoCloseable {
  private final ModelSession session;
  private boolean closed;

  /**
   * Creates a lease.
   *
   * @param session the session; the caller's reference passes to this lease, which releases it
   */
  ModelLease(ModelSession session) {
    this.session = session;
  }

  /** Returns the model, with its name, version and features; allowed after closing, too. */
  public ModelBundle bundle() {
    return session.bundle();
  }

  /**
   * Returns a scorer for one thread, with buffers of its own. The caller closes it, before or after
   * this lease.
   *
   * @throws IllegalStateException if the lease is closed
   */
  public synchronized OnnxScorer newScorer() {
    if (closed || !session.tryRetain()) {
      throw new IllegalStateException(
          "model %s %s: this lease is closed; load the model again"
              .formatted(bundle().name(), bundle().version()));
    }
    return new OnnxScorer(session);
  }

  /** Releases the model. Closing again has no effect. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      session.release();
    }
  }

  @Override
  public String toString() {
    return "ModelLease[" + bundle() + "]";
  }
}
