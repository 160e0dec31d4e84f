package dev.freshet.features;

/** Stored bytes that can't be read as features: damaged, or of a layout that isn't known here. */
public final class FeatureLayoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public FeatureLayoutException(String message) {
    super(message);
  }

  public FeatureLayoutException(String message, Exception cause) {
    super(message, cause);
  }
}
