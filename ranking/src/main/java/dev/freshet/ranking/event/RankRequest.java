package dev.freshet.ranking.event;

import java.util.Comparator;

/**
 * Asks for lists for a user as of an event time, with a snapshot of what the user did until then.
 * Comes of an action, or of a request for a list.
 */
public class RankRequest {

  /** Event time, then event id; of the same id, an action before a request. */
  public static final Comparator<RankRequest> EVENT_ORDER =
      Comparator.comparingLong((RankRequest request) -> request.time)
          .thenComparing(request -> request.eventId)
          .thenComparing(request -> request.asked);

  private static final String[] NONE = {};

  /** The action or request that asks. */
  public String eventId;

  public String user;
  public long time;

  /** Names of the placements whose lists are wanted; an action may want none. */
  public String[] placements = NONE;

  /** Comes of a request for a list, and not of an action. */
  public boolean asked;

  /** Items to be ranked, as a request gives them; null: the placement's sources propose them. */
  public String[] candidates;

  /** The action came behind the watermark. */
  public boolean late;

  /** Item of the asking action, or the one that a request names as being looked at; or null. */
  public String item;

  /** The user had acted on {@link #item} before the asking action, as far as is remembered. */
  public boolean repeated;

  /** The list that led to the asking action; null if the action names none, and for a request. */
  public String recommendationId;

  /** Kind of the asking action; null for a request. */
  public String actionType;

  /** Distinct items that the user acted on, most recent first, with an asking action's. */
  public String[] recent;

  /** How many of {@link #recent} belong to the session that goes on. */
  public int recentInSession;

  /** Number of the user's actions so far, with an asking one. */
  public long actions;

  /** Number of those {@link #actions} that were on an item that the user had acted on lately. */
  public long repeats;

  /** Number of actions in the session that goes on, with an asking one. */
  public int sessionPosition;

  /**
   * Hashes of the items that the user acted on, the last first; only those of the current session
   * if no list asks for more; empty when none asks.
   */
  public long[] seen = {};

  /** How many of {@link #seen} belong to the current session; 0 when no list asks. */
  public int seenInSession;

  /** Hashes of the items that the user bought, the last first; empty when no list asks. */
  public long[] bought = {};

  /** What the store has of the user: a number for each that ranking takes from there. */
  public float[] stored = {};

  public RankRequest() {}
}
