package dev.freshet.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A record of the configuration that checks which values are legal. Types are checked before; the
 * check is called with every value bound, a wrong one replaced by its default.
 */
interface Section {
  /** Reports every illegal value of this section. */
  void check(Check check);

  /** An unmodifiable copy that keeps the order, in which the file has its entries. */
  static <V> Map<String, V> inOrder(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
