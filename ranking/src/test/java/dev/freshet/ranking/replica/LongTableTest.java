package dev.freshet.ranking.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LongTableTest {

  @Test
  void rowsOfAnyNumberOfColumnsAreKeptApart() {
    for (int columns = 1; columns <= 9; columns++) {
      long[] empty = new long[columns];
      for (int column = 0; column < columns; column++) {
        empty[column] = -1 - column;
      }
      LongTable table = new LongTable(empty);
      table.ensure(5_000);
      for (int row = 0; row < 5_000; row += 3) {
        for (int column = 0; column < columns; column++) {
          table.column(column).set(row, 100L * row + column);
        }
      }
      LongTable copy = table.copy();
      table.column(0).set(0, 7);
      for (int row = 0; row < 5_000; row++) {
        for (int column = 0; column < columns; column++) {
          assertThat(copy.column(column).get(row))
              .isEqualTo(row % 3 == 0 ? 100L * row + column : -1 - column);
        }
      }
      copy.column(columns - 1).clear(0);
      assertThat(copy.column(columns - 1).get(0)).isEqualTo(-columns);
    }
  }
}
