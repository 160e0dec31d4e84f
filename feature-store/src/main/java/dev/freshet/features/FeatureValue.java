package dev.freshet.features;

import java.util.Objects;

/**
 * What the store says of one feature as of a time.
 *
 * @param status whether there is a value, and otherwise why not
 * @param value of the feature's {@link ValueType}; null unless the status is {@link Status#PRESENT}
 * @param eventTime epoch milliseconds of the newest event in the value, {@link Long#MIN_VALUE} if
 *     the status is {@link Status#MISSING} or {@link Status#EMPTY}
 */
public record FeatureValue(Status status, Object value, long eventTime) {

  /** Whether there is a value, and otherwise why not. */
  public enum Status {
    /** There is a value. */
    PRESENT,
    /** The group is stored, but without anything that the feature looks at. */
    EMPTY,
    /** There was a value, but nothing has happened for as long as the feature's TTL. */
    EXPIRED,
    /** Nothing is stored of the entity's group that the feature is in. */
    MISSING
  }

  static final FeatureValue MISSING = new FeatureValue(Status.MISSING, null, Long.MIN_VALUE);
  static final FeatureValue EMPTY = new FeatureValue(Status.EMPTY, null, Long.MIN_VALUE);

  public FeatureValue {
    Objects.requireNonNull(status, "status");
  }

  public boolean isPresent() {
    return status == Status.PRESENT;
  }
}
