package dev.freshet.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.bench.Results;
import dev.freshet.replay.plot.HtmlPage;
import org.junit.jupiter.api.Test;

class BenchReportsTest {

  private static String text(HtmlPage page) throws Exception {
    StringBuilder text = new StringBuilder();
    page.write(text);
    return text.toString();
  }

  @Test
  void latencyIsShownForEachRateWithAllJobs() throws Exception {
    String page = text(new EndToEndReport(Results.endToEnd()).page());

    assertThat(page)
        .contains("1,000 actions a second", "2,000 actions a second")
        .contains(">floor<", ">full 5ms<", ">99.9 %<")
        .contains("2 of 3, 5 not answered")
        .contains(">left out<")
        .contains("What the slowest lists waited for", ">checkpoint<", ">GC 20 ms<")
        .contains("0.0 s: mean 5.40 ms, longest 12.00 ms")
        .contains("Did not keep up in any window: full 5ms.")
        .doesNotContain("NaN");
  }

  @Test
  void throughputIsShownByWhatWasVaried() throws Exception {
    String page = text(new ThroughputReport(Results.throughput()).page());

    assertThat(page)
        .contains("By candidates", "By parallelism", "max-delay 5ms", "The highest steady rate")
        .contains("4,002") // the median of the three drains that count
        .doesNotContain("By users")
        .doesNotContain("NaN");
  }

  @Test
  void aSoakTellsWhatGrows() throws Exception {
    String page = text(new SoakReport(Results.soak()).page());

    assertThat(page)
        .contains("Grows: Redis.", ">warm-up<", "resident memory over time")
        .doesNotContain("NaN");
  }
}
