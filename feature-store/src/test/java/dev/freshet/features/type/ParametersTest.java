package dev.freshet.features.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.yaml.ConfigurationException;
import dev.freshet.yaml.Origin;
import dev.freshet.yaml.Problems;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParametersTest {
  private final Problems problems = new Problems();

  /** The keys are in lines 5, 6, … */
  private Parameters parameters(String... keysAndValues) {
    Map<String, Parameters.Value> values = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      String text = keysAndValues[i + 1];
      boolean list = text.startsWith("[");
      List<String> texts =
          text.equals("[]")
              ? List.of()
              : list
                  ? Arrays.asList(text.substring(1, text.length() - 1).split(",", -1))
                  : List.of(text);
      values.put(
          keysAndValues[i], new Parameters.Value(texts, list, new Origin("c", 5 + i / 2, 3)));
    }
    return new Parameters("f", new Origin("c", 4, 1), values, problems);
  }

  private String problem() {
    return problems.exception().getMessage();
  }

  /**
   * Every type's errors, as they come out of a catalog file: the one in line 5 is the first key.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "type: count; window: 1h; tile: 7m | :6:11: f.tile: doesn't divide the window. Write one",
        "type: count; window: 1d; tile: 1s | :6:11: f.tile: makes 86400 tiles. Write one of at least 86400 ms",
        "type: count; tile: 5m | :5:11: f.tile: has no window. Give the window",
        "type: count; window: 1x; tile: 5m | :5:13: f.window: '1x' has an unknown unit. The units are",
        "type: count; window: 0h; tile: 5m | :5:13: f.window: is 0. Write a longer duration",
        "type: count; window: 1h; tile: 5 | :6:11: f.tile: '5' has no unit. Add one",
        "type: count; window: 7919ms | :5:13: f.window: can't be divided into 24 to 1000 tiles. Write a rounder",
        "type: count; windw: 1h | :5:12: f: 'windw' is no key of this type. Did you mean window?",
        "type: sum | :2:5: f: has no of. Name the number",
        "type: mean; of: price | :5:9: f.of: 'price' is no field of an event. Write value",
        "type: min; of: user | :5:9: f.of: 'user' is no number. Write value, context.NAME or",
        "type: max; of: [value] | :5:9: f.of: is a list. Write one value",
        "type: decayed-count | :2:5: f: has no half-life. Write after how long",
        "type: decayed-count; half-life: 106751991167d | :5:16: f.half-life: is too long. Write at most",
        "type: decayed-count; half-life: 1h; of: item | :6:9: f.of: 'item' is no number",
        "type: rate; numerator: a | :2:5: f: has no denominator. Write the kinds",
        "type: rate; numerator: []; denominator: b | :5:16: f.numerator: has nothing in it. Write what",
        "type: rate; numerator: [a, a]; denominator: b | :5:16: f.numerator: names one twice. Name",
        "type: rate; numerator: a; denominator: b; prior: 0.1 | :2:5: f: has no prior-weight. Say how",
        "type: rate; numerator: a; denominator: b; prior-weight: 1 | :2:5: f: has no prior. Say which",
        "type: rate; numerator: a; denominator: b; prior: 1; prior-weight: 0 | :8:19: f.prior-weight: is 0. Write",
        "type: rate; numerator: a; denominator: b; prior: -1; prior-weight: 1 | :7:12: f.prior: -1 is out of range. Write a number from 0",
        "type: rate; numerator: a; denominator: b; actions: a | :7:14: f.actions: is not for this type, which names actions itself. Remove",
        "type: trend; short: 1h; long: 1h | :6:11: f.long: isn't longer than short. Write a longer",
        "type: trend; short: 1h; long: 2h; prior-weight: 0 | :7:19: f.prior-weight: 0 is out of range. Write a number",
        "type: trend; short: 1h | :2:5: f: has no long. Write after how long",
        "type: session; give: start | :2:5: f: has no gap. Write how long a pause",
        "type: session; gap: 1m | :2:5: f: has no give. Write position, length or start",
        "type: session; gap: 1m; give: lenght | :6:11: f.give: 'lenght' is nothing that a session has. Did you mean length?",
        "type: session; gap: 1m; give: start; longest: 30s | :7:14: f.longest: is out of range. Write 1 to 1000 times",
        "type: session; gap: 1m; give: start; longest: 1001m | :7:14: f.longest: is out of range. Write 1 to 1000 times",
        "type: session; gap: 106751991167d; give: start | :5:10: f.gap: is too long. Write at most",
        "type: count; actions: [] | :5:14: f.actions: names none. Name at least one",
        "type: count; actions: | :5:13: f.actions: has no value. Write one",
      })
  void aWrongKeyIsOneErrorWithItsLineAndRemedy(String parameters, String message) {
    ConfigurationException e =
        catchThrowableOfType(
            ConfigurationException.class,
            () ->
                FeatureCatalog.parse(
                    "test.yaml",
                    "features:\n  - name: f\n    entity: user\n    "
                        + parameters.replace("; ", "\n    ")
                        + "\n    description: What is tested\n"));
    assertThat(e).as(parameters).isNotNull();
    assertThat(e.getMessage().lines().filter(line -> line.contains("test.yaml:")))
        .hasSize(1)
        .first()
        .asString()
        .contains("test.yaml" + message);
  }

  @Test
  void anEmptyNameIsAnError() {
    assertThatThrownBy(
            () -> FeatureCatalog.parse("c", "features:\n  - {name: [], entity: user, type: age}"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("c:2:12: a feature.name: is a list");
  }

  @Test
  void aKeyThatIsNotThereGivesTheFallback() {
    Parameters none = parameters();
    assertThat(none.text("k")).isEmpty();
    assertThat(none.texts("k")).isEmpty();
    assertThat(none.textSet("k")).isEmpty();
    assertThat(none.numbers("k", 0, 1)).isEmpty();
    assertThat(none.duration("k", 7)).isEqualTo(7);
    assertThat(none.wholeNumber("k", 8, 0, 10)).isEqualTo(8);
    assertThat(none.number("k", 9.5, 0, 10)).isEqualTo(9.5);
    assertThat(none.window()).isEqualTo(Window.ALL_TIME);
    problems.throwIfAny();
  }

  @Test
  void aWrongNumberIsReportedOnce() {
    Parameters wrong = parameters("n", "many", "k", "11", "x", "1.5");
    assertThat(wrong.wholeNumber("n", 3, 1, 10)).isEqualTo(3);
    assertThat(wrong.wholeNumber("k", 3, 1, 10)).isEqualTo(3);
    assertThat(wrong.wholeNumber("x", 3, 1, 10)).isEqualTo(3);
    assertThat(problem())
        .contains("c:5:3: f.n: 'many' is not a whole number. Write digits only")
        .contains("c:6:3: f.k: 11 is out of range. Write a number from 1 to 10.")
        .contains("c:7:3: f.x: '1.5' is not a whole number");
  }

  @Test
  void aWrongNumberOfAListIsReported() {
    assertThat(parameters("b", "[1,two,30]").numbers("b", 0, 10)).hasSize(3);
    assertThat(problem())
        .contains("c:5:3: f.b: 'two' is not a number. Write a decimal number")
        .contains("c:5:3: f.b: 30 is out of range. Write a number from 0.0 to 10.0");
  }

  /** What decides whether stored values are still understood. */
  @Test
  void theCanonicalFormDoesNotDependOnHowItWasWritten() {
    assertThat(canonical("w", "60m", "b", "[1,2.50]", "s", "[y,x]"))
        .isEqualTo(canonical("s", "[x,y]", "w", "1h", "b", "[1.0,2.5]"))
        .isNotEqualTo(canonical("w", "1h", "b", "[2.5,1]", "s", "[x,y]"));
    assertThat(tag("window: 1h")).isEqualTo(tag("window: 60m\ntile: 1m"));
    assertThat(tag("window: 1h")).isNotEqualTo(tag("window: 1h\ntile: 5m"));
  }

  private Map<String, String> canonical(String... keysAndValues) {
    Parameters parameters = parameters(keysAndValues);
    parameters.duration("w", 1);
    parameters.numbers("b", 0, 10);
    parameters.textSet("s");
    problems.throwIfAny();
    return parameters.canonical();
  }

  private static int tag(String parameters) {
    return TypeContract.catalog("type: count\n" + parameters)
        .feature(Entity.USER, "f")
        .orElseThrow()
        .tag();
  }
}
