package dev.freshet.features;

import java.util.Objects;

/**
 * One feature of one kind of entity.
 *
 * @param name unique within the entity: lower case letters, digits and {@code _}, a letter first
 * @param entity what it describes, as {@code user} or {@code item}; same form as the name
 * @param type what its values are
 * @param description what it means, with its unit
 */
public record FeatureDefinition(String name, String entity, FeatureType type, String description) {
  public FeatureDefinition {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(entity, "entity");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(description, "description");
  }
}
