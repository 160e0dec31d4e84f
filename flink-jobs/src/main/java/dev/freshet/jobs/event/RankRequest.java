package dev.freshet.jobs.event;

import java.util.Comparator;

/**
 * Asks for a list for a user as of an event time, with a snapshot of what the user did until then.
 */
public class RankRequest {

  /** Event time, then event id. */
  public static final Comparator<RankRequest> EVENT_ORDER =
      Comparator.comparingLong((RankRequest request) -> request.time)
          .thenComparing(request -> request.eventId);

  /** The action that asks. */
  public String eventId;

  public String user;
  public String placement;
  public long time;

  /** The action came behind the watermark. */
  public boolean late;

  /** Item of the asking action, or null. */
  public String item;

  /** Kind of the asking action. */
  public String actionType;

  /** Distinct items that the user acted on, most recent first, with the asking action's. */
  public String[] recent;

  /** How many of {@link #recent} belong to the current session. */
  public int recentInSession;

  /** Number of the user's actions so far, with this one. */
  public long actions;

  /** Of {@link #actions}, those on an item that the user had acted on lately. */
  public long repeats;

  /** Position of this action in its session, counted from 1. */
  public int sessionPosition;

  /** What the store has of the user: a number for each that ranking takes from there. */
  public float[] stored = {};

  public RankRequest() {}
}
