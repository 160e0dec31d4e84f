package dev.freshet.ranking.list;

import dev.freshet.ranking.evidence.TopRows;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.source.CandidateSet;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;

/**
 * Picks a placement's list from the scored candidates: the best, at most so many of a value of an
 * attribute, with the last places kept for new items. Ties go to the candidate that was proposed
 * first; a score of NaN is below every number. Reused.
 */
public final class ListSelection {

  private static final int NO_SOURCE = -1;

  private final ItemReplica replica;
  private final int listSize;
  private final int explore;
  private final int newSource;
  private final int[] cappedAttributes;
  private final int[] caps;
  private final TopRows best = new TopRows();
  private final int[] list;
  private int listed;
  private boolean[] isListed = new boolean[0];

  /**
   * @param newSource number of the source of new items
   */
  public ListSelection(ItemReplica replica, Placement placement, int newSource, int capacity) {
    this.replica = replica;
    this.listSize = placement.listSize();
    this.explore = newSource == NO_SOURCE ? 0 : placement.explore();
    this.newSource = newSource;
    this.cappedAttributes = new int[placement.mostPerValue().size()];
    this.caps = new int[cappedAttributes.length];
    int cap = 0;
    for (Map.Entry<String, Integer> entry : placement.mostPerValue().entrySet()) {
      cappedAttributes[cap] = replica.attribute(entry.getKey());
      caps[cap++] = entry.getValue();
    }
    this.list = new int[capacity];
  }

  /** Selects from all candidates, by their scores. */
  public int select(CandidateSet candidates, FloatBuffer scores) {
    int count = candidates.size();
    boolean restrained = explore > 0 || caps.length > 0;
    best.reset(restrained ? count : listSize);
    best.offer(scores, count);
    int sorted = best.sort();
    listed = 0;
    if (!restrained) {
      for (int rank = 0; rank < sorted; rank++) {
        list[listed++] = best.row(rank);
      }
      return listed;
    }
    if (isListed.length < count) {
      isListed = new boolean[list.length];
    }
    Arrays.fill(isListed, 0, count, false);
    take(candidates, sorted, listSize - explore, false);
    take(candidates, sorted, listSize, true);
    take(candidates, sorted, listSize, false);
    return listed;
  }

  /** An empty list. */
  public int clear() {
    listed = 0;
    return 0;
  }

  /** All candidates, by their scores: nothing is left out of what a request gives. */
  public int selectAll(CandidateSet candidates, FloatBuffer scores) {
    int count = candidates.size();
    best.reset(count);
    best.offer(scores, count);
    listed = best.sort();
    for (int rank = 0; rank < listed; rank++) {
      list[rank] = best.row(rank);
    }
    return listed;
  }

  private void take(CandidateSet candidates, int sorted, int until, boolean onlyNew) {
    for (int rank = 0; rank < sorted && listed < until; rank++) {
      int candidate = best.row(rank);
      if (!isListed[candidate]
          && (!onlyNew || candidates.isProposedBy(candidate, newSource))
          && withinCaps(candidates, candidate)) {
        isListed[candidate] = true;
        list[listed++] = candidate;
      }
    }
  }

  /** Counted in the list itself: lists are short. */
  private boolean withinCaps(CandidateSet candidates, int candidate) {
    for (int cap = 0; cap < caps.length; cap++) {
      int attribute = cappedAttributes[cap];
      int value = replica.firstValue(attribute, candidates.item(candidate));
      if (value < 0) {
        continue;
      }
      int same = 0;
      for (int place = 0; place < listed; place++) {
        if (replica.firstValue(attribute, candidates.item(list[place])) == value) {
          same++;
        }
      }
      if (same >= caps[cap]) {
        return false;
      }
    }
    return true;
  }

  public int size() {
    return listed;
  }

  /** The candidate at a place, counted from 0. */
  public int candidate(int place) {
    return list[place];
  }
}
