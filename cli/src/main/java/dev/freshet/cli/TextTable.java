package dev.freshet.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A table of text whose columns are as wide as their longest cell. */
public final class TextTable {

  private static final String GAP = "  ";

  private final List<String> head;
  private final Set<Integer> rightAligned;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param rightAligned columns of numbers, counted from 0
   */
  public TextTable(List<String> head, Set<Integer> rightAligned) {
    this.head = head;
    this.rightAligned = rightAligned;
  }

  public void add(List<String> row) {
    rows.add(row);
  }

  /** A line across the columns. */
  public void addLine(String line) {
    rows.add(List.of(line));
  }

  public void print(PrintWriter out) {
    int[] widths = new int[head.size()];
    measure(head, widths);
    rows.forEach(row -> measure(row, widths));
    print(head, widths, out);
    rows.forEach(row -> print(row, widths, out));
  }

  private static void measure(List<String> row, int[] widths) {
    for (int i = 0; row.size() > 1 && i < widths.length; i++) {
      widths[i] = Math.max(widths[i], row.get(i).codePointCount(0, row.get(i).length()));
    }
  }

  private void print(List<String> row, int[] widths, PrintWriter out) {
    if (row.size() == 1) {
      out.println(row.get(0));
      return;
    }
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = row.get(i);
      String padding = " ".repeat(widths[i] - cell.codePointCount(0, cell.length()));
      line.append(i == 0 ? "" : GAP)
          .append(rightAligned.contains(i) ? padding + cell : cell + padding);
    }
    out.println(line.toString().stripTrailing());
  }
}
