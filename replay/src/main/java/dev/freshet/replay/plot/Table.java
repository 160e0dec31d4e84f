package dev.freshet.replay.plot;

import java.util.Set;

/** A table, wide ones to be scrolled by themselves. */
public final class Table {

  private final Set<Integer> ofText;
  private final Element body = Element.of("tbody");
  private final Element table;

  /**
   * @param ofText columns that hold no numbers, counted from 0
   */
  public Table(Set<Integer> ofText, String... head) {
    this.ofText = Set.copyOf(ofText);
    Element row = Element.of("tr");
    for (int column = 0; column < head.length; column++) {
      row.add(cell("th", column, head[column]).with("scope", "col"));
    }
    table = Element.of("table", Element.of("thead", row), body);
  }

  private Element cell(String name, int column, String text) {
    Element cell = Element.of(name, text);
    return ofText.contains(column) ? cell.with("class", "text") : cell;
  }

  public Table row(String... cells) {
    Element row = Element.of("tr");
    for (int column = 0; column < cells.length; column++) {
      row.add(cell("td", column, cells[column]));
    }
    body.add(row);
    return this;
  }

  public Element draw() {
    return Element.of("div", table).with("class", "scroll");
  }

  /** Draws the table folded until the reader opens it, where the plot above says enough. */
  public Element folded(String summary) {
    return Element.of("details", Element.of("summary", summary), draw());
  }
}
