package dev.freshet.protocol.event;

/** A record is refused. Never leaves the deserializer: it becomes a dead letter. */
public final class RejectedRecordException extends Exception {

  private static final long serialVersionUID = 1;

  private final RejectReason reason;

  RejectedRecordException(RejectReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public RejectReason reason() {
    return reason;
  }

  /** Bad input may come in floods, and where it was found says nothing: no stack trace. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
