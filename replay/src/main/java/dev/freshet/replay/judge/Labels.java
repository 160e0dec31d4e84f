package dev.freshet.replay.judge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers for what comes often, from 0 in the order in which it came first.
 *
 * @param <T> what is numbered
 */
public final class Labels<T> {

  /** Stands in place of a number: there is no label. */
  static final int NONE = -1;

  private final Map<T, Integer> numbers = new HashMap<>();
  private final List<T> labels = new ArrayList<>();

  public int numberOf(T label) {
    Integer known = numbers.putIfAbsent(label, labels.size());
    if (known != null) {
      return known;
    }
    labels.add(label);
    return labels.size() - 1;
  }

  T get(int number) {
    return labels.get(number);
  }

  public int size() {
    return labels.size();
  }
}
