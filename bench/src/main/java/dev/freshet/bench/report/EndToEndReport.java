package dev.freshet.bench.report;

import dev.freshet.bench.EndToEndResult;
import dev.freshet.bench.Latency;
import dev.freshet.bench.Measured;
import dev.freshet.bench.Timeline;
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
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** {@code bench.html} of {@code bench e2e}, for people. */
public final class EndToEndReport {

  private final EndToEndResult result;

  public EndToEndReport(EndToEndResult result) {
    this.result = result;
  }

  /** Writes the page; one of that name is replaced. */
  public void write(Path file) throws IOException {
    page().write(file);
  }

  HtmlPage page() {
    HtmlPage page =
        new HtmlPage(
            "Latency at steady rates",
            "From when an action was to be sent until its list was read, through Kafka and Flink,"
                + " beside a floor: a Flink job that reads, counts and writes the same records."
                + " Measured on one machine, the load generator included.");
    medians(page.section("Medians"));
    for (double rate : result.settings().rates()) {
      Element section = page.section(rate(rate));
      curves(section, rate);
      moments(section, rate);
    }
    windows(page.section("Every window"));
    how(page.section("How it was measured"));
    page.section("Machine and settings")
        .add(BenchTables.machine(result.machine(), result.started()), settings());
    return page;
  }

  private static String rate(double rate) {
    return String.format(Locale.ROOT, "%,.0f actions a second", rate);
  }

  private void medians(Element section) {
    Table table =
        new Table(
            Set.of(1, 11),
            "actions/s",
            "job",
            "p50 ms",
            "p90",
            "p99",
            "p99.9",
            "longest",
            "lag p50",
            "lag p99",
            "late",
            "CPU",
            "kept up");
    for (EndToEndResult.Medians each : result.medians()) {
      table.row(
          String.format(Locale.ROOT, "%,.0f", each.rate()),
          each.variant(),
          Numbers.plain(each.p50()),
          Numbers.plain(each.p90()),
          Numbers.plain(each.p99()),
          Numbers.plain(each.p999()),
          Numbers.plain(each.max()),
          Numbers.plain(each.watermarkLagP50()),
          Numbers.plain(each.watermarkLagP99()),
          Numbers.percent(each.lateShare()),
          Numbers.plain(each.flinkCpu()),
          keptUp(each));
    }
    section.add(
        table.draw(),
        HtmlPage.paragraph(
            "Medians of the windows of a rate. Lag is the watermark's, in ms; late, the share of"
                + " actions that came behind it; CPU, processor seconds a second of the Flink"
                + " process. Kept up: in how many windows the job did; one that didn't in most of a"
                + " rate's is left out at higher ones."));
    Table ratios = new Table(Set.of(1), "actions/s", "job", "p50", "p99", "p99.9");
    for (EndToEndResult.Ratio ratio : result.ratios()) {
      ratios.row(
          String.format(Locale.ROOT, "%,.0f", ratio.rate()),
          ratio.variant(),
          Numbers.plain(ratio.p50()),
          Numbers.plain(ratio.p99()),
          Numbers.plain(ratio.p999()));
    }
    section.add(Element.of("h3", "Times the floor's"), ratios.draw());
  }

  private static String keptUp(EndToEndResult.Medians medians) {
    if (medians.windows() == 0) {
      return "left out";
    }
    return "%d of %d%s%s"
        .formatted(
            medians.sustained(),
            medians.windows(),
            medians.missing() == 0 ? "" : ", " + medians.missing() + " not answered",
            medians.repeated() == 0 ? "" : ", " + medians.repeated() + " answered twice");
  }

  private void curves(Element section, double rate) {
    double low = Double.MAX_VALUE;
    double high = 0;
    double highest = 0;
    List<String> without = new ArrayList<>();
    List<List<LinePlot.Point>> lines = new ArrayList<>();
    for (EndToEndResult.Job job : result.variants()) {
      List<Measured> windows = kept(rate, job.name());
      List<LinePlot.Point> line = new ArrayList<>();
      if (windows.isEmpty()) {
        without.add(job.name());
      } else {
        for (int level = 0; level < windows.get(0).curve().size(); level++) {
          double percentile = windows.get(0).curve().get(level).percentile();
          double[] millis = at(windows, level);
          low = Math.min(low, millis[0]);
          high = Math.max(high, millis[millis.length - 1]);
          highest = Math.max(highest, percentile);
          line.add(point(job.name(), percentile, millis));
        }
      }
      lines.add(line);
    }
    if (high > 0) {
      LinePlot plot =
          new LinePlot(
              "Latency against percentile at " + rate(rate),
              Axis.percentiles("percentile", highest),
              Axis.log("ms", Math.max(low, 0.01), high));
      for (int job = 0; job < lines.size(); job++) {
        if (!lines.get(job).isEmpty()) {
          plot.line(result.variants().get(job).name(), Plot.Colour.of(job), lines.get(job));
        }
      }
      section.add(
          plot.draw(),
          HtmlPage.paragraph(
              "Lines are medians of the windows, bands reach from the least to the greatest of"
                  + " them."));
    }
    if (!without.isEmpty()) {
      section.add(
          HtmlPage.paragraph("Did not keep up in any window: " + String.join(", ", without) + ".")
              .with("class", "warning"));
    }
  }

