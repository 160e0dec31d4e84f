package dev.freshet.replay.reader;

import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ItemUpdate;
import java.util.List;

/**
 * The events that a replay plays.
 *
 * @param actions by event time
 * @param items updates of the items' attributes
 * @param unreadable records that became no event, with the reason
 * @param rankings lists that another system showed, to be ranked anew
 */
public record Recording(
    RecordedEvents actions,
    List<ItemUpdate> items,
    List<DeadLetter> unreadable,
    RecordedRankings rankings) {

  /** Events without lists that another system showed. */
  public Recording(RecordedEvents actions, List<ItemUpdate> items, List<DeadLetter> unreadable) {
    this(actions, items, unreadable, RecordedRankings.NONE);
  }
}
