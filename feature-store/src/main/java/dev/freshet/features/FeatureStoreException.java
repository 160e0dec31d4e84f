package dev.freshet.features;

/**
 * The feature store cannot be reached, or refuses. The message names its address and what to do.
 * Whether a write arrived is unknown; writing it again is always right, as the store keeps the
 * newest version only.
 */
public final class FeatureStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes one; {@code cause} is null where there is no other exception behind it. */
  public FeatureStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
