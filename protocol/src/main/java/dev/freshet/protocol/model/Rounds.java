package dev.freshet.protocol.model;

import java.io.Serializable;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/**
 * Where the rounds of learning end, in event time. A round is named by its end, in milliseconds
 * since the epoch; what is labelled at that very time still belongs to it.
 */
public sealed interface Rounds extends Serializable {

  /** No round. */
  long NONE = Long.MAX_VALUE;

  /** End of the round that a time belongs to; {@link #NONE} after the last. */
  long endOf(long time);

  /**
   * The time from which rounds count, as an end itself: right before the first round.
   *
   * @param end of the first round that has an example
   */
  long beginning(long end);

  /**
   * Whether all rounds are known, as those of a replay. Then the last ones end when there will be
   * no more input, and ranking can wait for the model of each.
   */
  boolean areKnown();

  /** End of the round after one; {@link #NONE} after the last. */
  default long after(long end) {
    return end == NONE ? NONE : endOf(end + 1);
  }

  /** Whether a round has ended. */
  default boolean hasEnded(long end, long watermark) {
    return end != NONE && end <= watermark && (watermark != Long.MAX_VALUE || areKnown());
  }

  /**
   * Rounds of one length, aligned to the epoch.
   *
   * @param millis length of a round, at least 1
   */
  record Every(long millis) implements Rounds {

    private static final long serialVersionUID = 1;

    /**
     * Checks.
     *
     * @throws IllegalArgumentException if rounds have no length
     */
    public Every {
      if (millis < 1) {
        throw new IllegalArgumentException("rounds of " + millis + " ms; at least 1");
      }
    }

    /** Rounds of one length. */
    public static Every of(Duration length) {
      return new Every(length.toMillis());
    }

    @Override
    public long endOf(long time) {
      return -Math.floorDiv(-time, millis) * millis;
    }

    @Override
    public long beginning(long end) {
      return end - millis;
    }

    @Override
    public boolean areKnown() {
      return false;
    }
  }

  /**
   * Rounds that are known beforehand, as those of a recording are.
   *
   * @param ends in milliseconds since the epoch, ascending; at least one
   */
  record EndingAt(List<Long> ends) implements Rounds {

    private static final long serialVersionUID = 1;

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if there is none, or they don't ascend
     */
    public EndingAt {
      ends = List.copyOf(ends);
      if (ends.isEmpty()) {
        throw new IllegalArgumentException("no end of a round; at least one");
      }
      for (int i = 1; i < ends.size(); i++) {
        if (ends.get(i) <= ends.get(i - 1)) {
          throw new IllegalArgumentException(
              "round %d ends at %d, the one before at %d; ends ascend"
                  .formatted(i + 1, ends.get(i), ends.get(i - 1)));
        }
      }
    }

    @Override
    public long endOf(long time) {
      int place = Collections.binarySearch(ends, time);
      int next = place < 0 ? -place - 1 : place;
      return next == ends.size() ? NONE : ends.get(next);
    }

    @Override
    public long beginning(long end) {
      return ends.get(0) - 1;
    }

    @Override
    public boolean areKnown() {
      return true;
    }
  }
}
