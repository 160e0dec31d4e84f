package dev.freshet.replay.run;

/** The job of a replay failed. */
public final class ReplayFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ReplayFailedException(Throwable cause) {
    super("The job failed, so the replay has no result.", cause);
  }
}
