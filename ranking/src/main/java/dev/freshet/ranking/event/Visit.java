package dev.freshet.ranking.event;

/** An action on an item, with the items before it: what transitions and co-visits count. */
public class Visit {

  /** Stable hash of the user's id: {@link dev.freshet.features.FeatureEvent#hash}. */
  public long user;

  /** Distinct items that the user acted on before, most recent first, without this item. */
  public String[] before;

  public Visit() {}

  /** A visit of a user, given the hash of the user's id. */
  public Visit(long user, String[] before) {
    this.user = user;
    this.before = before;
  }
}
