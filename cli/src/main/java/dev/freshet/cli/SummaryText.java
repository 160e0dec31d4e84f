package dev.freshet.cli;

import dev.freshet.config.FreshetConfig;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.replay.judge.Judging;
import dev.freshet.replay.judge.PlacementQuality;
import dev.freshet.replay.judge.Quality;
import dev.freshet.replay.judge.RankingMetrics;
import dev.freshet.replay.report.ReplayRounds;
import dev.freshet.replay.report.ReplaySummary;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Prints the summary of a replay. */
final class SummaryText {

  private SummaryText() {}

  static void print(PrintWriter console, FreshetConfig config, ReplaySummary summary) {
    console.printf(
        Locale.ROOT,
        "%,d actions, %,d recommendations, %,d dead letters, %,d duplicates, %,d late in %.1f s"
            + " (%,.0f actions/s)%n",
        summary.actions(),
        summary.recommendations(),
        summary.deadLetters(),
        summary.duplicates(),
        summary.late(),
        summary.seconds(),
        summary.actionsPerSecond());
    summary
        .deadLettersByReason()
        .forEach((reason, count) -> console.printf(Locale.ROOT, "  %,8d %s%n", count, reason));
    Judging judging = summary.judging();
    if (judging.asked() || answersActions(config, judging.placement())) {
      print(console, "after warm-up", summary.quality());
      print(console, "last fifth", summary.evaluation().lastFifth());
    }
    List<PlacementQuality> placements = summary.evaluation().placements();
    if (placements.size() > 1) {
      placements.forEach(each -> print(console, each.placement(), each.overall()));
    }
    summary.learning().ifPresent(learned -> print(console, learned));
    summary.rankings().ifPresent(metrics -> print(console, metrics));
    console.printf("recommendations sha256 %s%n", summary.recommendationsSha256());
    console.printf("features        sha256 %s%n", summary.featuresSha256());
  }

  private static void print(PrintWriter console, ReplayRounds learned) {
    console.printf(
        Locale.ROOT,
        "%,d rounds, %,d models served, %,d were worse; learned from %,d lists%n",
        learned.rounds(),
        learned.activated(),
        learned.refused(),
        learned.lists());
  }

  private static void print(PrintWriter console, String label, Quality metrics) {
    console.printf(
        Locale.ROOT,
        "%-14s hit rate@10 %.4f  @20 %.4f  MRR@10 %.4f  NDCG@10 %.4f  (%,d evaluated)%n",
        label,
        metrics.value(RankMetric.HIT_RATE_10),
        metrics.value(RankMetric.HIT_RATE_20),
        metrics.value(RankMetric.MRR_10),
        metrics.value(RankMetric.NDCG_10),
        metrics.tests());
  }

  /** Otherwise there are no lists that an action could judge. */
  private static boolean answersActions(FreshetConfig config, String placement) {
    return !config.ranking().placements().get(placement).actions().isEmpty();
  }

  private static void print(PrintWriter console, RankingMetrics metrics) {
    console.printf(
        Locale.ROOT,
        "rankings       %,d recorded lists ranked anew, %,d of them after warm-up with a click%n",
        metrics.rankings(),
        metrics.evaluated());
    print(console, "  served", metrics.served());
    print(console, "  as logged", metrics.logged());
  }

  private static void print(PrintWriter console, String label, RankingMetrics.Order metrics) {
    console.printf(
        Locale.ROOT,
        "%-14s NDCG@10 %.4f  MAP@10 %.4f  MRR %.4f%n",
        label,
        metrics.ndcgAt10(),
        metrics.mapAt10(),
        metrics.mrr());
  }
}
