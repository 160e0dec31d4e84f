package dev.freshet.replay.judge;

import java.time.Instant;

/**
 * Which lists of a replay are judged, and by which actions.
 *
 * @param placement whose lists are judged above all
 * @param warmup fraction of the actions that judge nothing, from 0 to below 1
 * @param lists which list an action judges
 * @param excludeSeen whether only an item that is new to its user judges a list: a list that leaves
 *     out what the user has seen can't hold another
 */
public record Judging(String placement, double warmup, Lists lists, boolean excludeSeen) {

  /** Which list an action judges. */
  public enum Lists {
    /** The one that answered the user's action before it: what is shown at once. */
    NEXT,

    /**
     * One that is asked for a millisecond before the action, as a page does that is opened then.
     * Actions themselves ask for none.
     */
    ASKED
  }

  /** How long before an action its list is asked for, in milliseconds. */
  public static final long ASKED_BEFORE = 1;

  /** Lists that answered the action before, of repeated items too. */
  public static Judging next(String placement, double warmup) {
    return new Judging(placement, warmup, Lists.NEXT, false);
  }

  /**
   * @throws IllegalArgumentException if the warm-up is no such fraction
   */
  public Judging {
    if (!(warmup >= 0 && warmup < 1)) {
      throw new IllegalArgumentException(
          "The warm-up is a fraction from 0 to below 1, not " + warmup);
    }
  }

  /** Id of the request for a placement's list before an action: for the main one, the action's. */
  public String requestId(String list, String actionId) {
    return list.equals(placement) ? actionId : list + "/" + actionId;
  }

  /** Event time of the list that is made for an action. */
  Instant listTime(Instant action) {
    return asked() ? action.minusMillis(ASKED_BEFORE) : action;
  }

  /** Whether lists are asked for. */
  public boolean asked() {
    return lists == Lists.ASKED;
  }
}
