package dev.freshet.yaml;

/** A text isn't a value of the expected type. The code that catches it adds key and place. */
public final class BadValueException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  /**
   * @param problem what is wrong, without a full stop
   * @param remedy what to do, a sentence
   */
  public BadValueException(String problem, String remedy) {
    super(problem);
    this.remedy = remedy;
  }

  public String remedy() {
    return remedy;
  }
}
