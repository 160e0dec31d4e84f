package dev.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.yaml.BadValueException;
import dev.freshet.yaml.ConfigurationException;
import dev.freshet.yaml.Nullable;
import dev.freshet.yaml.Problems;
import dev.freshet.yaml.Scalars;
import dev.freshet.yaml.Suggestion;
import dev.freshet.yaml.YamlFile;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every type that a component can have, and how it is written. */
class BinderTest {
  enum Colour {
    DEEP_RED,
    BLUE
  }

  record Inner(int size, @Nullable String note) {
    static Inner defaults() {
      return new Inner(0, "d");
    }
  }

  record All(
      String text,
      int count,
      long total,
      double share,
      boolean on,
      Duration pause,
      Instant since,
      Colour colour,
      List<String> names,
      List<Duration> steps,
      Map<String, String> labels,
      Map<String, Double> weights,
      Inner inner,
      Map<String, List<Integer>> groups,
      Map<String, Inner> parts) {}

  private static final All DEFAULTS =
      new All(
          "t",
          1,
          2,
          0.5,
          false,
          Duration.ofMillis(5),
          Instant.EPOCH,
          Colour.BLUE,
          List.of("a"),
          List.of(),
          Map.of("k", "v"),
          Map.of(),
          new Inner(3, "n"),
          Map.of("g", List.of(1)),
          Map.of("p", new Inner(7, "p")));

  @Test
  void absentKeysKeepTheirDefaults() {
    assertThat(bind("")).isEqualTo(DEFAULTS);
    assertThat(bind("inner: {size: 4}").inner()).isEqualTo(new Inner(4, "n"));
  }

  @Test
  void bindsEveryType() {
    assertThat(
            bind(
                """
                text: 'it: is'
                count: -7
                total: 9223372036854775807
                share: 2.5e-3
                on: true
                pause: 90s
                since: 2020-02-29T12:00:00+02:00
                colour: deep-red
                names: [x, "y z", 3]
                steps: [1ms, 1s]
                labels: {a.b: c}
                weights: {w: .25}
                inner: {size: 9, note: null}
                groups: {x.y: [1, 2], z: "3, 4", none: ""}
                parts: {b: {size: 8}, a: }
                """))
        .isEqualTo(
            new All(
                "it: is",
                -7,
                Long.MAX_VALUE,
                0.0025,
                true,
                Duration.ofSeconds(90),
                Instant.parse("2020-02-29T10:00:00Z"),
                Colour.DEEP_RED,
                List.of("x", "y z", "3"),
                List.of(Duration.ofMillis(1), Duration.ofSeconds(1)),
                Map.of("a.b", "c"),
                Map.of("w", 0.25),
                new Inner(9, null),
                Map.of("x.y", List.of(1, 2), "z", List.of(3, 4), "none", List.of()),
                Map.of("b", new Inner(8, "d"), "a", new Inner(0, "d"))));
  }

  @Test
  void mapsKeepTheOrderOfTheFile() {
    assertThat(bind("parts: {z: , a: , m: }").parts()).containsOnlyKeys("z", "a", "m");
    assertThat(bind("parts: {z: , a: , m: }").parts().keySet()).containsExactly("z", "a", "m");
    assertThat(bind("groups: {z: 1, a: 1, m: 1}").groups().keySet()).containsExactly("z", "a", "m");
  }

  @Test
  void overridesReachIntoMapsOfSectionsAndOfLists() {
    Map<String, String> overrides =
        Map.of("parts.p.size", "1", "parts.new.note", "", "groups.g", "8,9", "groups.h", "");

    assertThat(bind("", overrides).parts())
        .isEqualTo(Map.of("p", new Inner(1, "p"), "new", new Inner(0, null)));
    assertThat(bind("", overrides).groups()).isEqualTo(Map.of("g", List.of(8, 9), "h", List.of()));
    assertThat(bind("parts: {q: {size: 3}}", overrides).parts().keySet())
        .containsExactly("q", "new", "p");
  }

