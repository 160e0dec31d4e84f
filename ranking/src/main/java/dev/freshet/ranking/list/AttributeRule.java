package dev.freshet.ranking.list;

import dev.freshet.ranking.replica.ItemReplica;
import java.util.Map;
import java.util.Set;

/** Whether an item has one of some values of an attribute. */
final class AttributeRule {

  private final ItemReplica replica;
  private final int attribute;
  private final String[] values;

  /** Numbers of the values in the replica, as of the request. */
  private final int[] numbers;

  private AttributeRule(ItemReplica replica, String attribute, Set<String> values) {
    this.replica = replica;
    this.attribute = replica.attribute(attribute);
    this.values = values.toArray(String[]::new);
    this.numbers = new int[this.values.length];
  }

  static AttributeRule[] of(ItemReplica replica, Map<String, Set<String>> rules) {
    return rules.entrySet().stream()
        .map(rule -> new AttributeRule(replica, rule.getKey(), rule.getValue()))
        .toArray(AttributeRule[]::new);
  }

  /** Looks up the values, which get their numbers when an item first has them. */
  void prepare() {
    for (int value = 0; value < values.length; value++) {
      numbers[value] = replica.valueOf(attribute, values[value]);
    }
  }

  boolean matches(int item) {
    for (int number : numbers) {
      if (number >= 0 && replica.hasValue(attribute, item, number)) {
        return true;
      }
    }
    return false;
  }
}
