package dev.freshet.replay.reader;

/** Why a recorded line or block did not become an action: the dead letter's reason code. */
public enum UnreadableReason {
  /** The line is not a record of its format: broken quoting or JSON, wrong number of columns. */
  MALFORMED_LINE,
  /** The user or the time (of an item file: the item) is absent, null, or an empty time. */
  MISSING_FIELD,
  /** A field holds something that its meaning does not allow, such as a time that is no number. */
  WRONG_TYPE,
  /**
   * A ranking has the id of an earlier one, so that clicks on the two could not be distinguished.
   */
  REPEATED_RANKING,
  /** Part of an Avro file that cannot be decoded. */
  CORRUPT_BLOCK
}
