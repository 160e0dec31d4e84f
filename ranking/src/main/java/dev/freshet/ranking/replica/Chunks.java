package dev.freshet.ranking.replica;

import java.util.function.UnaryOperator;

/** Deep copies of arrays that grow by chunks. */
final class Chunks {

  private Chunks() {}

  /**
   * Copies an array of arrays; some of its last entries may be null.
   *
   * @param one copies one of them
   */
  static <T> T[] copy(T[] chunks, UnaryOperator<T> one) {
    T[] copy = chunks.clone();
    for (int chunk = 0; chunk < copy.length; chunk++) {
      if (chunks[chunk] != null) {
        copy[chunk] = one.apply(chunks[chunk]);
      }
    }
    return copy;
  }
}
