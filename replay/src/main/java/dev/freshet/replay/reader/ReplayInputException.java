package dev.freshet.replay.reader;

/**
 * A file or an option that cannot be used as a whole. The message is for the person who started the
 * replay: what, where and what to do.
 */
public final class ReplayInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ReplayInputException(String message) {
    super(message);
  }

  public ReplayInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
