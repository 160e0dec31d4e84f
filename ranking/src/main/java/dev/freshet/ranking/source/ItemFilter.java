package dev.freshet.ranking.source;

/** Decides which items may become candidates of a list. */
@FunctionalInterface
public interface ItemFilter {

  /**
   * Whether the item may be a candidate.
   *
   * @param item its number in the replica
   */
  boolean allows(int item);
}
