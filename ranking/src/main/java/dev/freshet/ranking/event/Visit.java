package dev.freshet.ranking.event;

/** An action on an item, with the items before it: what transitions and co-visits count. */
public class Visit {

  public String eventId;
  public String user;

  /** Distinct items that the user acted on before, most recent first, without this item. */
  public String[] before;

  public Visit() {}
}
