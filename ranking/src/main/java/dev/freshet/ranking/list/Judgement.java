package dev.freshet.ranking.list;

import dev.freshet.evaluation.Rank;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.features.FeatureEvent;
import dev.freshet.ranking.event.RankRequest;
import java.util.Arrays;

/** What a user's next action on an item says of a list that was served before. */
public class Judgement {

  public String placement;
  public String model;
  public String modelVersion;
  public String variant;

  /** Event time of the action. */
  public long time;

  /** Stable hash of the user's id: {@link FeatureEvent#hash}. */
  public long user;

  /** The user had acted on the item before, as far as is remembered. */
  public boolean repeated;

  /** Rank of the item in the list, from 1, or {@link Rank#MISS}. */
  public int rank;

  /** Candidate source that proposed the item; empty if it was not there. */
  public String source;

  /** What the list showed: the items at its first {@link RankMetric#SHOWN} places. */
  public String[] shown;

  /** Mean novelty of {@link #shown}, in bits; NaN if nothing was shown. */
  public float novelty;

  /** How many items ranking knew when the user acted. */
  public int itemsKnown;

  public Judgement() {}

  /**
   * Judges a list by the rank of the next action's item in it, see {@link Rank}.
   *
   * @param next of the user's next action, which is on an item
   * @param itemsKnown how many items ranking knows
   */
  public static Judgement of(ServedList list, RankRequest next, int itemsKnown) {
    Judgement judgement = new Judgement();
    judgement.placement = list.placement;
    judgement.model = list.model;
    judgement.modelVersion = list.modelVersion;
    judgement.variant = list.variant;
    judgement.time = next.time;
    judgement.user = FeatureEvent.hash(next.user);
    judgement.repeated = next.repeated;
    judgement.source = "";
    judgement.shown = shown(list);
    judgement.novelty = list.novelty;
    judgement.itemsKnown = itemsKnown;
    for (int place = 0; place < list.listed; place++) {
      if (list.items[place].equals(next.item)) {
        judgement.rank = Rank.of(list.scores, list.listed, place);
        judgement.source = list.sources[place];
        break;
      }
    }
    return judgement;
  }

  private static String[] shown(ServedList list) {
    return Arrays.copyOf(list.items, Math.min(RankMetric.SHOWN, list.listed));
  }
}
