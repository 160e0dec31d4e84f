package dev.freshet.ranking.replica;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses the items that a full replica evicts. Each criterion decides among the items that are
 * equal by the criteria before it: temperature, last change, hash of the id, id. Takes linear time:
 * a radix select counts the digits of the keys, from the highest down.
 */
final class ColdestItems {

  private static final int DIGIT_BITS = 16;
  private static final int DIGITS = 1 << DIGIT_BITS;

  /** A key of each item. */
  interface Criterion {

    /** The lower the key, the colder the item. */
    long of(int item);
  }

  private ColdestItems() {}

  /**
   * The coldest of some items.
   *
   * @param items the candidates; their order is lost
   * @param count how many are wanted, not more than there are
   */
  static int[] choose(int[] items, int count, ItemIndex index, Criterion... criteria) {
    int[] chosen = new int[count];
    int done = 0;
    int left = items.length;
    long[] keys = new long[left];
    for (Criterion criterion : criteria) {
      for (int place = 0; place < left; place++) {
        keys[place] = criterion.of(items[place]);
      }
      long limit = smallest(keys, left, count - done);
      int equal = 0;
      for (int place = 0; place < left; place++) {
        if (keys[place] < limit) {
          chosen[done++] = items[place];
        } else if (keys[place] == limit) {
          items[equal++] = items[place];
        }
      }
      left = equal;
      if (done + left == count) {
        System.arraycopy(items, 0, chosen, done, left);
        return chosen;
      }
    }
    List<Integer> alike = new ArrayList<>(left);
    for (int place = 0; place < left; place++) {
      alike.add(items[place]);
    }
    alike.sort(Comparator.comparing(index::id));
    for (int place = 0; done < count; place++) {
      chosen[done++] = alike.get(place);
    }
    return chosen;
  }

  /** The greatest of the {@code count} smallest keys. */
  private static long smallest(long[] keys, int length, int count) {
    int[] frequency = new int[DIGITS];
    long known = 0;
    long mask = 0;
    int before = 0;
    for (int shift = Long.SIZE - DIGIT_BITS; shift >= 0; shift -= DIGIT_BITS) {
      Arrays.fill(frequency, 0);
      for (int place = 0; place < length; place++) {
        // As unsigned numbers, which go by their digits.
        long key = keys[place] ^ Long.MIN_VALUE;
        if ((key & mask) == known) {
          frequency[(int) (key >>> shift) & (DIGITS - 1)]++;
        }
      }
      int digit = 0;
      while (before + frequency[digit] < count) {
        before += frequency[digit++];
      }
      known |= (long) digit << shift;
      mask |= (DIGITS - 1L) << shift;
    }
    return known ^ Long.MIN_VALUE;
  }
}
