package dev.freshet.local.replay;

/** One record that cannot be mapped; it becomes a dead letter where file and line are known. */
final class RejectedRecordException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN_CHARACTERS = 60;

  private final RejectReason reason;

  RejectedRecordException(RejectReason reason, String message) {
    // No stack trace: it tells nothing about the data, and a garbage file throws one per line.
    super(message, null, false, false);
    this.reason = reason;
  }

  RejectReason reason() {
    return reason;
  }

  /** The text in quotes for a message; only its beginning when it is long. */
  static String quote(String text) {
    return text.length() <= SHOWN_CHARACTERS
        ? "'" + text + "'"
        : "'" + text.substring(0, SHOWN_CHARACTERS) + "...' (" + text.length() + " characters)";
  }
}
