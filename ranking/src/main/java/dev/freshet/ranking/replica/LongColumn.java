package dev.freshet.ranking.replica;

/** A number of 64 bits for each item: a column of a {@link LongTable}, of one alone mostly. */
public final class LongColumn {

  private final LongTable table;
  private final int column;

  public LongColumn(LongTable table, int column) {
    this.table = table;
    this.column = column;
  }

  /**
   * @param empty what stands where nothing was set
   */
  public LongColumn(long empty) {
    this(new LongTable(empty), 0);
  }

  /** A column of {@code double}, in which everything is 0 at first. */
  static LongColumn ofDoubles() {
    return new LongColumn(Double.doubleToRawLongBits(0));
  }

  void ensure(int count) {
    table.ensure(count);
  }

  public long get(int at) {
    return table.chunk(at)[table.at(at) + column];
  }

  void set(int at, long value) {
    table.chunk(at)[table.at(at) + column] = value;
  }

  double getDouble(int at) {
    return Double.longBitsToDouble(get(at));
  }

  void setDouble(int at, double value) {
    set(at, Double.doubleToRawLongBits(value));
  }

  void clear(int at) {
    set(at, table.empty(column));
  }

  /** Multiplies the first {@code double}s by a power of two. */
  void scale(int exponent, int count) {
    for (int at = 0; at < count; at++) {
      double value = getDouble(at);
      if (value != 0) {
        setDouble(at, Math.scalb(value, exponent));
      }
    }
  }

  /** Deep copy, in a table of its own. */
  LongColumn copy() {
    return new LongColumn(table.copy(), column);
  }

  long bytes() {
    return table.bytes(column);
  }
}
