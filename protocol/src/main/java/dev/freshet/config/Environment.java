package dev.freshet.config;

import dev.freshet.yaml.BadValueException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces a reference to an environment variable, a dollar sign and the name in braces: <code>
 * ${NAME}</code>, or with a default <code>${NAME:-default}</code>, which also stands in for a
 * variable that is set but empty, as in a shell. A doubled dollar sign before the brace stands for
 * a literal one.
 */
final class Environment {
  private static final Pattern REFERENCE =
      Pattern.compile(
          "(?<escaped>\\$\\$\\{)"
              + "|\\$\\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?<default>[^}]*))?}"
              + "|(?<malformed>\\$\\{)");

  private final Map<String, String> variables;

  Environment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /**
   * @throws BadValueException for a variable that isn't set and has no default, or a reference that
   *     can't be read
   */
  String expand(String text) throws BadValueException {
    StringBuilder expanded = new StringBuilder();
    List<String> unset = new ArrayList<>();
    Matcher reference = REFERENCE.matcher(text);
    while (reference.find()) {
      reference.appendReplacement(expanded, Matcher.quoteReplacement(value(reference, unset)));
    }
    reference.appendTail(expanded);
    if (!unset.isEmpty()) {
      throw new BadValueException(
          (unset.size() == 1 ? "environment variable " : "environment variables ")
              + String.join(", ", unset)
              + (unset.size() == 1 ? " is not set" : " are not set"),
          "Set it, or write a default: ${" + unset.get(0) + ":-default}.");
    }
    return expanded.toString();
  }

  private String value(Matcher reference, List<String> unset) throws BadValueException {
    if (reference.group("escaped") != null) {
      return "${";
    }
    if (reference.group("malformed") != null) {
      throw new BadValueException(
          "a reference to an environment variable is malformed",
          "Write ${NAME} or ${NAME:-default}, or $${ for a literal ${.");
    }
    String name = reference.group("name");
    String value = variables.get(name);
    String fallback = reference.group("default");
    if (fallback != null && (value == null || value.isEmpty())) {
      return fallback;
    }
    if (value == null) {
      unset.add(name);
      return "";
    }
    return value;
  }
}
