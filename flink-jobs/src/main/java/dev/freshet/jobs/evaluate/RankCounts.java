package dev.freshet.jobs.evaluate;

import dev.freshet.evaluation.Estimate;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.evaluation.UserGroups;
import dev.freshet.ranking.list.Judgement;
import dev.freshet.schema.Evaluation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many tests came to which rank, for one model version and variant, and what the judged lists
 * showed. Whole numbers and sketches, from which all metrics follow: the order of adding has no say
 * in any.
 */
public class RankCounts {

  /** Ranks behind this count as misses. */
  private static final int DEEPEST = RankMetric.DEEPEST;

  public String model;
  public String modelVersion;
  public String variant;
  public long tests;

  /** How many had rank 1, 2 and so on. */
  public long[] ranks = new long[DEEPEST];

  /** Sources with a hit, and how many each has. */
  public String[] sources = {};

  public long[] hits = {};

  public UserGroups groups = new UserGroups();

  public ShownItems shown = new ShownItems();

  public RankCounts() {}

  static RankCounts of(Judgement judgement) {
    RankCounts counts = new RankCounts();
    counts.model = judgement.model;
    counts.modelVersion = judgement.modelVersion;
    counts.variant = judgement.variant;
    return counts;
  }

  boolean isOf(Judgement judgement) {
    return modelVersion.equals(judgement.modelVersion)
        && variant.equals(judgement.variant)
        && model.equals(judgement.model);
  }

  void add(Judgement judgement) {
    tests++;
    groups.add(judgement.user, judgement.rank);
    shown.add(judgement);
    if (judgement.rank < 1 || judgement.rank > DEEPEST) {
      return;
    }
    ranks[judgement.rank - 1]++;
    int source = Arrays.asList(sources).indexOf(judgement.source);
    if (source < 0) {
      source = sources.length;
      sources = Arrays.copyOf(sources, source + 1);
      hits = Arrays.copyOf(hits, source + 1);
      sources[source] = judgement.source;
    }
    hits[source]++;
  }

  /** Adds others, but for the hits by source. */
  void add(RankCounts others) {
    tests += others.tests;
    for (int rank = 0; rank < DEEPEST; rank++) {
      ranks[rank] += others.ranks[rank];
    }
    groups.add(others.groups);
    shown.add(others.shown);
  }

  Evaluation evaluation(String placement, long start, long end) {
    Evaluation evaluation = figures();
    evaluation.setPlacement(placement);
    evaluation.setModel(model);
    evaluation.setModelVersion(modelVersion);
    evaluation.setVariant(variant);
    evaluation.setStartTime(Instant.ofEpochMilli(start));
    evaluation.setEndTime(Instant.ofEpochMilli(end));
    return evaluation;
  }

  /** An evaluation that does not say of what. */
  Evaluation figures() {
    Evaluation evaluation = new Evaluation();
    evaluation.setTests(tests);
    putRanks(evaluation);
    putIntervals(evaluation);
    putShown(evaluation);
    return evaluation;
  }

  private void putRanks(Evaluation evaluation) {
    List<Long> byRank = new ArrayList<>(DEEPEST);
    for (long count : ranks) {
      byRank.add(count);
    }
    Map<String, Long> bySource = new TreeMap<>();
    for (int source = 0; source < sources.length; source++) {
      bySource.put(sources[source], hits[source]);
    }
    evaluation.setRanks(byRank);
    evaluation.setHitsBySource(bySource);
    evaluation.setHitRate5(mean(RankMetric.HIT_RATE_5));
    evaluation.setHitRate10(mean(RankMetric.HIT_RATE_10));
    evaluation.setHitRate20(mean(RankMetric.HIT_RATE_20));
    evaluation.setMrr5(mean(RankMetric.MRR_5));
    evaluation.setMrr10(mean(RankMetric.MRR_10));
    evaluation.setMrr20(mean(RankMetric.MRR_20));
    evaluation.setNdcg5(mean(RankMetric.NDCG_5));
    evaluation.setNdcg10(mean(RankMetric.NDCG_10));
    evaluation.setNdcg20(mean(RankMetric.NDCG_20));
  }

  private double mean(RankMetric metric) {
    return metric.mean(ranks, tests);
  }

  private void putIntervals(Evaluation evaluation) {
    Estimate hitRate = groups.hitRate();
    evaluation.setHitRate10Low(orNull(hitRate.low()));
    evaluation.setHitRate10High(orNull(hitRate.high()));
    Estimate mrr = groups.mrr();
    evaluation.setMrr10Low(orNull(mrr.low()));
    evaluation.setMrr10High(orNull(mrr.high()));
    Estimate ndcg = groups.ndcg();
    evaluation.setNdcg10Low(orNull(ndcg.low()));
    evaluation.setNdcg10High(orNull(ndcg.high()));
    evaluation.setUserGroups(groups.size());
  }

  private void putShown(Evaluation evaluation) {
    evaluation.setItems10(shown.distinct());
    evaluation.setItemsKnown(shown.known);
    evaluation.setCoverage10(orNull(shown.coverage()));
    evaluation.setNovelty10(orNull(shown.novelty()));
  }

  private static Double orNull(double figure) {
    return Double.isNaN(figure) ? null : figure;
  }
}
