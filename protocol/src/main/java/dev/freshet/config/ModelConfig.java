package dev.freshet.config;

import dev.freshet.yaml.Nullable;
import java.io.Serializable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * The model.
 *
 * @param file path of a model bundle, from the working directory if relative; null: the bundled
 *     model
 */
public record ModelConfig(@Nullable String file) implements Section, Serializable {
  static ModelConfig defaults() {
    return new ModelConfig(null);
  }

  @Override
  public void check(Check check) {
    check.require(
        file == null || isPath(file), "is not a path", "Write the path of a file.", "file");
  }

  private static boolean isPath(String text) {
    try {
      return !Path.of(text).toString().isEmpty();
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
