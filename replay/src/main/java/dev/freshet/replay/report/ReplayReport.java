package dev.freshet.replay.report;

import dev.freshet.evaluation.Estimate;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.replay.judge.Calibration;
import dev.freshet.replay.judge.ExampleSample;
import dev.freshet.replay.judge.ExampleStudy;
import dev.freshet.replay.judge.FeatureImportance;
import dev.freshet.replay.judge.JudgedFile;
import dev.freshet.replay.judge.PlacementQuality;
import dev.freshet.replay.judge.Quality;
import dev.freshet.replay.plot.Axis;
import dev.freshet.replay.plot.BarPlot;
import dev.freshet.replay.plot.Element;
import dev.freshet.replay.plot.HistogramPlot;
import dev.freshet.replay.plot.HtmlPage;
import dev.freshet.replay.plot.LinePlot;
import dev.freshet.replay.plot.Numbers;
import dev.freshet.replay.plot.Plot;
import dev.freshet.replay.plot.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.HdrHistogram.DoubleHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** {@code report.html}: what a replay found, for people. */
public final class ReplayReport {

  /** Its name in a replay's folder. */
  public static final String NAME = "report.html";

  private static final int MOST_FEATURES = 20;
  private static final int MOST_BARS = 12;

  private static final String[] GROUP_HEAD = {
    "",
    "tests",
    "users",
    "hit rate@5",
    "hit rate@10",
    "95 %",
    "hit rate@20",
    "MRR@10",
    "95 %",
    "NDCG@10",
    "95 %",
    "novelty (bits)"
  };

  private final Map<String, Map<String, String>> facts;
  private final ReplaySummary summary;
  private final Optional<ExampleStudy> study;
  private final PlacementQuality main;

  /**
   * @param facts what was run: groups of names with their values
   * @param study empty if the replay has no training examples
   */
  public ReplayReport(
      Map<String, Map<String, String>> facts, ReplaySummary summary, Optional<ExampleStudy> study) {
    this.facts = facts;
    this.summary = summary;
    this.study = study;
    this.main = summary.evaluation().placement(summary.judging().placement());
  }

  /** Writes the page; one of that name is replaced. */
  public void write(Path file) throws IOException {
    page().write(file);
  }

  HtmlPage page() {
    HtmlPage page =
        new HtmlPage(
            "Replay of " + Numbers.count(summary.actions()) + " actions",
            "How good the recommended lists of placement %s were, judged by what users did next."
                .formatted(main.placement()));
    headline(page.section("Result"));
    overTime(page.section("Over time"));
    sources(page.section("Candidate sources"));
    groups(page.section("Placements, variants and models"));
    items(page.section("Items"));
    calibration(page.section("Calibration"));
    importance(page.section("Feature importance"));
    scoringTime(page.section("Time to score a list"));
    run(page.section("What was run"));
    return page;
  }

