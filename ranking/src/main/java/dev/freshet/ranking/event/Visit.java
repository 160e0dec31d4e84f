package dev.freshet.ranking.event;

/** An action on an item, with what the user had acted on before: the stuff of co-visitation. */
public class Visit {

  public String eventId;
  public String user;

  /** Distinct items that the user acted on before, most recent first, without this item. */
  public String[] before;

  public Visit() {}
}
