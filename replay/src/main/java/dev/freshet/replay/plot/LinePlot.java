package dev.freshet.replay.plot;

import dev.freshet.evaluation.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures over a number: lines with bands, or points with bars, for their intervals. */
public final class LinePlot extends Plot {

  /** A figure at a place. */
  public record Point(double x, Estimate y, String hint) {}

  private record Series(Colour colour, List<Point> points, boolean connected) {}

  private record Mark(double x, String name) {}

  private record Shade(double from, double to, String name) {}

  private static final double RADIUS = 4;

  /** Upper bound: more names would overlap; the lines are drawn all the same. */
  private static final int MOST_NAMES = 6;

  private final Axis horizontal;
  private final Axis vertical;
  private final List<Series> series = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();
  private final List<Shade> shades = new ArrayList<>();
  private boolean diagonal;

  public LinePlot(String description, Axis horizontal, Axis vertical) {
    super(description, 58, 320);
    this.horizontal = horizontal;
    this.vertical = vertical;
  }

  /** A line with a band. */
  public LinePlot line(String name, Colour colour, List<Point> points) {
    name(name, colour);
    series.add(new Series(colour, List.copyOf(points), true));
    return this;
  }

  /** Points with bars. */
  public LinePlot points(String name, Colour colour, List<Point> points) {
    name(name, colour);
    series.add(new Series(colour, List.copyOf(points), false));
    return this;
  }

  /** An upright line where something happened. */
  public LinePlot mark(double x, String name) {
    marks.add(new Mark(x, name));
    return this;
  }

  /** A part of another kind. */
  public LinePlot shade(double from, double to, String name) {
    shades.add(new Shade(from, to, name));
    return this;
  }

  /** Where both axes have the same value. */
  public LinePlot diagonal() {
    diagonal = true;
    return this;
  }

  @Override
  void drawInto(Element svg) {
    for (Shade shade : shades) {
      double from = x(horizontal.at(shade.from));
      double to = x(horizontal.at(shade.to));
      svg.add(rectangle(from, y(1), to - from, y(0) - y(1)).with("class", "shade"));
      svg.add(text(from + 6, y(1) + 15, "start", shade.name).with("class", "note"));
    }
    horizontalAxis(svg, horizontal);
    verticalAxis(svg, vertical);
    if (diagonal) {
      double low = Math.max(horizontal.low(), vertical.low());
      double high = Math.min(horizontal.high(), vertical.high());
      svg.add(
          line(
                  x(horizontal.at(low)),
                  y(vertical.at(low)),
                  x(horizontal.at(high)),
                  y(vertical.at(high)))
              .with("class", "ideal"));
    }
    drawMarks(svg);
    for (Series each : series) {
      if (each.connected) {
        drawLine(svg, each);
      } else {
        drawPoints(svg, each);
      }
    }
  }

  private void drawMarks(Element svg) {
    int row = 0;
    for (Mark mark : marks) {
      double x = x(horizontal.at(mark.x));
      svg.add(hint(line(x, y(0), x, y(1)).with("class", "mark"), mark.name));
      if (marks.size() <= MOST_NAMES) {
        boolean right = horizontal.at(mark.x) > 0.75;
        svg.add(
            text(right ? x - 5 : x + 5, y(0) - 8 - 14 * row++, right ? "end" : "start", mark.name)
                .with("class", "note"));
      }
    }
  }

  private void drawLine(Element svg, Series each) {
    StringBuilder band = new StringBuilder();
    StringBuilder line = new StringBuilder();
    List<Point> points = each.points;
    for (Point point : points) {
      append(band, point.x, high(point));
      append(line, point.x, point.y.value());
    }
    for (int i = points.size() - 1; i >= 0; i--) {
      append(band, points.get(i).x, low(points.get(i)));
    }
    svg.add(
        Element.of("polygon")
            .with("points", band.toString().strip())
            .with("class", "band " + each.colour.css()));
    svg.add(
        Element.of("polyline")
            .with("points", line.toString().strip())
            .with("class", "line " + each.colour.css()));
    for (Point point : points) {
      Element spot =
          Element.of("circle")
              .with("cx", x(horizontal.at(point.x)))
              .with("cy", y(vertical.at(point.y.value())))
              .with("r", RADIUS)
              .with("class", "spot " + each.colour.css());
      svg.add(hint(spot, point.hint));
    }
  }

  private static double low(Point point) {
    return point.y.hasInterval() ? point.y.low() : point.y.value();
  }

  private static double high(Point point) {
    return point.y.hasInterval() ? point.y.high() : point.y.value();
  }

  private void append(StringBuilder path, double x, double y) {
    path.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(horizontal.at(x)), y(vertical.at(y))));
  }

  private void drawPoints(Element svg, Series each) {
    for (Point point : each.points) {
      double x = x(horizontal.at(point.x));
      if (point.y.hasInterval()) {
        svg.add(
            line(x, y(vertical.at(point.y.low())), x, y(vertical.at(point.y.high())))
                .with("class", "error " + each.colour.css()));
      }
      svg.add(
          hint(
              Element.of("circle")
                  .with("cx", x)
                  .with("cy", y(vertical.at(point.y.value())))
                  .with("r", RADIUS)
                  .with("class", "fill " + each.colour.css()),
              point.hint));
    }
  }
}