  private void headline(Element section) {
    Quality quality = main.overall();
    if (quality.tests() == 0) {
      section.add(
          HtmlPage.paragraph(
                  "Nothing was judged: no user has acted twice behind the warm-up, or"
                      + " --exclude-seen leaves no action. Replay more actions, or a shorter"
                      + " --warmup.")
              .with("class", "warning"));
      return;
    }
    Element cards = Element.of("div").with("class", "cards");
    for (RankMetric metric :
        List.of(RankMetric.HIT_RATE_10, RankMetric.MRR_10, RankMetric.NDCG_10)) {
      Estimate estimate = quality.of(metric);
      cards.add(
          card(
              metric.label(),
              Numbers.share(estimate.value()),
              "%s to %s".formatted(Numbers.share(estimate.low()), Numbers.share(estimate.high()))));
    }
    cards.add(
        card(
            "Coverage@10",
            Numbers.percent(main.lists().coverage()),
            "%s of %s items"
                .formatted(
                    Numbers.count(main.lists().itemsShown()),
                    Numbers.count(main.lists().itemsKnown()))));
    section.add(
        cards,
        HtmlPage.paragraph(
            "%s actions of %s users judged a list%s. The ranges hold the true figure with 95 %% confidence, users being drawn at random: tests of one user are alike, so users are counted, not tests."
                .formatted(
                    Numbers.count(quality.tests()), Numbers.count(quality.users()), warmup())),
        HtmlPage.paragraph(
            summary.judging().asked()
                ? "Each list was asked for a millisecond before the action that judges it."
                : "Each list answered the user's action before the one that judges it."));
    Table table = new Table(Set.of(0), "metric", "at 5", "95 %", "at 10", "95 %", "at 20", "95 %");
    for (RankMetric.Kind kind : RankMetric.Kind.values()) {
      List<String> cells = new ArrayList<>();
      for (RankMetric metric : RankMetric.values()) {
        if (metric.kind() == kind) {
          if (cells.isEmpty()) {
            cells.add(metric.label().replaceFirst("@.*", ""));
          }
          cells.add(Numbers.share(quality.of(metric).value()));
          cells.add(range(quality.of(metric)));
        }
      }
      table.row(cells.toArray(String[]::new));
    }
    section.add(table.draw());
    Estimate novelty = main.lists().novelty();
    section.add(
        HtmlPage.paragraph(
            "With one wanted item, recall is the hit rate. The first ten of %s lists hold %s different items; the Gini index of how often each was shown is %s (0: all as often; 1: one has it all). Their novelty is %s bits [%s, %s]: an item of that novelty had one of %s actions before."
                .formatted(
                    Numbers.count(main.lists().number()),
                    Numbers.count(main.lists().itemsShown()),
                    Numbers.plain(main.lists().gini()),
                    Numbers.plain(novelty.value()),
                    Numbers.plain(novelty.low()),
                    Numbers.plain(novelty.high()),
                    Numbers.count(Math.round(Math.pow(2, novelty.value()))))));
  }

  private String warmup() {
    return main.warmupActions() == 0
        ? ""
        : ", after a warm-up of " + Numbers.count(main.warmupActions()) + " actions";
  }

  private static Element card(String name, String value, String below) {
    return Element.of(
            "div", Element.of("span", name), Element.of("b", value), Element.of("span", below))
        .with("class", "card");
  }

  private static String range(Estimate estimate) {
    return estimate.hasInterval()
        ? Numbers.share(estimate.low()) + "–" + Numbers.share(estimate.high())
        : Numbers.UNKNOWN;
  }

  private void overTime(Element section) {
    List<PlacementQuality.Window> windows = main.windows();
    if (windows.size() < 2) {
      section.add(HtmlPage.paragraph("Too few tests for a line: a window has 200 of them."));
      return;
    }
    section.add(
        HtmlPage.paragraph(
            "Windows of %s tests each, that overlap by three quarters, over the number of actions; the bands are 95 %% intervals.%s"
                .formatted(
                    Numbers.count(windows.get(0).tests()),
                    main.activations().size() > 1
                        ? " The dashed lines are where a model made its first list."
                        : "")));
    List<LinePlot.Point> hits = new ArrayList<>();
    List<LinePlot.Point> ranks = new ArrayList<>();
    Table table = new Table(Set.of(0), "until", "actions", "hit rate@10", "95 %", "MRR@10", "95 %");
    double highest = 0;
    for (PlacementQuality.Window window : windows) {
      String hint =
          "actions %s to %s, until %s: "
              .formatted(
                  Numbers.count(window.from() + 1), Numbers.count(window.to() + 1), day(window));
      hits.add(
          new LinePlot.Point(
              window.to() + 1,
              window.hitRateAt10(),
              hint + "hit rate@10 " + Numbers.withInterval(window.hitRateAt10())));
      ranks.add(
          new LinePlot.Point(
              window.to() + 1,
              window.mrrAt10(),
              hint + "MRR@10 " + Numbers.withInterval(window.mrrAt10())));
      highest = Math.max(highest, window.hitRateAt10().high());
      table.row(
          day(window),
          "%s–%s".formatted(Numbers.count(window.from() + 1), Numbers.count(window.to() + 1)),
          Numbers.share(window.hitRateAt10().value()),
          range(window.hitRateAt10()),
          Numbers.share(window.mrrAt10().value()),
          range(window.mrrAt10()));
    }
    LinePlot plot =
        new LinePlot(
                "Hit rate@10 and MRR@10 over the actions",
                Axis.tight("actions", 0, main.actions()),
                Axis.linear("mean of the window", 0, Math.max(highest, 0.01)))
            .line("Hit rate@10", Plot.Colour.FIRST, hits)
            .line("MRR@10", Plot.Colour.SECOND, ranks);
    if (main.warmupActions() > 0) {
      plot.shade(0, main.warmupActions(), "warm-up");
    }
    main.activations().stream()
        .skip(1)
        .forEach(activation -> plot.mark(activation.action(), activation.model()));
    section.add(plot.draw(), table.folded("The windows as a table"));
    if (main.activations().size() > 1) {
      Table models = new Table(Set.of(0, 2), "model", "first list for action", "about");
      main.activations()
          .forEach(
              activation ->
                  models.row(
                      activation.model(),
                      Numbers.count(activation.action() + 1),
                      activation.about().toString()));
      section.add(models.folded("When models began to serve"));
    }
  }