  @Test
  void errorsInMapsOfSectionsAndOfListsNameTheirPlace() {
    assertThat(problems("parts:\n  a:\n    sise: 3\n  b: [4]\n  a: {}\n"))
        .containsExactly(
            "f:3:5: parts.a.sise: is not a known key. Did you mean size?",
            "f:4:6: parts.b: expected keys with values, found a list. Write one \"key: value\" a"
                + " line, indented.",
            "f:5:3: parts.a: is set a second time, after line 2. Remove one of them.");
    assertThat(problems("groups:\n  a: [1, x]\n  b: {c: d}\n"))
        .containsExactly(
            "f:2:10: groups.a: 'x' is not a whole number. Write digits only, such as 20.",
            "f:3:6: groups.b: expected a value (list), found keys with values. Write a single"
                + " value.");
    assertThat(problems("parts: 3"))
        .singleElement()
        .asString()
        .startsWith("f:1:8: parts: expected keys with values, found a single value.");
  }

  @Test
  void aListMayBeWrittenWithCommas() {
    assertThat(bind("names: a, b,c").names()).containsExactly("a", "b", "c");
    assertThat(bind("names: ''").names()).isEmpty();
    assertThat(problems("names: a,,b"))
        .containsExactly(
            "f:1:8: names: has no value. Write one, or remove the line for the default.");
    assertThat(problems("names: [a, [b], ~]"))
        .containsExactly(
            "f:1:12: names: expected a value (text), found a list. Write a single value.",
            "f:1:17: names: has no value. Write one, or remove the line for the default.");
    assertThat(problems("steps: {a: b}"))
        .containsExactly(
            "f:1:8: steps: expected a value (list), found keys with values. Write a single value.");
  }

  @Test
  void anAnchorIsItsValue() {
    All bound = bind("labels: &l {x: &t y}\ntext: *t\n");

    assertThat(bound.text()).isEqualTo("y");
    assertThat(problems("inner: &i {size: *i}"))
        .singleElement()
        .asString()
        .contains("expected a value (whole number), found keys with values");
  }

  @ParameterizedTest
  @CsvSource({"5ms, 5", "2s, 2000", "10m, 600000", "1h, 3600000", "7d, 604800000", "0ms, 0"})
  void durations(String written, long millis) throws BadValueException {
    Duration duration = Duration.ofMillis(millis);

    assertThat(Scalars.parse(Duration.class, written, "")).isEqualTo(duration);
    assertThat(Scalars.write(duration)).isEqualTo(written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "share: half    | 'half' is not a number. Write a decimal number, such as 0.5.",
        "share: 1e999   | '1e999' doesn't fit its type. Write a value from -1.7976931348623157E308 to 1.7976931348623157E308.",
        "total: 9223372036854775808 | '9223372036854775808' doesn't fit its type. Write a value from -9223372036854775808 to 9223372036854775807.",
        "colour: deepred | 'deepred' is not one of deep-red, blue. Did you mean deep-red?",
      })
  void wrongValues(String yaml, String expected) {
    assertThat(problems(yaml))
        .containsExactly(
            "f:1:" + (yaml.indexOf(' ') + 2) + ": " + yaml.split(" ", -1)[0] + " " + expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "Infinity", "0x1p3", "1d", "1_000", "."})
  void numbersOfOtherLanguagesAreNotNumbers(String text) {
    assertThat(problems("share: " + text)).singleElement().asString().contains("is not a number");
    assertThat(problems("count: " + text)).singleElement().asString().contains("whole number");
  }

  @ParameterizedTest
  @CsvSource({
    "live, lvie, 1",
    "live, live, 0",
    "'', abc, 3",
    "kitten, sitting, 3",
    "ab, ba, 1",
    "ca, abc, 3"
  })
  void distanceOfWords(String a, String b, int edits) {
    assertThat(Suggestion.distance(a, b)).isEqualTo(edits);
  }

  @Test
  void theNearestKeyIsSuggestedAndNoFarOne() {
    assertThat(Suggestion.closest("max-dleay", List.of("max-delay", "max-relay")))
        .hasValue("max-delay");
    assertThat(Suggestion.closest("x", List.of("max-delay", "interval"))).isEmpty();
    assertThat(Suggestion.closest("x".repeat(1_000_000), List.of("interval"))).isEmpty();
  }

  private static All bind(String yaml) {
    return bind(yaml, Map.of());
  }

  private static All bind(String yaml, Map<String, String> overrides) {
    Problems problems = new Problems();
    All bound =
        new Binder("f", new Environment(Map.of()), Map.of(), overrides, problems)
            .bind(YamlFile.compose("f", yaml), DEFAULTS);
    problems.throwIfAny();
    return bound;
  }

  private static List<String> problems(String yaml) {
    try {
      bind(yaml);
      return List.of();
    } catch (ConfigurationException e) {
      return e.problems();
    }
  }
}
