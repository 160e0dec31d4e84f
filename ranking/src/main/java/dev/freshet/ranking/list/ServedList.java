package dev.freshet.ranking.list;

import dev.freshet.evaluation.RankMetric;

/**
 * What ranking remembers of the last list of a user until the next action labels it: the best
 * candidates and some sampled ones, with exactly the features that were served.
 */
public class ServedList {

  public String recommendationId;
  public String placement;
  public String model;
  public String modelVersion;

  /** Part of the users that it was served to, while a plan splits them; empty otherwise. */
  public String variant;

  public long time;

  /** Mean novelty of the first {@link RankMetric#SHOWN} places, in bits; NaN for an empty list. */
  public float novelty = Float.NaN;

  /** Item of each remembered candidate. */
  public String[] items;

  /** Candidate source of each remembered candidate. */
  public String[] sources;

  public float[] scores;

  /**
   * Number of leading candidates that are the list, best first; the others were sampled from what
   * wasn't listed.
   */
  public int listed;

  /** Probability with which a candidate that wasn't listed was sampled; 1 if there was none. */
  public float propensity = 1;

  /** Row-major, candidates x features. */
  public float[] features;

  public ServedList() {}
}