  private static String day(PlacementQuality.Window window) {
    return LocalDate.ofInstant(window.until(), ZoneOffset.UTC).toString();
  }

  private void sources(Element section) {
    List<PlacementQuality.Source> sources = main.sources();
    if (sources.isEmpty()) {
      section.add(HtmlPage.paragraph("No list had an item."));
      return;
    }
    section.add(
        HtmlPage.paragraph(
            "Who had proposed the items that were hit among the first ten, and who got these"
                + " places. An item that several sources proposed counts for the first of them, in"
                + " the order of the configuration."));
    BarPlot plot =
        new BarPlot(
                "Share of hits and of places by source",
                Axis.linear("share", 0, highestShare(sources)),
                List.of(Plot.Colour.FIRST, Plot.Colour.SECOND),
                Math.min(MOST_BARS, sources.size()))
            .legend("Share of the hits@10", "Share of the places@10");
    Table table =
        new Table(
            Set.of(0),
            "source",
            "hits@5",
            "@10",
            "@20",
            "share of hits@10",
            "95 %",
            "places@10",
            "share",
            "hits per 1,000");
    for (PlacementQuality.Source source : sources) {
      table.row(
          source.name(),
          Numbers.count(source.hits5()),
          Numbers.count(source.hits10()),
          Numbers.count(source.hits20()),
          Numbers.percent(source.shareOfHits().value()),
          source.shareOfHits().hasInterval()
              ? "%.1f–%.1f %%"
                  .formatted(100 * source.shareOfHits().low(), 100 * source.shareOfHits().high())
              : Numbers.UNKNOWN,
          Numbers.count(source.places()),
          Numbers.percent(source.shareOfPlaces()),
          Numbers.plain(1000.0 * source.hits10() / source.places()));
    }
    sources.stream()
        .limit(MOST_BARS)
        .forEach(
            source ->
                plot.row(
                    source.name(),
                    source.shareOfHits(),
                    Estimate.withoutInterval(source.shareOfPlaces())));
    section.add(plot.draw(), table.draw());
  }

  private static double highestShare(List<PlacementQuality.Source> sources) {
    double highest = 0.01;
    for (PlacementQuality.Source source : sources) {
      if (source.shareOfHits().hasInterval()) {
        highest = Math.max(highest, source.shareOfHits().high());
      }
      if (Double.isFinite(source.shareOfPlaces())) {
        highest = Math.max(highest, source.shareOfPlaces());
      }
    }
    return highest;
  }

  private void groups(Element section) {
    Table placements = new Table(Set.of(0), GROUP_HEAD);
    for (PlacementQuality placement : summary.evaluation().placements()) {
      row(placements, placement.placement(), placement.overall(), placement.lists().novelty());
    }
    section.add(Element.of("h3", "By placement"), placements.draw());
    boolean split = main.variants().size() > 1;
    if (split) {
      section.add(
          Element.of("h3", "By variant"),
          rows(main.variants()).draw(),
          bars("Hit rate@10 by variant", main.variants()));
    }
    section.add(Element.of("h3", "By model"));
    Table versions = rows(main.versions());
    main.otherVersions()
        .ifPresent(other -> row(versions, other.name(), other.quality(), other.novelty()));
    if (main.versions().size() > 1) {
      section.add(
          bars(
              "Hit rate@10 by model, the latest first",
              main.versions().subList(0, Math.min(MOST_BARS, main.versions().size()))));
    }
    section.add(versions.draw());
    if (main.versions().size() > 1) {
      section.add(
          HtmlPage.paragraph(
              "Models that served at different times met different actions: what differs between"
                  + " them is not due to them alone."));
    }
  }

