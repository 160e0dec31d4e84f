package dev.freshet.yaml;

import java.io.Serializable;
import java.util.Objects;

/**
 * A text that is never printed: not by {@link #toString}, not in an error, not in a log of the
 * record that holds it. Serialization carries the value, because an operator needs it.
 */
public final class Secret implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String value;

  public Secret(String value) {
    this.value = Objects.requireNonNull(value);
  }

  /** The value itself, for the client that needs it. */
  public String reveal() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && secret.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "****";
  }
}
