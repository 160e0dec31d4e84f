package dev.freshet.bench.report;

import dev.freshet.bench.Measured;
import dev.freshet.bench.ThroughputResult;
import dev.freshet.bench.ThroughputResult.DrainResult;
import dev.freshet.bench.ThroughputResult.PointResult;
import dev.freshet.bench.ThroughputSettings;
import dev.freshet.bench.ThroughputSettings.Point;
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
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** {@code throughput.html} of {@code bench throughput}, for people. */
public final class ThroughputReport {

  /** One of the things that were varied. */
  private enum Dimension {
    CANDIDATES("candidates", Point::candidates, ThroughputSettings::candidates),
    ITEMS("items", Point::items, ThroughputSettings::items),
    USERS("users", Point::users, ThroughputSettings::users),
    PARALLELISM("parallelism", Point::parallelism, ThroughputSettings::parallelism);

    private final String label;
    private final ToDoubleFunction<Point> of;
    private final Function<ThroughputSettings, List<Integer>> values;

    Dimension(
        String label,
        ToDoubleFunction<Point> of,
        Function<ThroughputSettings, List<Integer>> values) {
      this.label = label;
      this.of = of;
      this.values = values;
    }
  }

  private final ThroughputResult result;

  public ThroughputReport(ThroughputResult result) {
    this.result = result;
  }

  /** Writes the page; one of that name is replaced. */
  public void write(Path file) throws IOException {
    page().write(file);
  }

  HtmlPage page() {
    HtmlPage page =
        new HtmlPage(
            "Lists a second",
            "How fast a backlog is worked off, as after an outage: from Kafka through the whole"
                + " product to Kafka. Measured on one machine, everything included.");
    points(page.section("Medians"));
    for (Dimension dimension : Dimension.values()) {
      if (dimension.values.apply(result.settings()).stream().distinct().count() > 1) {
        page.section("By " + dimension.label).add(plot(dimension));
      }
    }
    if (result.settings().paced() != null) {
      paced(page.section("The highest steady rate"), result.settings().paced());
    }
    drains(page.section("Every drain"));
    page.section("How it was measured")
        .add(
            HtmlPage.paragraph(
                "The job is stopped with a checkpoint, %s actions are written, a thousand a second by their event times, and the job goes on from the checkpoint in the same process. Lists a second count from the first list that is read to the last. The first %d drains of a job don't count."
                    .formatted(
                        Numbers.count(result.settings().backlog()), result.settings().warmUps())),
            HtmlPage.paragraph(
                "The middle leaves out the first and the last twentieth: with a delay, the last"
                    + " lists of a backlog wait for half a second until it is certain that nothing"
                    + " more comes. CPU is processor seconds of the job's process, from when the"
                    + " job runs."));
    page.section("Machine").add(BenchTables.machine(result.machine(), result.started()));
    return page;
  }

  private void points(Element section) {
    Table table =
        new Table(
            Set.of(4),
            "candidates",
            "items",
            "users",
            "parallelism",
            "state",
            "max-delay",
            "lists/s",
            "from",
            "to",
            "CPU ms a list",
            "features",
            "paced/s");
    for (PointResult each : result.points()) {
      table.row(
          Numbers.count(each.point().candidates()),
          Numbers.count(each.point().items()),
          Numbers.count(each.point().users()),
          Numbers.count(each.point().parallelism()),
          each.point().stateBackend().label(),
          each.maxDelay(),
          rate(each.listsPerSecond()),
          rate(each.lowest()),
          rate(each.highest()),
          Numbers.plain(each.cpuMillisPerList()),
          Integer.toString(each.modelFeatures()),
          each.paced() == null ? Numbers.UNKNOWN : rate(each.paced().rate()));
    }
    section.add(table.draw());
  }

  private static String rate(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%,.0f", value) : "none";
  }