  private static Table rows(List<PlacementQuality.Group> groups) {
    Table table = new Table(Set.of(0), GROUP_HEAD);
    groups.forEach(group -> row(table, group.name(), group.quality(), group.novelty()));
    return table;
  }

  private static void row(Table table, String name, Quality quality, Estimate novelty) {
    table.row(
        name.isEmpty() ? "(none)" : name,
        Numbers.count(quality.tests()),
        Numbers.count(quality.users()),
        Numbers.share(quality.of(RankMetric.HIT_RATE_10).value()),
        range(quality.of(RankMetric.HIT_RATE_10)),
        Numbers.share(quality.of(RankMetric.HIT_RATE_20).value()),
        Numbers.share(quality.of(RankMetric.MRR_10).value()),
        range(quality.of(RankMetric.MRR_10)),
        Numbers.share(quality.of(RankMetric.NDCG_10).value()),
        Numbers.plain(novelty.value()));
  }

  private static Element bars(String title, List<PlacementQuality.Group> groups) {
    double highest = 0.01;
    for (PlacementQuality.Group group : groups) {
      Estimate estimate = group.quality().of(RankMetric.HIT_RATE_10);
      highest = estimate.hasInterval() ? Math.max(highest, estimate.high()) : highest;
    }
    BarPlot plot =
        new BarPlot(
            title,
            Axis.linear("hit rate@10", 0, highest),
            List.of(Plot.Colour.FIRST),
            groups.size());
    groups.forEach(
        group ->
            plot.row(
                group.name().isEmpty() ? "(none)" : group.name(),
                group.quality().of(RankMetric.HIT_RATE_10)));
    return plot.draw();
  }

  private void items(Element section) {
    section.add(
        Element.of("h3", "Shown most"),
        HtmlPage.paragraph("How often an item was among the first ten of a list."),
        mostShown().draw(),
        Element.of("h3", "Wanted, and never shown"));
    if (main.neverShown().isEmpty()) {
      section.add(HtmlPage.paragraph("Every item that a test asked for was shown at least once."));
    } else {
      section.add(
          HtmlPage.paragraph(
              "The items that tests asked for most often of those that were never among the first"
                  + " ten of any list."),
          neverShown().draw());
    }
  }

  private Table mostShown() {
    Table table =
        new Table(Set.of(0), "item", "shown", "share of lists", "wanted by tests", "actions");
    for (PlacementQuality.Item item : main.mostShown()) {
      table.row(
          item.id(),
          Numbers.count(item.shown()),
          Numbers.percent((double) item.shown() / main.lists().number()),
          Numbers.count(item.wanted()),
          Numbers.count(item.actions()));
    }
    return table;
  }

  private Table neverShown() {
    Table table = new Table(Set.of(0), "item", "wanted by tests", "actions");
    for (PlacementQuality.Item item : main.neverShown()) {
      table.row(item.id(), Numbers.count(item.wanted()), Numbers.count(item.actions()));
    }
    return table;
  }

  /** Tells how to get examples if there are none. */
  private Element noExamples() {
    if (study.isEmpty()) {
      return HtmlPage.paragraph(
          "This needs training examples, the features and scores of the candidates. ",
          Element.of("code", "./freshet replay FILE --examples"),
          " keeps them.");
    }
    if (!study.get().withoutImportance().isEmpty()) {
      return HtmlPage.paragraph(study.get().withoutImportance());
    }
    return HtmlPage.paragraph(
        "None of the %s training examples of placement %s behind the warm-up holds the item that was wanted."
            .formatted(Numbers.count(study.get().lists()), main.placement()));
  }

