package dev.freshet.local.demo;

import dev.freshet.client.shopper.DemoStatistics;
import dev.freshet.client.shopper.DemoStatistics.FollowedAction;
import dev.freshet.client.shopper.DemoStatistics.Snapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/**
 * How the demonstration looks: {@link DemoStatistics} as lines of text. Pure: the same arguments
 * give the same lines, and nothing is written anywhere.
 *
 * @param itemName name of an item for people, by its id
 * @param dashboard address of Flink's dashboard
 * @param duration how long the demonstration lasts, or null: until it is stopped
 * @param unicode whether the terminal shows more than ASCII
 */
public record DemoPanel(
    UnaryOperator<String> itemName, String dashboard, Duration duration, boolean unicode) {
  /**
   * Figures over time, oldest first.
   *
   * @param hitRate sliding hit rates, 0 to 1
   * @param p99Millis latencies, in milliseconds
   */
  public record History(List<Double> hitRate, List<Double> p99Millis) {
    public History {
      hitRate = List.copyOf(hitRate);
      p99Millis = List.copyOf(p99Millis);
    }
  }

  private static final int LABEL = 14;
  private static final int FIGURE = 26;
  private static final int KIND = 9;
  private static final int NARROWEST_ITEM = 10;
  private static final int WIDEST_ITEM = 32;

  private static final AttributedStyle PLAIN = AttributedStyle.DEFAULT;
  private static final AttributedStyle BOLD = PLAIN.bold();
  private static final AttributedStyle FAINT = PLAIN.faint();
  private static final AttributedStyle GOOD = PLAIN.foreground(AttributedStyle.GREEN);
  private static final AttributedStyle BAD = PLAIN.foreground(AttributedStyle.RED);
  private static final AttributedStyle GRAPH = PLAIN.foreground(AttributedStyle.CYAN);

  /**
   * The panel. No line is wider than {@code width} columns. Where there is too little height, the
   * followed user's oldest actions are left out first, then what is at the bottom.
   *
   * @param elapsed time since the start
   * @param width in columns
   * @param height in lines
   */
  public List<AttributedString> lines(
      Snapshot now, History history, Duration elapsed, int width, int height) {
    List<AttributedString> lines = new ArrayList<>();
    lines.add(title(elapsed, width));
    lines.add(line().append(rule(width), FAINT).toAttributedString());
    lines.add(
        figures(
            "actions",
            String.format(Locale.ROOT, "%,.0f/s", now.actionsPerSecond()),
            String.format(Locale.ROOT, "%,d", now.actions())));
    lines.add(
        figures(
            "recommended",
            String.format(Locale.ROOT, "%,.0f/s", now.recommendationsPerSecond()),
            String.format(
                Locale.ROOT, "%,d, %,d awaited", now.recommendations(), now.unanswered())));
    lines.add(
        graph(
            "latency",
            "p50 " + millis(now.p50Millis()) + "  p99 " + millis(now.p99Millis()),
            // Logarithmic: the slow first seconds would flatten all that follows.
            history.p99Millis().stream().map(Math::log1p).toList(),
            width));
    lines.add(
        graph(
            "hit rate@" + DemoStatistics.CUTOFF,
            percent(now.hitRate()) + "  all " + percent(now.hitRateSinceStart()),
            history.hitRate(),
            width));
    lines.add(figures("model", now.modelVersion(), models(now)));
    lines.add(
        figures(
            "watermark",
            millis(now.watermarkLagMillis()) + " behind",
            String.format(Locale.ROOT, "%,d clicks on recommendations", now.clicks())));
    lines.add(deadLetters(now));
    lines.add(
        label("dashboard").append(dashboard).append("   Ctrl-C stops", FAINT).toAttributedString());
    lines.add(AttributedString.EMPTY);
    lines.add(followedTitle(now));
    List<AttributedString> actions = followed(now, width);
    int room = Math.max(0, height - lines.size());
    lines.addAll(actions.subList(Math.max(0, actions.size() - room), actions.size()));
    return lines.stream().limit(height).map(text -> text.columnSubSequence(0, width)).toList();
  }

  /** All of it in one line, for where there is no terminal. */
  public String plainLine(Snapshot now, Duration elapsed) {
    return String.format(
        Locale.ROOT,
        "%s  %,.0f actions/s  %,.0f recommendations/s  p50 %s  p99 %s  watermark %s behind"
            + "  hit rate@%d %s  model %s%s  dead letters %,d",
        time(elapsed),
        now.actionsPerSecond(),
        now.recommendationsPerSecond(),
        millis(now.p50Millis()),
        millis(now.p99Millis()),
        millis(now.watermarkLagMillis()),
        DemoStatistics.CUTOFF,
        percent(now.hitRate()),
        now.modelVersion().isEmpty() ? "-" : now.modelVersion(),
        shift(now),
        now.deadLetters());
  }

  private static String models(Snapshot now) {
    String models =
        now.models() < 2 ? "" : String.format(Locale.ROOT, "%,d models so far", now.models());
    return models + shift(now);
  }

  private static String shift(Snapshot now) {
    return now.sinceShiftNanos().isEmpty()
        ? ""
        : String.format(
            Locale.ROOT,
            "  tastes shifted %s ago",
            time(Duration.ofNanos(now.sinceShiftNanos().getAsLong())));
  }

  private AttributedString title(Duration elapsed, int width) {
    String left = "Freshet demo";
    String right = time(elapsed) + (duration == null ? "" : " of " + time(duration));
    int gap = Math.max(2, width - left.length() - right.length());
    return line().append(left, BOLD).append(" ".repeat(gap)).append(right).toAttributedString();
  }

  private AttributedString deadLetters(Snapshot now) {
    AttributedStringBuilder line = label("dead letters");
    line.append(
        padded(String.format(Locale.ROOT, "%,d", now.deadLetters()), FIGURE),
        now.deadLetters() == 0 ? PLAIN : BAD);
    if (now.firstRecommendationNanos().isPresent()) {
      double seconds = now.firstRecommendationNanos().getAsLong() / 1e9;
      line.append(String.format(Locale.ROOT, "first recommendation after %.1f s", seconds), FAINT);
    }
    return line.toAttributedString();
  }

  private AttributedString followedTitle(Snapshot now) {
    if (now.followedUser() == null) {
      return line().append("Waiting for the first shopper", FAINT).toAttributedString();
    }
    return line()
        .append("Shopper ", FAINT)
        .append(now.followedUser(), BOLD)
        .append(" did, and was recommended (", FAINT)
        .append(mark(), GOOD)
        .append(" was in the list before)", FAINT)
        .toAttributedString();
  }

  private List<AttributedString> followed(Snapshot now, int width) {
    int itemWidth = Math.max(NARROWEST_ITEM, Math.min(WIDEST_ITEM, width / 3));
    List<AttributedString> lines = new ArrayList<>();
    for (FollowedAction action : now.followed()) {
      String kind = action.clicked() ? "click" : action.action();
      String item = action.item() == null ? "" : itemName.apply(action.item());
      lines.add(
          line()
              .append(action.predicted() ? mark() : " ", GOOD)
              .append(" ")
              .append(padded(cut(kind, KIND - 1), KIND), action.clicked() ? GOOD : PLAIN)
              .append(padded(cut(item, itemWidth), itemWidth))
              .append(" " + arrow() + " ", FAINT)
              .append(names(action.recommended(), width - itemWidth - KIND - 5), FAINT)
              .toAttributedString());
    }
    return lines;
  }

  /** As many names as fit, whole ones. */
  private String names(List<String> items, int width) {
    StringBuilder names = new StringBuilder();
    for (String item : items) {
      String name = itemName.apply(item);
      if (names.length() > 0 && names.length() + 2 + name.length() > width) {
        break;
      }
      names.append(names.length() == 0 ? "" : ", ").append(name);
    }
    return cut(names.toString(), width);
  }

  private AttributedString figures(String label, String figure, String more) {
    return label(label).append(padded(figure, FIGURE)).append(more, FAINT).toAttributedString();
  }

  private AttributedString graph(String label, String figure, List<Double> values, int width) {
    int columns = Math.max(0, Math.min(60, width - LABEL - FIGURE));
    return label(label)
        .append(padded(figure, FIGURE))
        .append(sparkline(values, columns), GRAPH)
        .toAttributedString();
  }

  /** The last values as bars between 0 and the largest shown. */
  String sparkline(List<Double> values, int columns) {
    String bars = unicode ? "▁▂▃▄▅▆▇█" : "_.:-=+*#";
    List<Double> shown = values.subList(Math.max(0, values.size() - columns), values.size());
    double largest = shown.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    StringBuilder line = new StringBuilder();
    for (double value : shown) {
      int height = largest <= 0 ? 0 : (int) (value / largest * (bars.length() - 1) + 0.5);
      line.append(bars.charAt(Math.max(0, height)));
    }
    return line.toString();
  }

  private static AttributedStringBuilder label(String label) {
    return line().append(padded(label, LABEL), FAINT);
  }

  private String cut(String text, int width) {
    if (text.length() <= width) {
      return text;
    }
    String end = unicode ? "…" : "~";
    return width < 1 ? "" : text.substring(0, width - 1) + end;
  }

  private String mark() {
    return unicode ? "✓" : "*";
  }

  private String arrow() {
    return unicode ? "→" : ">";
  }

  /** Not a box-drawing character: JLine would switch character sets for it. */
  private String rule(int width) {
    return (unicode ? "▔" : "-").repeat(width);
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static AttributedStringBuilder line() {
    return new AttributedStringBuilder();
  }

  private static String millis(OptionalDouble millis) {
    if (millis.isEmpty()) {
      return "-";
    }
    double value = millis.getAsDouble();
    return String.format(Locale.ROOT, value < 99.95 ? "%.1f ms" : "%,.0f ms", value);
  }

  private static String percent(OptionalDouble share) {
    return share.isEmpty() ? "-" : String.format(Locale.ROOT, "%.1f%%", 100 * share.getAsDouble());
  }

  private static String time(Duration time) {
    return String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
  }
}
