package dev.freshet.bench;

/** A measurement can't go on; the message tells the user why, and where more is told. */
public final class BenchException extends RuntimeException {

  private static final long serialVersionUID = 1;

  BenchException(String message) {
    super(message);
  }

  BenchException(String message, Throwable cause) {
    super(message, cause);
  }
}