  private static String sample(ExampleStudy study) {
    return "%s lists, %sof the %s whose remembered candidates hold the item that was wanted next (of %s in all)."
        .formatted(
            Numbers.count(study.sampled()),
            study.answered() > study.sampled()
                ? "a sample of at most %s, spread evenly, "
                    .formatted(Numbers.count(ExampleSample.MOST_LISTS))
                : "",
            Numbers.count(study.answered()),
            Numbers.count(study.lists()));
  }

  private void calibration(Element section) {
    Optional<Calibration> found = study.flatMap(ExampleStudy::calibration);
    if (found.isEmpty()) {
      section.add(noExamples());
      return;
    }
    section.add(
        HtmlPage.paragraph(
            "The softmax of a list's scores says how likely each candidate is the wanted one, if"
                + " one of them is. On the dotted line it is right; below, the model is too sure."
                + " Only the order decides what is shown: a model may be badly calibrated and rank"
                + " well. "
                + sample(study.get())));
    List<LinePlot.Point> points = new ArrayList<>();
    Table table =
        new Table(Set.of(), "foreseen", "observed", "95 %", "observed / foreseen", "candidates");
    double low = 1;
    double high = 0;
    for (Calibration.Bin bin : found.get().bins()) {
      Estimate observed = bin.observed();
      table.row(
          Numbers.share(bin.foreseen()),
          Numbers.share(observed.value()),
          range(observed),
          Numbers.plain(observed.value() / bin.foreseen()),
          Numbers.count(Math.round(bin.candidates())));
      if (bin.foreseen() > 0 && observed.value() > 0) {
        points.add(
            new LinePlot.Point(
                bin.foreseen(),
                observed,
                "foreseen %s, observed %s"
                    .formatted(Numbers.share(bin.foreseen()), Numbers.withInterval(observed))));
        low = Math.min(low, Math.min(bin.foreseen(), observed.value()));
        high = Math.max(high, Math.max(bin.foreseen(), observed.value()));
      }
    }
    if (points.size() > 1) {
      section.add(
          new LinePlot(
                  "Reliability diagram: observed against foreseen frequency",
                  Axis.log("foreseen: mean of the softmax (logarithmic)", low, high),
                  Axis.log("observed: share that was wanted (logarithmic)", low, high))
              .diagonal()
              .points("Ten groups of as many foreseen hits", Plot.Colour.FIRST, points)
              .draw());
    }
    section.add(table.draw());
  }

  private void importance(Element section) {
    Optional<FeatureImportance> found = study.flatMap(ExampleStudy::importance);
    if (found.isEmpty()) {
      section.add(noExamples());
      return;
    }
    FeatureImportance importance = found.get();
    section.add(
        HtmlPage.paragraph(
            "How far the mean reciprocal rank of the wanted item falls when a feature's values are shuffled among the candidates of a list, by model %s, which has %s with nothing shuffled. It says what this model uses: of two features that say the same, each may do without the other. "
                    .formatted(importance.model(), Numbers.share(importance.mrr()))
                + sample(study.get())));
    List<FeatureImportance.Feature> features = importance.features();
    List<FeatureImportance.Feature> shown =
        features.subList(0, Math.min(MOST_FEATURES, features.size()));
    double low = 0;
    double high = 0.001;
    for (FeatureImportance.Feature feature : shown) {
      Estimate fall = feature.fall();
      low = Math.min(low, fall.hasInterval() ? fall.low() : fall.value());
      high = Math.max(high, fall.hasInterval() ? fall.high() : fall.value());
    }
    BarPlot plot =
        new BarPlot(
            "Fall of MRR by feature",
            Axis.linear("fall of MRR", low, high),
            List.of(Plot.Colour.FIRST),
            shown.size());
    shown.forEach(feature -> plot.row(feature.name(), feature.fall()));
    Table table = new Table(Set.of(0), "feature", "fall of MRR", "95 %");
    features.forEach(
        feature ->
            table.row(
                feature.name(),
                Numbers.signed(feature.fall().value()),
                Numbers.signedInterval(feature.fall())));
    section.add(plot.draw(), table.folded("All %d features as a table".formatted(features.size())));
    if (!importance.constant().isEmpty()) {
      section.add(
          HtmlPage.paragraph(
              "Not to be told so, as they are the same for all candidates of a list: "
                  + String.join(", ", importance.constant())
                  + "."));
    }
  }