  private Element plot(Dimension dimension) {
    List<PointResult> varied =
        result.points().stream()
            .filter(each -> onlyDiffersIn(each.point(), dimension))
            .sorted(Comparator.comparingDouble(each -> dimension.of.applyAsDouble(each.point())))
            .toList();
    double low = dimension.of.applyAsDouble(varied.get(0).point());
    double high = dimension.of.applyAsDouble(varied.get(varied.size() - 1).point());
    double most = varied.stream().mapToDouble(PointResult::highest).max().orElseThrow();
    LinePlot plot =
        new LinePlot(
            "Lists a second by " + dimension.label,
            dimension == Dimension.PARALLELISM
                ? Axis.linear(dimension.label, low, high)
                : Axis.log(dimension.label, low, high),
            Axis.linear("lists/s", 0, most));
    int series = 0;
    for (String maxDelay : result.settings().maxDelays()) {
      List<LinePlot.Point> points = new ArrayList<>();
      for (PointResult each : varied) {
        if (each.maxDelay().equals(maxDelay)) {
          points.add(
              new LinePlot.Point(
                  dimension.of.applyAsDouble(each.point()),
                  new Estimate(each.listsPerSecond(), each.lowest(), each.highest()),
                  "%s: %s lists/s".formatted(maxDelay, rate(each.listsPerSecond()))));
        }
      }
      plot.line("max-delay " + maxDelay, Plot.Colour.of(series++), points);
    }
    return plot.draw();
  }

  private boolean onlyDiffersIn(Point point, Dimension dimension) {
    Point base = result.points().get(0).point();
    if (point.stateBackend() != base.stateBackend()) {
      return false;
    }
    for (Dimension other : Dimension.values()) {
      if (other != dimension && other.of.applyAsDouble(point) != other.of.applyAsDouble(base)) {
        return false;
      }
    }
    return true;
  }

  private void paced(Element section, ThroughputSettings.Paced pacing) {
    section.add(
        HtmlPage.paragraph(
            "The highest rate at which 99 of 100 lists come within %s ms, to a tenth; windows of %s s."
                .formatted(Numbers.tick(pacing.boundMillis()), Numbers.tick(pacing.seconds()))));
    Table table = new Table(Set.of(0, 5), "job", "actions/s", "p50 ms", "p99", "p99.9", "kept up");
    for (PointResult each : result.points()) {
      for (Measured window : each.paced().windows()) {
        table.row(
            name(each),
            rate(window.rate()),
            Numbers.plain(window.latencyMillis().p50()),
            Numbers.plain(window.latencyMillis().p99()),
            Numbers.plain(window.latencyMillis().p999()),
            window.sustained() ? "yes" : "no");
      }
    }
    section.add(table.draw());
  }

  private static String name(PointResult result) {
    Point point = result.point();
    return String.format(
        Locale.ROOT,
        "%,d candidates, %,d items, %,d users, parallelism %d, %s, %s",
        point.candidates(),
        point.items(),
        point.users(),
        point.parallelism(),
        point.stateBackend().label(),
        result.maxDelay());
  }

  private void drains(Element section) {
    Table table =
        new Table(
            Set.of(0, 1),
            "job",
            "",
            "lists",
            "not answered",
            "s",
            "lists/s",
            "in the middle",
            "candidates",
            "rank µs",
            "ONNX µs",
            "CPU Flink",
            "broker",
            "Redis",
            "generator",
            "MB/s allocated",
            "longest GC pause ms",
            "replica MB",
            "state MB");
    for (PointResult each : result.points()) {
      for (DrainResult drain : each.drains()) {
        table.row(
            name(each),
            drain.warmUp() ? "warming up" : "",
            Numbers.count(drain.lists()),
            Numbers.count(drain.missing()),
            Numbers.plain(drain.seconds()),
            rate(drain.listsPerSecond()),
            rate(drain.middleListsPerSecond()),
            Numbers.plain(drain.candidates()),
            Numbers.plain(drain.rankMicros()),
            Numbers.plain(drain.onnxMicros()),
            Numbers.plain(drain.cpu().flink()),
            Numbers.plain(drain.cpu().broker()),
            Numbers.plain(drain.cpu().redis()),
            Numbers.plain(drain.cpu().generator()),
            Numbers.plain(drain.allocatedMegabytesPerSecond()),
            Long.toString(drain.pauses().longestMillis()),
            Numbers.plain(drain.replicaBytes() / 1e6),
            Numbers.plain(drain.stateBytes() / 1e6));
      }
    }
    section.add(table.draw());
  }
}
