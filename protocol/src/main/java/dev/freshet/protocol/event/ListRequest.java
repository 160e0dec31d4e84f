package dev.freshet.protocol.event;

/** Someone asks for a list, decoded and valid: no action, so it changes nothing that is known. */
public class ListRequest {

  public String requestId;
  public String user;
  public long time;

  /** Name of the placement whose list is wanted. */
  public String placement;

  /** Items to be ranked; null: the placement's sources propose them. */
  public String[] candidates;

  /** The item that is being looked at, or null. */
  public String item;

  public ListRequest() {}
}
