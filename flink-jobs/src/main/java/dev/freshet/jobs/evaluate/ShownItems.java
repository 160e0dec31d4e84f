package dev.freshet.jobs.evaluate;

import dev.freshet.evaluation.BeyondAccuracy;
import dev.freshet.features.aggregate.DistinctSketch;
import dev.freshet.ranking.list.Judgement;
import java.util.Arrays;

/**
 * What lists showed: how many different items, and how novel they were. Bounded, and a function of
 * the set of lists: neither the order of adding has a say, nor how they were split over several.
 */
public class ShownItems {

  /** Different items are exact up to 384; then their standard error is 1.6 %. */
  private static final int LG_K = 12;

  /** Reading and writing a sketch costs more than adding to it: that is done once for so many. */
  private static final int MOST_PENDING = 320;

  private static final double NOVELTY_UNIT = 0x1p20;

  /** Of the items, as {@link DistinctSketch#toBytes} gives it; empty: none yet. */
  public byte[] sketch = {};

  /** Items that are not in the sketch yet. */
  public String[] pending = {};

  public int pendingItems;

  /** Places that items were shown at. */
  public long places;

  /** Sum over these places, each list's rounded to a whole number of small parts of a bit. */
  public long novelty;

  /** The most items that ranking knew. */
  public int known;

  public ShownItems() {}

  void add(Judgement judgement) {
    known = Math.max(known, judgement.itemsKnown);
    int shown = judgement.shown.length;
    if (shown == 0) {
      return;
    }
    places += shown;
    novelty += Math.round(judgement.novelty * NOVELTY_UNIT * shown);
    if (pendingItems + shown > MOST_PENDING) {
      sketch = all().toBytes();
      pendingItems = 0;
    }
    if (pendingItems + shown > pending.length) {
      pending = Arrays.copyOf(pending, Math.max(pendingItems + shown, 2 * pending.length));
    }
    System.arraycopy(judgement.shown, 0, pending, pendingItems, shown);
    pendingItems += shown;
  }

  void add(ShownItems others) {
    DistinctSketch all = all();
    all.merge(others.all());
    sketch = all.toBytes();
    pendingItems = 0;
    places += others.places;
    novelty += others.novelty;
    known = Math.max(known, others.known);
  }

  private DistinctSketch all() {
    DistinctSketch all = new DistinctSketch(LG_K);
    if (sketch.length > 0) {
      all.load(sketch);
    }
    for (int item = 0; item < pendingItems; item++) {
      all.add(pending[item]);
    }
    return all;
  }

  /** About how many different items were shown. */
  long distinct() {
    return Math.round(all().estimate());
  }

  /** Share of the items that ranking knew, at most 1; NaN if it knew none. */
  double coverage() {
    return BeyondAccuracy.coverage(distinct(), known);
  }

  /** Mean novelty over the places, in bits; NaN without any. */
  double novelty() {
    return novelty / NOVELTY_UNIT / places;
  }
}
