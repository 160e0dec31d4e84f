package dev.freshet.features;

import dev.freshet.features.type.Aggregation;
import dev.freshet.features.type.GivenType;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One feature of one kind of entity, as the catalog defines it.
 *
 * @param name unique within the entity: lower case letters, digits and {@code _}, a letter first
 * @param entity what it describes
 * @param group features of one entity that are stored in one value and written by one writer
 * @param type name of its type, as in the catalog
 * @param aggregation the type with its parameters
 * @param parameters the parameters in a form that doesn't depend on how they were written
 * @param actions the kinds of action that it looks at; empty for all
 * @param defaultValue what stands for a missing value, of the aggregation's value type; null for
 *     nothing
 * @param ttl milliseconds without an event after which the value is forgotten; {@link
 *     Long#MAX_VALUE} for never
 * @param source whether this system or another one computes it
 * @param formerNames names that it had, under which stored values are still found
 * @param description what it means, with its unit
 */
public record FeatureDefinition(
    String name,
    Entity entity,
    String group,
    String type,
    Aggregation aggregation,
    Map<String, String> parameters,
    Set<String> actions,
    Object defaultValue,
    long ttl,
    Source source,
    List<String> formerNames,
    String description) {

  /** The system that computes a feature. */
  public enum Source {
    /** The job, from the events. */
    JOB,
    /** Another system computes it and writes it to the store. */
    STORE
  }

  /** The same with values that are given as a whole. */
  FeatureDefinition asGiven() {
    if (source == Source.STORE) {
      return this;
    }
    return new FeatureDefinition(
        name,
        entity,
        group,
        "given",
        GivenType.of(valueType(), aggregation.length()),
        Map.of("shape", valueType() + " " + aggregation.length()),
        Set.of(),
        defaultValue,
        ttl,
        source,
        List.of(),
        description);
  }

  /** What the values are. */
  public ValueType valueType() {
    return aggregation.valueType();
  }

  /**
   * Returns how long after an event the value can depend on it; {@link Long#MAX_VALUE} for ever.
   */
  public long retention() {
    return Math.min(aggregation.retention(), ttl);
  }

  /** Whether the feature looks at an event. */
  public boolean takes(FeatureEvent event) {
    return aggregation.takes(event)
        && (actions.isEmpty() || !event.isAction() || actions.contains(event.action));
  }

  /**
   * What a stored value is recognised by: the first four bytes of the SHA-256 of all that decides
   * how its bytes came about. A feature that is changed so that its old bytes mean something else
   * has another tag, and so no old value.
   */
  public int tag() {
    return tag(name);
  }

  /** The tag of a value that was stored under a former name. */
  int tag(String storedName) {
    return Sha256.of(content(storedName)).getInt();
  }

  private String content(String storedName) {
    StringBuilder content = new StringBuilder("freshet feature 1\n");
    content.append(entity.key()).append(' ').append(storedName).append(' ').append(type);
    content.append('\n').append(String.join("\u0000", actions.stream().sorted().toList()));
    parameters.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(p -> content.append('\n').append(p.getKey()).append('=').append(p.getValue()));
    return content.toString();
  }
}
