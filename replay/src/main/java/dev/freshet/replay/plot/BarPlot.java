package dev.freshet.replay.plot;

import dev.freshet.evaluation.Estimate;
import java.util.ArrayList;
import java.util.List;

/** Figures of named things, as bars that lie, with lines for their intervals. */
public final class BarPlot extends Plot {

  private record Row(String name, List<Estimate> figures) {}

  private static final double ROW = 26;
  private static final double AROUND = 68;
  private static final double LABELS = 212;
  private static final int LONGEST_NAME = 33;

  private final Axis axis;
  private final List<Colour> colours;
  private final List<Row> rows = new ArrayList<>();

  /**
   * @param colours one for each figure of a row
   * @param rows how many will be added
   */
  public BarPlot(String description, Axis axis, List<Colour> colours, int rows) {
    super(description, LABELS, AROUND + rows * ROW);
    this.axis = axis;
    this.colours = List.copyOf(colours);
  }

  public BarPlot legend(String... names) {
    for (int i = 0; i < names.length; i++) {
      name(names[i], colours.get(i));
    }
    return this;
  }

  public BarPlot row(String name, Estimate... figures) {
    rows.add(new Row(name, List.of(figures)));
    return this;
  }

  @Override
  void drawInto(Element svg) {
    horizontalAxis(svg, axis);
    double zero = x(axis.at(0));
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      double top = y(1) + i * ROW;
      Element label = text(x(0) - 8, top + ROW / 2 + 4, "end", shortened(row.name));
      svg.add(hint(label, row.name));
      double thickness = (ROW - 8) / row.figures.size();
      for (int figure = 0; figure < row.figures.size(); figure++) {
        Estimate estimate = row.figures.get(figure);
        String css = colours.get(figure).css();
        double y = top + 4 + figure * thickness;
        double end = x(axis.at(estimate.value()));
        if (Double.isFinite(estimate.value())) {
          svg.add(
              hint(
                  rectangle(Math.min(zero, end), y, Math.abs(end - zero), thickness - 1)
                      .with("class", "fill " + css),
                  row.name + ": " + Numbers.withInterval(estimate)));
        }
        if (estimate.hasInterval()) {
          double middle = y + (thickness - 1) / 2;
          svg.add(
              line(x(axis.at(estimate.low())), middle, x(axis.at(estimate.high())), middle)
                  .with("class", "whisker"));
        }
      }
    }
    svg.add(line(zero, y(0), zero, y(1)).with("class", "axis"));
  }

  private static String shortened(String name) {
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…";
  }
}
