package dev.freshet.replay.run;

/** A Flink cluster did not answer, or refused; the message says which one and why. */
public final class FlinkRestException extends RuntimeException {

  private static final long serialVersionUID = 1;

  FlinkRestException(String message) {
    super(message);
  }

  FlinkRestException(String message, Throwable cause) {
    super(message, cause);
  }
}