  private void scoringTime(Element section) {
    section.add(
        HtmlPage.paragraph(
            "A replay reads as fast as it can, so the time from an action to its list means nothing"
                + " here; of a running job the metrics end_to_end_ms and rank_us tell it."));
    Optional<FeatureImportance> found = study.flatMap(ExampleStudy::importance);
    if (found.isEmpty()) {
      return;
    }
    Histogram nanos = found.get().scoringNanos();
    section.add(
        HtmlPage.paragraph(
            "What was measured: the model scoring each list of the sample once more, on this"
                + " machine, on one thread, after the replay. The sample holds the candidates that"
                + " the example remembers, fewer than the job has scored."));
    DoubleHistogram micros = new DoubleHistogram(3);
    nanos.recordedValues().forEach(value -> record(micros, value));
    double low = Math.max(0.1, micros.getValueAtPercentile(0.5));
    double high = Math.max(low * 2, micros.getValueAtPercentile(99.5));
    double factor = Math.pow(high / low, 1.0 / 40);
    List<double[]> bars = new ArrayList<>();
    double tallest = 1;
    for (int i = 0; i < 40; i++) {
      double from = low * Math.pow(factor, i);
      double count = micros.getCountBetweenValues(from, from * factor * 0.9999);
      bars.add(new double[] {from, from * factor, count});
      tallest = Math.max(tallest, count);
    }
    HistogramPlot plot =
        new HistogramPlot(
            "Time to score a list",
            Axis.log("microseconds (logarithmic)", low, high),
            Axis.linear("lists", 0, tallest));
    bars.forEach(bar -> plot.bar(bar[0], bar[1], (long) bar[2]));
    Table table = new Table(Set.of(), "p50", "p90", "p99", "highest");
    table.row(
        micros(micros.getValueAtPercentile(50)),
        micros(micros.getValueAtPercentile(90)),
        micros(micros.getValueAtPercentile(99)),
        micros(micros.getMaxValue()));
    plot.mark(micros.getValueAtPercentile(50), "p50 " + micros(micros.getValueAtPercentile(50)));
    plot.mark(micros.getValueAtPercentile(99), "p99 " + micros(micros.getValueAtPercentile(99)));
    section.add(plot.draw(), table.draw());
  }

  private static void record(DoubleHistogram micros, HistogramIterationValue value) {
    micros.recordValueWithCount(
        Math.max(0.001, value.getValueIteratedTo() / 1e3), value.getCountAtValueIteratedTo());
  }

  private static String micros(double value) {
    return String.format(Locale.ROOT, "%,.1f µs", value);
  }

  private void run(Element section) {
    Table counts = new Table(Set.of(0), "what", "number");
    counts.row("actions", Numbers.count(summary.actions()));
    counts.row("recommendations", Numbers.count(summary.recommendations()));
    counts.row(
        "repeated recommendations, dropped", Numbers.count(summary.repeatedRecommendations()));
    counts.row("conflicting recommendations", Numbers.count(summary.conflictingRecommendations()));
    counts.row("duplicates, dropped", Numbers.count(summary.duplicates()));
    counts.row("late actions", Numbers.count(summary.late()));
    counts.row("dead letters", Numbers.count(summary.deadLetters()));
    new TreeMap<>(summary.deadLettersByReason())
        .forEach((reason, count) -> counts.row("– " + reason, Numbers.count(count)));
    section.add(Element.of("h3", "Counts"), counts.draw());
    facts.forEach(
        (group, values) -> {
          Table table = new Table(Set.of(0, 1), "what", "value");
          values.forEach(table::row);
          section.add(Element.of("h3", group), table.draw());
        });
    section.add(
        HtmlPage.paragraph(
            "Beside this page are summary.json, with these figures for programs, and ",
            Element.of("code", JudgedFile.NAME),
            ", with every test. ",
            Element.of("code", "./freshet replay compare A B"),
            " compares two folders."));
  }
}
