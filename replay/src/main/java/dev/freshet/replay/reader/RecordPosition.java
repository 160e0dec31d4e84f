package dev.freshet.replay.reader;

/** Where a reader is in its file: at the record that it read, or rejected, last. */
interface RecordPosition {
  /** Where the current or rejected record is: its line number from 1, or its block's position. */
  long offset();

  /** The same for a person: file and line. */
  String place();

  /** The current or rejected record as it was. */
  byte[] raw();
}
