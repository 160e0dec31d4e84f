package dev.freshet.client.model;

/** Something can't be done to a model or its plan; the message says why and what to do. */
public final class ModelControlException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ModelControlException(String message) {
    super(message);
  }

  ModelControlException(String message, Throwable cause) {
    super(message, cause);
  }
}
