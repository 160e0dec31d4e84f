package dev.freshet.jobs.evaluate;

import dev.freshet.jobs.event.Judgement;
import dev.freshet.schema.Evaluation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many tests came to which rank, for one model version and variant. Whole numbers, from which
 * all metrics follow: their sums do not depend on the order of adding.
 */
public class RankCounts {

  /** Ranks behind this count as misses. */
  static final int DEEPEST = 20;

  private static final int CUTOFF = 10;

  public String model;
  public String modelVersion;
  public String variant;
  public long tests;

  /** How many had rank 1, 2 and so on. */
  public long[] ranks = new long[DEEPEST];

  /** Sources with a hit, and how many each has. */
  public String[] sources = {};

  public long[] hits = {};

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

  /** Adds the ranks of others. */
  void add(RankCounts others) {
    tests += others.tests;
    for (int rank = 0; rank < DEEPEST; rank++) {
      ranks[rank] += others.ranks[rank];
    }
  }

  /** Share of the tests with the item among the first 10; NaN without tests. */
  double hitRate() {
    long among = 0;
    for (int rank = 1; rank <= CUTOFF; rank++) {
      among += ranks[rank - 1];
    }
    return (double) among / tests;
  }

  /** Mean reciprocal rank, 0 beyond 10; NaN without tests. */
  double mrr() {
    double sum = 0;
    for (int rank = 1; rank <= CUTOFF; rank++) {
      sum += (double) ranks[rank - 1] / rank;
    }
    return sum / tests;
  }

  /** Mean of 1 / log2(1 + rank), 0 beyond 10; NaN without tests. */
  double ndcg() {
    double sum = 0;
    for (int rank = 1; rank <= CUTOFF; rank++) {
      sum += ranks[rank - 1] * Math.log(2) / Math.log(rank + 1);
    }
    return sum / tests;
  }

  Evaluation evaluation(String placement, long start, long end) {
    List<Long> byRank = new ArrayList<>(DEEPEST);
    for (long count : ranks) {
      byRank.add(count);
    }
    Map<String, Long> bySource = new TreeMap<>();
    for (int source = 0; source < sources.length; source++) {
      bySource.put(sources[source], hits[source]);
    }
    return new Evaluation(
        placement,
        model,
        modelVersion,
        variant,
        Instant.ofEpochMilli(start),
        Instant.ofEpochMilli(end),
        tests,
        byRank,
        hitRate(),
        mrr(),
        ndcg(),
        bySource);
  }
}
