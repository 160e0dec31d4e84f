package dev.freshet.replay.plot;

import java.util.ArrayList;
import java.util.List;

/** What all plots share: a place for the data with axes around it, and a legend above. */
public abstract class Plot {

  /** Colours, by class in the style sheet. */
  public enum Colour {
    FIRST("c1"),
    SECOND("c2"),
    THIRD("c3"),
    FOURTH("c4"),
    FIFTH("c5"),
    SIXTH("c6");

    private final String css;

    Colour(String css) {
      this.css = css;
    }

    String css() {
      return css;
    }

    /**
     * Returns the colour of a series by its number, from 0. The colours repeat when there are more
     * series.
     */
    public static Colour of(int series) {
      return values()[series % values().length];
    }
  }

  private record Named(String name, Colour colour) {}

  static final double WIDTH = 760;
  private static final double RIGHT = 18;
  private static final double TOP = 22;
  private static final double BOTTOM = 46;

  private final String description;
  private final double left;
  private final double height;
  private final List<Named> legend = new ArrayList<>();

  /**
   * @param description text alternative for readers who can't see the plot
   * @param left room for the labels of the vertical axis, in pixels
   */
  Plot(String description, double left, double height) {
    this.description = description;
    this.left = left;
    this.height = height;
  }

  final void name(String name, Colour colour) {
    legend.add(new Named(name, colour));
  }

  /** The plot, to be put on a page. */
  public final Element draw() {
    Element svg =
        Element.of("svg")
            .with("viewBox", "0 0 " + (int) WIDTH + " " + (int) height)
            .with("role", "img")
            .with("aria-label", description);
    drawInto(svg);
    Element figure = Element.of("figure");
    if (legend.size() > 1) {
      Element names = Element.of("p").with("class", "legend");
      for (Named named : legend) {
        names.add(
            Element.of(
                "span",
                Element.of("span").with("class", "swatch " + named.colour.css()),
                named.name));
      }
      figure.add(names);
    }
    return figure.add(Element.of("div", svg).with("class", "plot"));
  }

  abstract void drawInto(Element svg);

  /** Pixel of a place along the horizontal axis. */
  final double x(double place) {
    return left + place * (WIDTH - RIGHT - left);
  }

  /** Pixel of a place along the vertical axis. */
  final double y(double place) {
    return height - BOTTOM - place * (height - BOTTOM - TOP);
  }

  final void horizontalAxis(Element svg, Axis axis) {
    for (double tick : axis.ticks()) {
      double x = x(axis.at(tick));
      svg.add(line(x, y(0), x, y(1)).with("class", "grid"));
      svg.add(text(x, y(0) + 17, "middle", axis.name(tick)));
    }
    svg.add(text(x(0.5), height - 8, "middle", axis.label()).with("class", "label"));
  }

  final void verticalAxis(Element svg, Axis axis) {
    for (double tick : axis.ticks()) {
      double y = y(axis.at(tick));
      svg.add(line(x(0), y, x(1), y).with("class", "grid"));
      svg.add(text(x(0) - 8, y + 4, "end", axis.name(tick)));
    }
    svg.add(text(x(0), TOP - 9, "start", axis.label()).with("class", "label"));
  }

  static Element line(double x1, double y1, double x2, double y2) {
    return Element.of("line").with("x1", x1).with("y1", y1).with("x2", x2).with("y2", y2);
  }

  static Element rectangle(double x, double y, double width, double height) {
    return Element.of("rect")
        .with("x", x)
        .with("y", y)
        .with("width", Math.max(0, width))
        .with("height", Math.max(0, height));
  }

  /**
   * @param anchor start, middle or end: which part of the text is at x
   */
  static Element text(double x, double y, String anchor, String text) {
    return Element.of("text", text).with("x", x).with("y", y).with("text-anchor", anchor);
  }

  /** Adds the text that a pointer shows while it is over the mark. */
  static Element hint(Element mark, String text) {
    return mark.add(Element.of("title", text));
  }
}