  private List<Measured> kept(double rate, String variant) {
    return result.windows().stream()
        .filter(each -> each.rate() == rate && each.variant().equals(variant))
        .map(EndToEndResult.Window::measured)
        .filter(each -> each != null && each.sustained())
        .toList();
  }

  /** Latencies of the windows at a level of their curves, ascending. */
  private static double[] at(List<Measured> windows, int level) {
    double[] millis =
        windows.stream()
            .filter(each -> level < each.curve().size())
            .mapToDouble(each -> each.curve().get(level).millis())
            .toArray();
    Arrays.sort(millis);
    return millis;
  }

  private static LinePlot.Point point(String job, double percentile, double[] millis) {
    double median = EndToEndResult.median(millis);
    return new LinePlot.Point(
        Axis.beyond(percentile),
        new Estimate(median, millis[0], millis[millis.length - 1]),
        "%s, %s %%: %s ms".formatted(job, Numbers.tick(percentile), Numbers.plain(median)));
  }

  /** Of each job the window with the median p99, from moment to moment, all to one scale. */
  private void moments(Element section, double rate) {
    Map<String, Timeline> timelines = new LinkedHashMap<>();
    for (EndToEndResult.Job job : result.variants()) {
      List<Measured> windows = new ArrayList<>(kept(rate, job.name()));
      windows.sort(Comparator.comparingDouble(each -> each.latencyMillis().p99()));
      if (!windows.isEmpty()) {
        timelines.put(job.name(), windows.get(windows.size() / 2).timeline());
      }
    }
    if (timelines.isEmpty()) {
      return;
    }
    double low =
        timelines.values().stream().mapToDouble(each -> least(each.meanMillis())).min().orElse(1);
    double high =
        timelines.values().stream()
            .mapToDouble(each -> greatest(each.longestMillis()))
            .max()
            .orElse(1);
    Axis latency = Axis.log("ms", Math.max(low, 0.01), Math.max(high, 0.02));
    section.add(
        Element.of("h3", "What the slowest lists waited for"),
        HtmlPage.paragraph(
            "Of each job the window with the median p99. Lines are the mean latency of the actions"
                + " that were due within a tenth of a second, bands reach to the slowest of"
                + " them."));
    timelines.forEach(
        (job, timeline) ->
            section.add(
                Element.of("h4", job),
                moments(job, timeline, Plot.Colour.of(job(job)), latency).draw()));
  }

  private int job(String name) {
    return result.variants().stream().map(EndToEndResult.Job::name).toList().indexOf(name);
  }

  private static LinePlot moments(String job, Timeline timeline, Plot.Colour colour, Axis latency) {
    List<LinePlot.Point> points = new ArrayList<>();
    for (int step = 0; step < timeline.meanMillis().size(); step++) {
      double mean = timeline.meanMillis().get(step);
      double longest = timeline.longestMillis().get(step);
      if (Double.isFinite(mean)) {
        double seconds = step * timeline.stepSeconds();
        points.add(
            new LinePlot.Point(
                seconds,
                new Estimate(mean, mean, longest),
                String.format(
                    Locale.ROOT,
                    "%.1f s: mean %s ms, longest %s ms",
                    seconds,
                    Numbers.plain(mean),
                    Numbers.plain(longest))));
      }
    }
    LinePlot plot =
        new LinePlot(
            "Latency of " + job + " from moment to moment",
            Axis.tight("seconds", 0, timeline.stepSeconds() * timeline.meanMillis().size()),
            latency);
    for (Timeline.Span checkpoint : timeline.checkpoints()) {
      plot.shade(checkpoint.from(), checkpoint.to(), "checkpoint");
    }
    for (Timeline.Span pause : timeline.pauses()) {
      plot.mark(
          pause.from(),
          String.format(Locale.ROOT, "GC %.0f ms", 1e3 * (pause.to() - pause.from())));
    }
    return plot.line(job, colour, points);
  }

