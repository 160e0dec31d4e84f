package dev.freshet.replay.run;

import dev.freshet.protocol.model.Rounds;
import dev.freshet.replay.reader.RecordedEvents;
import dev.freshet.schema.UserAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** How long the rounds of a replay are that learns. */
public sealed interface RoundLength {

  /** Whether a round ends with an action, given the next one. */
  boolean endsBetween(long number, long time, long nextTime);

  /** When a round ends whose last action is known, in ms since 1970. */
  long end(long lastTime);

  /**
   * A number of actions; those of the last one's time belong to the round too.
   *
   * @param actions at least 1
   */
  record Actions(long actions) implements RoundLength {
    public Actions {
      if (actions < 1) {
        throw new IllegalArgumentException("A round of " + actions + " actions; at least 1");
      }
    }

    @Override
    public boolean endsBetween(long number, long time, long nextTime) {
      return number >= actions && nextTime > time;
    }

    @Override
    public long end(long lastTime) {
      return lastTime;
    }
  }

  /**
   * A length of event time, in multiples of it since 1970. Rounds without an action are left out.
   *
   * @param length at least 1 ms
   */
  record Time(Duration length) implements RoundLength {
    public Time {
      if (length.toMillis() < 1) {
        throw new IllegalArgumentException("A round of " + length + "; at least 1 ms");
      }
    }

    @Override
    public boolean endsBetween(long number, long time, long nextTime) {
      return nextTime > end(time);
    }

    @Override
    public long end(long lastTime) {
      return Rounds.Every.of(length).endOf(lastTime);
    }
  }

  /**
   * The rounds of a recording. The last one ends with its last action, or later.
   *
   * @param accepted whether the job takes an action; others count for no round
   * @return empty without any action
   */
  default Optional<Rounds.EndingAt> rounds(RecordedEvents events, Predicate<UserAction> accepted) {
    List<Long> ends = new ArrayList<>();
    long number = 0;
    long last = 0;
    for (UserAction action : events) {
      if (!accepted.test(action)) {
        continue;
      }
      long time = action.getEventTime().toEpochMilli();
      if (number > 0 && endsBetween(number, last, time)) {
        ends.add(end(last));
        number = 0;
      }
      number++;
      last = time;
    }
    if (number == 0) {
      return Optional.empty();
    }
    ends.add(end(last));
    return Optional.of(new Rounds.EndingAt(ends));
  }
}
