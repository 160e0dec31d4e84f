package dev.freshet.protocol.event;

/** Why a record goes to the dead letters. The names are a contract: see docs/dead-letters.md. */
public enum RejectReason {
  /** A record without a value (a tombstone), where every record must have one. */
  NO_VALUE,
  /** The bytes are not Avro of the topic's schema, or go on after it. */
  NOT_AVRO,
  /** An id or the action type is empty. */
  EMPTY_ID,
  /** An id or the action type is longer than {@code events.max-id-length}. */
  ID_TOO_LONG,
  /** The event time is before {@code events.earliest}. */
  TIME_TOO_EARLY,
  /** The event time is further ahead of the clock than {@code events.max-future}. */
  TIME_IN_FUTURE,
  /** A list is asked for of a placement that the configuration does not have. */
  UNKNOWN_PLACEMENT,
  /** A request brings more candidates than are ranked at once. */
  TOO_MANY_CANDIDATES,
  /** The parts of a training example don't fit together, or its numbers are out of range. */
  MALFORMED_EXAMPLE,
  /** A model that must not serve; the error begins with the code of the check that it failed. */
  MODEL_REFUSED,
  /** A plan that can't be followed. */
  PLAN_REFUSED
}
