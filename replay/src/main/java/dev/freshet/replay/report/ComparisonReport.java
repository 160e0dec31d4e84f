package dev.freshet.replay.report;

import dev.freshet.evaluation.PairedRanks;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.replay.compare.ReplayComparison;
import dev.freshet.replay.plot.Axis;
import dev.freshet.replay.plot.BarPlot;
import dev.freshet.replay.plot.Element;
import dev.freshet.replay.plot.HtmlPage;
import dev.freshet.replay.plot.Numbers;
import dev.freshet.replay.plot.Plot;
import dev.freshet.replay.plot.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** {@code compare.html}: two replays side by side, for people. */
public final class ComparisonReport {

  private final ReplayComparison comparison;

  /**
   * @param comparison of two that can be compared
   */
  public ComparisonReport(ReplayComparison comparison) {
    this.comparison = comparison;
  }

  /** Writes the page; one of that name is replaced. */
  public void write(Path file) throws IOException {
    page().write(file);
  }

  HtmlPage page() {
    HtmlPage page =
        new HtmlPage(
            comparison.a() + " and " + comparison.b(),
            "Two replays of the same actions, compared test by test. A is %s, B is %s; a difference above 0 says that B is better."
                .formatted(comparison.a(), comparison.b()));
    for (ReplayComparison.Placement placement : comparison.placements()) {
      placement(page.section("Placement " + placement.name()), placement);
    }
    if (!comparison.onlyInOne().isEmpty()) {
      page.section("Not compared")
          .add(
              HtmlPage.paragraph(
                  "Placements that only one of the two has: "
                      + String.join(", ", comparison.onlyInOne())
                      + "."));
    }
    Element how = page.section("How it was compared");
    how.add(
        HtmlPage.paragraph(
            "The same actions judge the lists of both, so each is compared with itself. Intervals"
                + " and the p values beside them draw users anew, each with all of their tests,"
                + " 2,000 times with a fixed seed: tests of one user are alike. A p of 0.0010 is"
                + " the smallest that so many drawings can tell."),
        HtmlPage.paragraph(
            "For hit rates McNemar's test (mid-p) is told too. It takes tests for independent;"
                + " where it says less than the p value of the drawing, believe the drawing."),
        HtmlPage.paragraph(
            "Of many figures that are compared, one in twenty differs at p < 0.05 by chance alone:"
                + " decide before which one counts."));
    Table runs = new Table(Set.of(0, 1, 2), "", "A", "B");
    runs.row("folder", comparison.a().toString(), comparison.b().toString());
    comparison.settings().forEach((name, both) -> runs.row(name, both.a(), both.b()));
    page.section("What was run").add(runs.draw());
    return page;
  }

  private static void placement(Element section, ReplayComparison.Placement placement) {
    section.add(
        HtmlPage.paragraph(
            "%s tests of %s users."
                .formatted(Numbers.count(placement.tests()), Numbers.count(placement.users()))));
    double low = 0;
    double high = 0;
    for (PairedRanks.Comparison metric : placement.metrics()) {
      low = Math.min(low, least(metric));
      high = Math.max(high, most(metric));
    }
    BarPlot plot =
        new BarPlot(
            "Differences and their 95 % intervals",
            Axis.linear("B − A, with the 95 % interval", low, Math.max(high, low + 1e-4)),
            List.of(Plot.Colour.FIRST),
            placement.metrics().size());
    Table table =
        new Table(
            Set.of(0),
            "metric",
            "A",
            "B",
            "B − A",
            "95 %",
            "p",
            "McNemar's p",
            "hits of A alone",
            "of B alone");
    for (PairedRanks.Comparison metric : placement.metrics()) {
      plot.row(metric.metric().label(), metric.difference());
      boolean hits = metric.metric().kind() == RankMetric.Kind.HIT_RATE;
      table.row(
          metric.metric().label(),
          Numbers.share(metric.a()),
          Numbers.share(metric.b()),
          Numbers.signed(metric.difference().value()),
          Numbers.signedInterval(metric.difference()),
          Numbers.probability(metric.p()),
          hits ? Numbers.probability(metric.mcNemar()) : "",
          hits ? Numbers.count(metric.onlyA()) : "",
          hits ? Numbers.count(metric.onlyB()) : "");
    }
    section.add(plot.draw(), table.draw(), Element.of("h3", "What the lists show"));
    Table lists = new Table(Set.of(0), "", "A", "B", "B − A");
    placement
        .lists()
        .forEach(
            (name, both) ->
                lists.row(
                    name,
                    Numbers.share(both.a()),
                    Numbers.share(both.b()),
                    Numbers.signed(both.b() - both.a())));
    section.add(lists.draw());
  }

  private static double least(PairedRanks.Comparison metric) {
    return metric.difference().hasInterval()
        ? metric.difference().low()
        : metric.difference().value();
  }

  private static double most(PairedRanks.Comparison metric) {
    return metric.difference().hasInterval()
        ? metric.difference().high()
        : metric.difference().value();
  }
}
