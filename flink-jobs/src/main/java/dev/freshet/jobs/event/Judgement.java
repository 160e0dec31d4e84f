package dev.freshet.jobs.event;

/** What a user's next action on an item says of a list that was served before. */
public class Judgement {

  public String placement;
  public String model;
  public String modelVersion;
  public String variant;

  /** Event time of the action. */
  public long time;

  /** Rank of the item in the list, from 1; 0: it was not there, or had no score. */
  public int rank;

  /** Candidate source that proposed the item; empty if it was not there. */
  public String source;

  public Judgement() {}

  /**
   * Judges a list. Of items with the same score the wanted one counts as the last, so that nobody
   * gains by giving all the same; one with a score of NaN is a miss.
   */
  public static Judgement of(ServedList list, String item, long time) {
    Judgement judgement = new Judgement();
    judgement.placement = list.placement;
    judgement.model = list.model;
    judgement.modelVersion = list.modelVersion;
    judgement.variant = list.variant;
    judgement.time = time;
    judgement.source = "";
    for (int place = 0; place < list.items.length && list.positions[place] > 0; place++) {
      if (list.items[place].equals(item)) {
        judgement.rank = rank(list, place);
        judgement.source = list.sources[place];
        break;
      }
    }
    return judgement;
  }

  private static int rank(ServedList list, int place) {
    float score = list.scores[place];
    if (Float.isNaN(score)) {
      return 0;
    }
    int notBeaten = 0;
    for (int other = 0; other < list.items.length && list.positions[other] > 0; other++) {
      if (!(list.scores[other] < score)) {
        notBeaten++;
      }
    }
    return Math.max(place + 1, notBeaten);
  }
}
