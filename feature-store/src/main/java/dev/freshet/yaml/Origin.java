package dev.freshet.yaml;

import java.util.Comparator;

/**
 * Where a value was set.
 *
 * @param source the file as it was named, or "override KEY"
 * @param line counted from 1; 0: the file as a whole, or an override
 * @param column counted from 1, in Unicode code points; 0: the whole line
 */
public record Origin(String source, int line, int column) implements Comparable<Origin> {
  private static final Comparator<Origin> FILE_ORDER =
      Comparator.comparing((Origin origin) -> origin.line == 0)
          .thenComparingInt(Origin::line)
          .thenComparingInt(Origin::column)
          .thenComparing(Origin::source);

  public static Origin override(String key) {
    return new Origin("override " + key, 0, 0);
  }

  /** Orders by line; what has no line comes last. */
  @Override
  public int compareTo(Origin other) {
    return FILE_ORDER.compare(this, other);
  }

  /** {@code freshet.yaml:12}, for a message about the whole entry. */
  public String sourceAndLine() {
    return line == 0 ? source : source + ":" + line;
  }

  /** {@code freshet.yaml:12:8}, which editors and terminals open at the place. */
  @Override
  public String toString() {
    return column == 0 ? sourceAndLine() : source + ":" + line + ":" + column;
  }
}
