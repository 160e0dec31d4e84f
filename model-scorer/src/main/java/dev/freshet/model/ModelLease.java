package dev.freshet.model;

/**
 * The right to use a loaded model, from {@link ModelPool#load} until it is closed. Thread-safe:
 * several threads may share a lease, each with a {@linkplain #newScorer scorer} of its own.
 *
 * <p>The model's session is closed with the last of all its leases and scorers. So a lease may be
 * closed while a scorer of it is still at work, and a lease that nobody closes keeps the session
 * open: {@link ModelPool#openSessions} tells.
 */
public final class ModelLease implements AutoCloseable {
  private final ModelSession session;
  private boolean closed;

  /**
   * A lease.
   *
   * @param session of which a reference is handed over: this lease gives it back
   */
  ModelLease(ModelSession session) {
    this.session = session;
  }

  /** Returns the model: its name, version and features. Also after closing. */
  public ModelBundle bundle() {
    return session.bundle();
  }

  /**
   * Returns a scorer for one thread, with buffers of its own. It has to be closed, before or after
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

  /** Gives the model back. Closing again does nothing. */
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
