package dev.freshet.replay.reader;

/** One record that cannot be mapped; it becomes a dead letter where file and line are known. */
final class UnreadableRecordException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN_CHARACTERS = 60;

  private final UnreadableReason reason;

  UnreadableRecordException(UnreadableReason reason, String message) {
    // No stack trace: it says nothing about the data, and a garbage file throws one per line.
    super(message, null, false, false);
    this.reason = reason;
  }

  UnreadableReason reason() {
    return reason;
  }

  /** The text in quotes for a message; only its beginning when it is long. */
  static String quote(String text) {
    return text.length() <= SHOWN_CHARACTERS
        ? "'" + text + "'"
        : "'" + text.substring(0, SHOWN_CHARACTERS) + "...' (" + text.length() + " characters)";
  }
}
