package dev.freshet.features;

/**
 * A stored value that this reader cannot read: of another layout version, of another catalog, or
 * damaged. The message names the entity and the reason.
 */
public final class FeatureLayoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FeatureLayoutException(String message) {
    super(message);
  }
}
