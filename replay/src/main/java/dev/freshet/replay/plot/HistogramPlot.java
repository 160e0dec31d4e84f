package dev.freshet.replay.plot;

import java.util.ArrayList;
import java.util.List;

/** How often values came, as bars that stand on an axis of factors. */
public final class HistogramPlot extends Plot {

  private record Bar(double from, double to, long count) {}

  private record Mark(double value, String name) {}

  private final Axis horizontal;
  private final Axis vertical;
  private final List<Bar> bars = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();

  public HistogramPlot(String description, Axis horizontal, Axis vertical) {
    super(description, 58, 260);
    this.horizontal = horizontal;
    this.vertical = vertical;
  }

  public HistogramPlot bar(double from, double to, long count) {
    bars.add(new Bar(from, to, count));
    return this;
  }

  /** An upright line, such as for a quantile. */
  public HistogramPlot mark(double value, String name) {
    marks.add(new Mark(value, name));
    return this;
  }

  @Override
  void drawInto(Element svg) {
    horizontalAxis(svg, horizontal);
    verticalAxis(svg, vertical);
    for (Bar bar : bars) {
      double from = x(horizontal.at(bar.from));
      double to = x(horizontal.at(bar.to));
      double top = y(vertical.at(bar.count));
      svg.add(
          hint(
              rectangle(from + 0.5, top, to - from - 1, y(0) - top)
                  .with("class", "fill " + Colour.FIRST.css()),
              "%s to %s: %s"
                  .formatted(
                      Numbers.tick(bar.from), Numbers.tick(bar.to), Numbers.count(bar.count))));
    }
    int row = 0;
    for (Mark mark : marks) {
      double x = x(horizontal.at(mark.value));
      svg.add(line(x, y(0), x, y(1)).with("class", "mark"));
      svg.add(text(x + 5, y(1) + 12 + 14 * row++, "start", mark.name).with("class", "note"));
    }
  }
}
