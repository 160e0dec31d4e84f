package dev.freshet.bench.report;

import dev.freshet.bench.SoakResult;
import dev.freshet.bench.SoakResult.Sample;
import dev.freshet.bench.SoakResult.SeriesTrend;
import dev.freshet.bench.Trend;
import dev.freshet.evaluation.Estimate;
import dev.freshet.replay.plot.Axis;
import dev.freshet.replay.plot.Element;
import dev.freshet.replay.plot.HtmlPage;
import dev.freshet.replay.plot.LinePlot;
import dev.freshet.replay.plot.Numbers;
import dev.freshet.replay.plot.Plot;
import dev.freshet.replay.plot.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** {@code soak.html} of {@code bench soak}, for people. */
public final class SoakReport {

  private static final int MOST_POINTS = 1_000;

  private final SoakResult result;

  public SoakReport(SoakResult result) {
    this.result = result;
  }

  /** Writes the page; one of that name is replaced. */
  public void write(Path file) throws IOException {
    page().write(file);
  }

  HtmlPage page() {
    HtmlPage page =
        new HtmlPage(
            "Hours of steady load",
            String.format(
                Locale.ROOT,
                "%,.0f actions a second for %.2f hours, after %.1f minutes of warm-up: does"
                    + " anything grow?",
                result.settings().rate(),
                result.settings().hours(),
                result.settings().warmUpSeconds() / 60));
    verdict(page.section("Trends"));
    Element plots = page.section("Over time");
    for (SeriesTrend each : result.trends()) {
      plot(plots, each.series());
    }
    page.section("How it was measured")
        .add(
            HtmlPage.paragraph(
                "Users and items are fixed and were all there before the load began. A line is"
                    + " fitted to up to 30 blocks of the samples after the warm-up; a block counts"
                    + " with its median, the heap with its least value, as it falls to what is in"
                    + " use only now and then. A series grows if the 95 % interval of the slope"
                    + " lies above 0 and the growth over the run is more than a tenth of the"
                    + " mean."));
    page.section("Machine").add(BenchTables.machine(result.machine(), result.started()));
    return page;
  }

  private void verdict(Element section) {
    section.add(
        HtmlPage.paragraph(
            result.growing().isEmpty()
                ? "Nothing grows."
                : "Grows: "
                    + String.join(
                        ", ", result.growing().stream().map(each -> each.series().label()).toList())
                    + "."),
        HtmlPage.paragraph(
            "Of %s actions %s were not answered, and %s were answered more than once."
                .formatted(
                    Numbers.count(result.actions()),
                    Numbers.count(result.missing()),
                    Numbers.count(result.repeated()))));
    Table table =
        new Table(Set.of(0, 6), "series", "mean", "slope an hour", "95 %", "", "growth", "verdict");
    for (SeriesTrend each : result.trends()) {
      Trend trend = each.trend();
      table.row(
          each.series().label() + ", " + each.series().unit(),
          Numbers.plain(trend.mean()),
          Numbers.signed(trend.slope()),
          Numbers.signed(trend.low()),
          Numbers.signed(trend.high()),
          Numbers.percent(trend.growth()),
          Double.isNaN(trend.slope()) ? "too few samples" : trend.grows() ? "grows" : "steady");
    }
    section.add(table.draw());
  }

  private void plot(Element section, SoakResult.Series series) {
    List<Sample> known =
        result.samples().stream().filter(each -> Double.isFinite(series.of(each))).toList();
    if (known.isEmpty()) {
      return;
    }
    double high = known.stream().mapToDouble(series::of).max().orElseThrow();
    double end = known.get(known.size() - 1).seconds() / 3_600;
    int step = 1 + known.size() / MOST_POINTS;
    List<LinePlot.Point> points = new ArrayList<>();
    for (int sample = 0; sample < known.size(); sample += step) {
      Sample each = known.get(sample);
      points.add(
          new LinePlot.Point(
              each.seconds() / 3_600,
              Estimate.withoutInterval(series.of(each)),
              "%s %s".formatted(Numbers.plain(series.of(each)), series.unit())));
    }
    section.add(
        Element.of("h3", series.label()),
        new LinePlot(
                series.label() + " over time",
                Axis.tight("hours", 0, end),
                Axis.linear(series.unit(), 0, high))
            .shade(0, Math.min(end, result.settings().warmUpSeconds() / 3_600), "warm-up")
            .line(series.label(), Plot.Colour.FIRST, points)
            .draw());
  }
}
