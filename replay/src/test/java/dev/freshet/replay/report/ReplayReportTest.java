package dev.freshet.replay.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.evaluation.Estimate;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.replay.judge.Calibration;
import dev.freshet.replay.judge.ExampleStudy;
import dev.freshet.replay.judge.FeatureImportance;
import dev.freshet.replay.judge.Judging;
import dev.freshet.replay.judge.PlacementQuality;
import dev.freshet.replay.judge.Quality;
import dev.freshet.replay.judge.ReplayEvaluation;
import dev.freshet.replay.judge.Served;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ReplayReportTest {

  private static final Instant TIME = Instant.parse("2026-03-01T00:00:00Z");

  private static Quality quality(long tests, double value) {
    Map<RankMetric, Estimate> metrics = new TreeMap<>();
    for (RankMetric metric : RankMetric.values()) {
      metrics.put(
          metric, tests == 0 ? Estimate.NONE : new Estimate(value, value * 0.9, value * 1.1));
    }
    return new Quality(tests, tests == 0 ? 0 : 12, metrics);
  }

  private static PlacementQuality placement(long tests) {
    Estimate novelty = new Estimate(7, 6.9, 7.1);
    List<PlacementQuality.Window> windows = new ArrayList<>();
    for (int i = 0; i < (tests == 0 ? 0 : 10); i++) {
      Estimate some = new Estimate(0.2, 0.1, 0.3);
      windows.add(
          new PlacementQuality.Window(i * 100, i * 100 + 99, TIME.plusSeconds(i), 200, some, some));
    }
    return new PlacementQuality(
        "ho&me",
        1_000,
        200,
        quality(tests, 0.25),
        new PlacementQuality.Lists(800, 400, 100, 0.25, 0.75, tests == 0 ? Estimate.NONE : novelty),
        List.of(
            new PlacementQuality.Group("left", quality(tests, 0.2), novelty),
            new PlacementQuality.Group("right", quality(tests, 0.3), novelty)),
        List.of(
            new PlacementQuality.Group("default <2>", quality(tests, 0.3), novelty),
            new PlacementQuality.Group("default 1", quality(tests, 0.2), novelty)),
        Optional.of(new PlacementQuality.Group("3 before", quality(tests, 0.1), novelty)),
        tests == 0
            ? List.of()
            : List.of(
                new PlacementQuality.Source("knn", 10, 20, 30, new Estimate(1, 0.9, 1), 8_000, 1)),
        windows,
        List.of(
            new PlacementQuality.Activation(0, TIME, "default 1"),
            new PlacementQuality.Activation(500, TIME, "default <2>")),
        Optional.of(new Served("default", "<2>", "")),
        List.of(new PlacementQuality.Item("<b>bold</b>", 3, 2, 1)),
        List.of());
  }

  private static String page(long tests, Optional<ExampleStudy> study) throws IOException {
    ReplaySummary summary =
        new ReplaySummary(
            1_000,
            1_000,
            0,
            0,
            Map.of("EMPTY_ID", 2L),
            1,
            0,
            2,
            1,
            "<2>",
            "aa",
            "bb",
            Judging.next("ho&me", 0.2),
            Optional.empty(),
            Optional.empty(),
            new ReplayEvaluation(quality(tests, 0.1), List.of(placement(tests)), TIME));
    StringBuilder page = new StringBuilder();
    new ReplayReport(Map.of("Settings", Map.of("lists", "<next>")), summary, study)
        .page()
        .write(page);
    return page.toString();
  }

  @Test
  void tellsEverythingOnOnePageWithoutNetworkOrScripts() throws IOException {
    Histogram nanos = new Histogram(3);
    for (int i = 1; i <= 1_000; i++) {
      nanos.recordValue(10_000 + i * 10);
    }
    String page =
        page(
            700,
            Optional.of(
                new ExampleStudy(
                    700,
                    300,
                    300,
                    Optional.of(
                        new Calibration(
                            300,
                            List.of(
                                new Calibration.Bin(500, 0.01, new Estimate(0.02, 0, 0.04)),
                                new Calibration.Bin(50, 0.1, Estimate.withoutInterval(0)),
                                new Calibration.Bin(9, 0.5, new Estimate(0.4, 0.3, 0.5))))),
                    Optional.of(
                        new FeatureImportance(
                            "default <2>",
                            300,
                            0.4,
                            List.of(
                                new FeatureImportance.Feature(
                                    "knn_score", new Estimate(0.1, 0.05, 0.15))),
                            List.of("user_actions"),
                            nanos)),
                    "")));

    assertThat(page)
        .startsWith("<!DOCTYPE html>")
        .doesNotContain("<script", "http://", "https://", "src=", "NaN", "<b>bold")
        .contains("prefers-color-scheme: dark")
        .contains("0.2500", "0.2250 to 0.2750")
        .contains("&lt;b&gt;bold&lt;/b&gt;", "default &lt;2&gt;", "ho&amp;me", "&lt;next&gt;")
        .contains("3 before", "By variant", "warm-up", "EMPTY_ID")
        .contains("Reliability diagram", "knn_score", "user_actions", "p50 15.0 µs");
    assertThat(page.split("<svg", -1)).as("plots").hasSize(1 + 7);
  }

  @Test
  void saysHowToGetWhatNeedsExamples() throws IOException {
    assertThat(page(700, Optional.empty())).contains("./freshet replay FILE --examples");
    assertThat(
            page(
                700,
                Optional.of(
                    new ExampleStudy(
                        5, 0, 0, Optional.empty(), Optional.empty(), "No <model> ranks."))))
        .contains("No &lt;model&gt; ranks.")
        .doesNotContain("--examples");
  }

  @Test
  void aReplayThatJudgedNothingSaysSo() throws IOException {
    assertThat(page(0, Optional.empty()))
        .contains("Nothing was judged", "Too few tests", "No list had an item")
        .doesNotContain("NaN");
  }
}
