package dev.freshet.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.client.shopper.DemoStatistics.FollowedAction;
import dev.freshet.client.shopper.DemoStatistics.Snapshot;
import dev.freshet.local.demo.DemoPanel.History;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoPanelTest {
  private static final Snapshot NOTHING_YET =
      new Snapshot(
          0,
          0,
          0,
          0,
          0,
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          0,
          0,
          0,
          0,
          OptionalLong.empty(),
          "",
          0,
          OptionalLong.empty(),
          null,
          List.of());

  private static final Snapshot RUNNING =
      new Snapshot(
          12_345,
          12_342,
          200.4,
          199.6,
          3,
          OptionalDouble.of(4.04),
          OptionalDouble.of(123.4),
          OptionalDouble.of(3),
          OptionalDouble.of(0.1234),
          OptionalDouble.of(0.1),
          11_000,
          1_234,
          2,
          1,
          OptionalLong.of(12_300_000_000L),
          "r000004",
          5,
          OptionalLong.of(120_000_000_000L),
          "u0042",
          List.of(
              new FollowedAction("view", "1", false, false, List.of("2", "3", "4", "5", "6")),
              new FollowedAction("view", "2", true, true, List.of("7", "8")),
              new FollowedAction("purchase", "2", false, false, List.of())));

  private static final History HISTORY =
      new History(List.of(0.0, 0.05, 0.1), List.of(1_000.0, 9.0, 0.0));

  private static DemoPanel panel(boolean unicode) {
    return new DemoPanel(
        item -> "Trail Runner " + item + " (shoes)",
        "http://localhost:8081",
        Duration.ofSeconds(90),
        unicode);
  }

  private static List<String> text(Snapshot snapshot, boolean unicode, int width, int height) {
    return panel(unicode).lines(snapshot, HISTORY, Duration.ofSeconds(75), width, height).stream()
        .map(AttributedString::toString)
        .map(String::stripTrailing)
        .toList();
  }

  @Test
  void at80Columns() {
    assertThat(text(RUNNING, true, 80, 24))
        .containsExactly(
            "Freshet demo                                                        1:15 of 1:30",
            "▔".repeat(80),
            "actions       200/s                     12,345",
            "recommended   200/s                     12,342, 3 awaited",
            "latency       p50 4.0 ms  p99 123 ms    █▃▁",
            "hit rate@10   12.3%  all 10.0%          ▁▅█",
            "model         r000004                   5 models so far  tastes shifted 2:00 ago",
            "watermark     3.0 ms behind             1,234 clicks on recommendations",
            "dead letters  2                         first recommendation after 12.3 s",
            "dashboard     http://localhost:8081   Ctrl-C stops",
            "",
            "Shopper u0042 did, and was recommended (✓ was in the list before)",
            "  view     Trail Runner 1 (shoes)     → Trail Runner 2 (shoes)",
            "✓ click    Trail Runner 2 (shoes)     → Trail Runner 7 (shoes)",
            "  purchase Trail Runner 2 (shoes)     →");
  }

  @Test
  void at120ColumnsMoreNamesFit() {
    assertThat(text(RUNNING, true, 120, 24))
        .contains(
            "  view     Trail Runner 1 (shoes)           →"
                + " Trail Runner 2 (shoes), Trail Runner 3 (shoes), Trail Runner 4 (shoes)");
  }

  @Test
  void beforeTheFirstAction() {
    assertThat(text(NOTHING_YET, true, 80, 24))
        .contains("latency       p50 -  p99 -              █▃▁", "Waiting for the first shopper");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 20, 40, 79, 80, 81, 200})
  void noLineIsWiderThanTheTerminal(int width) {
    for (Snapshot snapshot : List.of(NOTHING_YET, RUNNING)) {
      assertThat(panel(true).lines(snapshot, HISTORY, Duration.ZERO, width, 24))
          .allSatisfy(line -> assertThat(line.columnLength()).isLessThanOrEqualTo(width));
    }
  }

  @Test
  void whatDoesNotFitTheHeightIsLeftOutOldestActionsFirst() {
    assertThat(text(RUNNING, true, 80, 13)).hasSize(13).last().asString().startsWith("  purchase");
    assertThat(text(RUNNING, true, 80, 5)).hasSize(5);
    assertThat(text(RUNNING, true, 80, 0)).isEmpty();
  }

  @Test
  void whereTheTerminalKnowsNoUnicodeAllIsAscii() {
    assertThat(text(RUNNING, false, 80, 24))
        .allSatisfy(line -> assertThat(line).matches("\\p{ASCII}*"));
  }

  @Test
  void theGraphShowsTheLastValuesFromZeroToTheLargest() {
    DemoPanel panel = panel(true);
    assertThat(panel.sparkline(List.of(9.0, 0.0, 1.0, 2.0, 4.0), 4)).isEqualTo("▁▃▅█");
    assertThat(panel.sparkline(List.of(0.0, 0.0), 10)).isEqualTo("▁▁");
    assertThat(panel.sparkline(List.of(), 10)).isEmpty();
    assertThat(panel.sparkline(List.of(1.0), 0)).isEmpty();
  }

  @Test
  void aPlainLineHoldsTheFigures() {
    assertThat(panel(false).plainLine(RUNNING, Duration.ofSeconds(75)))
        .isEqualTo(
            "1:15  200 actions/s  200 recommendations/s  p50 4.0 ms  p99 123 ms"
                + "  watermark 3.0 ms behind  hit rate@10 12.3%  model r000004  tastes shifted"
                + " 2:00 ago  dead letters 2");
  }
}
