package dev.freshet.bench;

/** A measurement cannot go on. The message gives the cause and the log with the details. */
public final class BenchException extends RuntimeException {

  private static final long serialVersionUID = 1;

  BenchException(String message) {
    super(message);
  }

  BenchException(String message, Throwable cause) {
    super(message, cause);
  }
}
