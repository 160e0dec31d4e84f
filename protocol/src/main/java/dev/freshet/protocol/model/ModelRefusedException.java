package dev.freshet.protocol.model;

import dev.freshet.protocol.event.RejectReason;

/** A model must not serve, or a plan can't be followed. The message says why and what to do. */
public final class ModelRefusedException extends Exception {

  private static final long serialVersionUID = 1;

  private final RejectReason reason;

  ModelRefusedException(RejectReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** {@code MODEL_REFUSED} or {@code PLAN_REFUSED}. */
  public RejectReason reason() {
    return reason;
  }
}