  private static double least(List<Double> values) {
    return values.stream().mapToDouble(each -> each).filter(Double::isFinite).min().orElse(1);
  }

  private static double greatest(List<Double> values) {
    return values.stream().mapToDouble(each -> each).filter(Double::isFinite).max().orElse(1);
  }

  private void windows(Element section) {
    Table table =
        new Table(
            Set.of(2, 22),
            "",
            "actions/s",
            "job",
            "p50 ms",
            "p90",
            "p99",
            "p99.9",
            "longest",
            "lag p50",
            "lag p99",
            "late",
            "candidates",
            "rank µs",
            "ONNX µs",
            "CPU Flink",
            "broker",
            "Redis",
            "generator",
            "MB/s allocated",
            "GC pauses",
            "longest ms",
            "generator behind p99 ms",
            "kept up");
    for (EndToEndResult.Window window : result.windows()) {
      if (window.measured() != null) {
        table.row(cells(window, window.measured()));
      }
    }
    section.add(table.draw());
  }

  private static String[] cells(EndToEndResult.Window window, Measured measured) {
    Latency latency = measured.latencyMillis();
    return new String[] {
      Integer.toString(window.order()),
      String.format(Locale.ROOT, "%,.0f", window.rate()),
      window.variant(),
      Numbers.plain(latency.p50()),
      Numbers.plain(latency.p90()),
      Numbers.plain(latency.p99()),
      Numbers.plain(latency.p999()),
      Numbers.plain(latency.max()),
      Numbers.plain(measured.watermarkLagMillis().p50()),
      Numbers.plain(measured.watermarkLagMillis().p99()),
      Numbers.percent(measured.lateShare()),
      Numbers.plain(measured.candidates()),
      Numbers.plain(measured.rankMicros()),
      Numbers.plain(measured.onnxMicros()),
      Numbers.plain(measured.cpu().flink()),
      Numbers.plain(measured.cpu().broker()),
      Numbers.plain(measured.cpu().redis()),
      Numbers.plain(measured.cpu().generator()),
      Numbers.plain(measured.allocatedMegabytesPerSecond()),
      Integer.toString(measured.pauses().count()),
      Long.toString(measured.pauses().longestMillis()),
      Numbers.plain(measured.generatorLagMillis().p99()),
      measured.sustained() ? "yes" : "no, %,d waited".formatted(measured.backlogAtEnd())
    };
  }

  private static void how(Element section) {
    section.add(
        HtmlPage.paragraph(
            "When each action is sent is fixed before, and its latency counts from then, so that a"
                + " slow answer can't hold back what would have been slow too. Every action is to"
                + " be answered once; what isn't is counted, never left out. A rate that a job"
                + " doesn't keep up with is told as such: more than what comes within a second was"
                + " waiting then."),
        HtmlPage.paragraph(
            "Each job has a process, topics and keys of its own. They are measured in turns, in an"
                + " order that rotates; those that wait are stopped, so that they take nothing. An"
                + " action's event time is when it was to be sent. Late are those that came behind"
                + " the watermark: they are answered at once, with what is known."),
        HtmlPage.paragraph(
            "CPU is processor seconds a second. The watermark's lag is the machine's clock minus"
                + " the watermark where ranking is done, looked at every 10 ms; the floor has"
                + " none."));
  }

  private Element settings() {
    Table table = new Table(Set.of(0, 1), "setting", "");
    table.row("window", result.settings().seconds() + " s");
    table.row("warm-up", result.settings().warmUpSeconds() + " s for each job");
    table.row("windows for each rate and job", Integer.toString(result.settings().repeats()));
    table.row("candidates", Integer.toString(result.settings().candidates()));
    for (EndToEndResult.Job job : result.variants()) {
      table.row(
          "features of the model, " + job.name(),
          job.modelFeatures() == 0 ? "no model" : Integer.toString(job.modelFeatures()));
    }
    table.row("items", Numbers.count(result.settings().items()));
    table.row("users", Numbers.count(result.settings().users()));
    table.row("parallelism", Integer.toString(result.settings().parallelism()));
    table.row("actions before", Numbers.count(result.settings().history()));
    return table.draw();
  }
}
