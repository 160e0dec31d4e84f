package dev.freshet.ranking.replica;

import java.util.function.UnaryOperator;

/** Copies of what grows by chunks. */
final class Chunks {

  private Chunks() {}

  /**
   * All of an array's arrays, copied as far as there are any.
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
