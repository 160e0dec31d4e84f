package dev.freshet.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freshet.features.type.FeatureType;
import dev.freshet.features.type.FeatureTypes;
import dev.freshet.yaml.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every error of a catalog file: where, what, and what to do. */
class CatalogFileTest {
  private static final String TYPES =
      String.join(", ", FeatureTypes.all().stream().map(FeatureType::name).toList());

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "# only a comment\n"})
  void anEmptyFile(String text) {
    assertThat(problems(text))
        .containsExactly(
            "f: has no features. Write 'features:' and below it a list of at least one.");
  }

  @Test
  void noFeatures() {
    String remedy = ": has no features. Write 'features:' and below it a list of at least one.";
    assertThat(problems("features:")).containsExactly("f:1:10" + remedy);
    assertThat(problems("features: []")).containsExactly("f:1:11" + remedy);
    assertThat(problems("features: {a: b}")).containsExactly("f:1:11" + remedy);
    assertThat(problems("- a")).containsExactly("f:1:1" + remedy);
    assertThat(problems("just text")).containsExactly("f:1:1" + remedy);
  }

  @Test
  void notYaml() {
    assertThat(problems("features:\n  - {name: a"))
        .singleElement()
        .asString()
        .startsWith("f:2:13: is not valid YAML: ")
        .endsWith(" Correct it here or just above.");
    assertThat(problems("features:\n\t- a"))
        .singleElement()
        .asString()
        .startsWith("f:2:1: is not valid YAML: ");
    assertThat(problems("features: [*a]"))
        .singleElement()
        .asString()
        .startsWith("f:1:12: is not valid YAML: found an undefined alias");
  }

  @Test
  void twoDocuments() {
    assertThat(problems("features: []\n---\nfeatures: []"))
        .singleElement()
        .asString()
        .startsWith("f:2:1: is not valid YAML: expected a single document");
  }

  @Test
  void unknownTopLevelKeys() {
    assertThat(problems("version: 1\n" + feature("name: a, type: count")))
        .containsExactly(
            "f:1:1: 'version' is no key of a catalog. The one key is features, a list.");
    assertThat(problems("feature:\n- a"))
        .containsExactly(
            "f:1:1: 'feature' is no key of a catalog. Did you mean features?",
            "f:1:1: has no features. Write 'features:' and below it a list of at least one.");
  }

  @Test
  void featuresTwice() {
    String list = feature("name: a, type: count");
    assertThat(problems(list + list))
        .containsExactly("f:3:1: features: is there twice. Make one list of both.");
  }

  @Test
  void anEntryThatIsNoFeature() {
    assertThat(problems("features:\n  - count\n  - [a]\n"))
        .containsExactly(
            "f:2:5: is no feature. Write it as keys and values, from 'name:' on.",
            "f:3:5: is no feature. Write it as keys and values, from 'name:' on.");
  }

  @Test
  void missingKeys() {
    assertThat(problems("features:\n  - {ttl: 1d}\n"))
        .containsExactly(
            "f:2:5: a feature: has no name. Give it a name, such as clicks_1h.",
            "f:2:5: a feature: has no entity. Write one of user, item, user_item, global.",
            "f:2:5: a feature: has no description. Say what it means, with its unit.",
            "f:2:5: a feature: has no type. Name one: " + TYPES + ".");
  }

  @Test
  void keysWithoutAValue() {
    String remedy = "has no value. Write one, or remove the key; an empty text is \"\".";
    assertThat(
            problems(
                """
                features:
                  - name:
                    entity:
                    type:
                    description:
                    actions:
                    ttl:
                    default:
                    was: [a, ]
                    group:
                    source:
                """))
        .containsExactly(
            "f:2:10: a feature.name: " + remedy,
            "f:3:12: a feature.entity: " + remedy,
            "f:4:10: a feature.type: " + remedy,
            "f:5:17: a feature.description: " + remedy,
            "f:6:13: a feature.actions: " + remedy,
            "f:7:9: a feature.ttl: " + remedy,
            "f:8:13: a feature.default: " + remedy,
            "f:10:11: a feature.group: " + remedy,
            "f:11:12: a feature.source: " + remedy);
  }

  @Test
  void emptyTexts() {
    assertThat(
            problems(
                "features:\n- {name: \"\", entity: \"\", type: \"\", description: \"\","
                    + " actions: [\"\"], was: [\"\"]}\n"))
        .containsExactly(
            "f:2:10: a feature.name: is empty. Give it a name, such as clicks_1h.",
            "f:2:22: a feature.entity: is empty. Write one of user, item, user_item, global.",
            "f:2:32: a feature.type: is empty. Name one: " + TYPES + ".",
            "f:2:49: a feature.description: is empty. Say what it means, with its unit.",
            "f:2:62: a feature.actions: names none. Name at least one, or remove it to take all.",
            "f:2:73: a feature.was: '' is no name. Use 1 to 64 lower case letters, digits and '_',"
                + " a letter first.",
            "f:2:73: a feature.was: '' is its own name. List the names before that.");
  }

  @Test
  void names() {
    String remedy = " is no name. Use 1 to 64 lower case letters, digits and '_', a letter first.";
    for (String bad : List.of("Clicks", "1h", "_a", "a-b", "a.b", "é", "a".repeat(65))) {
      assertThat(problemsOf("name: " + bad + ", type: count"))
          .containsExactly("f:2:40: " + bad + ".name: '" + bad + "'" + remedy);
      assertThat(problemsOf("name: a, type: count, was: [b, " + bad + "]"))
          .containsExactly("f:2:61: a.was: '" + bad + "'" + remedy);
    }
    assertThat(problemsOf("name: " + "a".repeat(64) + ", type: count")).isEmpty();
    assertThat(problemsOf("name: a, type: given, source: store, shape: text, group: A"))
        .containsExactly("f:2:91: a.group: 'A'" + remedy);
  }

  @Test
  void aListWhereOneValueIsMeant() {
    assertThat(problemsOf("name: [a, b], type: [count], ttl: [1d]"))
        .containsExactly(
            "f:2:40: a feature.name: is a list. Write one value.",
            "f:2:54: a feature.type: is a list. Write one value.",
            "f:2:68: a feature.ttl: is a list. Write one value.");
    assertThat(problemsOf("name: [], type: count"))
        .containsExactly("f:2:40: a feature.name: is a list. Write one value.");
  }

  @Test
  void nestedValues() {
    String problem =
        "is neither a value nor a list of values. Write one value, or a list of values in [ ].";
    assertThat(problemsOf("name: {a: b}, type: count"))
        .containsExactly("f:2:40: a feature.name: " + problem);
    assertThat(problemsOf("name: a, type: count, actions: [[click], {a: b}]"))
        .containsExactly("f:2:65: a.actions: " + problem);
    assertThat(problemsOf("name: a, type: count, window: {length: 1h}"))
        .containsExactly("f:2:64: a.window: " + problem);
  }

  @Test
  void keysThatAreNoText() {
    assertThat(problemsOf("name: a, type: count, [x]: y"))
        .containsExactly("f:2:56: a: has a key that is no text. Write a key, ':' and its value.");
  }

  @Test
  void controlCharacters() {
    assertThat(problemsOf("name: a, type: count, actions: [\"a\\nb\"]"))
        .containsExactly(
            "f:2:65: a.actions: has a line break or another control character. Write it on one"
                + " line.");
    assertThat(
            problems("features:\n- {name: a, entity: user, type: count, description: \"a\\nb\"}"))
        .isEmpty();
  }

  @Test
  void duplicateKeys() {
    assertThat(problemsOf("name: a, type: count, ttl: 1h, ttl: 2h"))
        .containsExactly("f:2:65: a.ttl: is there twice. Remove one.");
  }

  @Test
  void duplicateNames() {
    String remedy = ". Choose another: names, also those under 'was', are unique in an entity.";
    assertThat(
            problems(
                "features:\n"
                    + "- {entity: user, description: d, type: count, name: a, was: [b]}\n"
                    + "- {entity: user, description: d, type: count, name: a}\n"
                    + "- {entity: user, description: d, type: count, name: b}\n"
                    + "- {entity: user, description: d, type: count, name: c, was: [a, b]}\n"
                    + "- {entity: item, description: d, type: count, name: a}\n"
                    + "- {entity: user, description: d, type: zzzzzzzzzz, name: c}\n"))
        .containsExactly(
            "f:3:53: a.name: 'a' is taken by the user feature at f:2:3" + remedy,
            "f:4:53: b.name: 'b' is taken by the user feature at f:2:3" + remedy,
            "f:5:61: c.was: 'a' is taken by the user feature at f:2:3" + remedy,
            "f:5:61: c.was: 'b' is taken by the user feature at f:2:3" + remedy,
            "f:7:40: c.type: 'zzzzzzzzzz' is no feature type. The types are " + TYPES + ".",
            "f:7:58: c.name: 'c' is taken by the user feature at f:5:3" + remedy);
  }

  @Test
  void formerNames() {
    assertThat(problemsOf("name: a, type: count, was: [a]"))
        .containsExactly("f:2:61: a.was: 'a' is its own name. List the names before that.");
    assertThat(problemsOf("name: a, type: count, was: [b, b]"))
        .containsExactly("f:2:61: a.was: names one twice. Name each once.");
    assertThat(problemsOf("name: a, type: count, was: b")).isEmpty();
  }

  @Test
  void entities() {
    assertThat(problems("features:\n- {name: a, entity: users, type: count, description: d}"))
        .containsExactly("f:2:21: a.entity: 'users' is no entity. Did you mean user?");
    assertThat(problems("features:\n- {name: a, entity: shop, type: count, description: d}"))
        .containsExactly(
            "f:2:21: a.entity: 'shop' is no entity. Write one of user, item, user_item, global.");
  }

  @Test
  void types() {
    assertThat(problemsOf("name: a, type: coutn"))
        .containsExactly("f:2:49: a.type: 'coutn' is no feature type. Did you mean count?");
    assertThat(problemsOf("name: a, type: zzzzzzzzzz"))
        .containsExactly(
            "f:2:49: a.type: 'zzzzzzzzzz' is no feature type. The types are " + TYPES + ".");
  }

  @Test
  void unknownKeys() {
    assertThat(problemsOf("name: a, type: count, windwo: 1h"))
        .containsExactly("f:2:64: a: 'windwo' is no key of this type. Did you mean window?");
    assertThat(problemsOf("name: a, type: count, colour: red"))
        .containsExactly(
            "f:2:64: a: 'colour' is no key of this type. The keys are actions, default,"
                + " description, entity, group, name, source, tile, ttl, type, was, window.");
    assertThat(problemsOf("name: a, type: count, sourc: job"))
        .containsExactly("f:2:63: a: 'sourc' is no key of this type. Did you mean source?");
  }

  @Test
  void sourcesAndGroups() {
    assertThat(problemsOf("name: a, type: count, source: batch"))
        .containsExactly(
            "f:2:64: a.source: 'batch' is no source. Write job (the default) or store.");
    assertThat(problemsOf("name: a, type: given, shape: text"))
        .containsExactly(
            "f:2:49: a.type: 'given' is not computed by the job. Add 'source: store', or choose"
                + " another type.");
    assertThat(problemsOf("name: a, type: given, shape: text, source: job"))
        .containsExactly(
            "f:2:49: a.type: 'given' is not computed by the job. Add 'source: store', or choose"
                + " another type.");
    assertThat(problemsOf("name: a, type: count, source: store"))
        .containsExactly(
            "f:2:64: a.source: is store, but 'count' is computed by the job. Write 'type: given',"
                + " or remove the source.");
    assertThat(problemsOf("name: a, type: count, group: b"))
        .containsExactly(
            "f:2:63: a.group: is for features with 'source: store'. Remove it: what the job"
                + " computes for an entity is one group.");
    assertThat(problemsOf("name: a, type: given, shape: text, source: store, group: live"))
        .containsExactly("f:2:91: a.group: 'live' is the job's own. Choose another name.");
    assertThat(problemsOf("name: a, type: given, shape: text, source: store, actions: click"))
        .containsExactly("f:2:93: a.actions: is for features that the job computes. Remove it.");
  }

  @Test
  void actions() {
    assertThat(problemsOf("name: a, type: count, actions: []"))
        .containsExactly(
            "f:2:65: a.actions: names none. Name at least one, or remove it to take all.");
    assertThat(problemsOf("name: a, type: count, actions: [click, click]"))
        .containsExactly("f:2:65: a.actions: names one twice. Name each once.");
    assertThat(problemsOf("name: a, type: count, actions: click")).isEmpty();
  }

  @Test
  void ttls() {
    assertThat(problemsOf("name: a, type: count, ttl: 5"))
        .containsExactly(
            "f:2:61: a.ttl: '5' has no unit. Add one: ms, s, m, h or d (milliseconds to days).");
    assertThat(problemsOf("name: a, type: count, ttl: 0d"))
        .containsExactly("f:2:61: a.ttl: is 0. Write a longer duration, such as 1h.");
    assertThat(problemsOf("name: a, type: count, ttl: never"))
        .containsExactly(
            "f:2:61: a.ttl: 'never' is not a duration. Write a whole number and a unit (ms, s, m,"
                + " h, d), such as 5ms.");
  }

  @Test
  void windows() {
    assertThat(problemsOf("name: a, type: count, tile: 5m"))
        .containsExactly(
            "f:2:62: a.tile: has no window. Give the window that it divides, or remove it.");
    assertThat(problemsOf("name: a, type: count, window: 1h, tile: 7m"))
        .containsExactly(
            "f:2:74: a.tile: doesn't divide the window. Write one that fits a whole number of"
                + " times.");
    assertThat(problemsOf("name: a, type: count, window: 1h, tile: 1s"))
        .containsExactly(
            "f:2:74: a.tile: makes 3600 tiles. Write one of at least 3600 ms: at most 1000 tiles"
                + " fit in a window.");
  }

  @Test
  void defaults() {
    assertThat(problemsOf("name: a, type: count, default: 0.5"))
        .containsExactly(
            "f:2:65: a.default: '0.5' is not a whole number. Write digits only, such as 20.");
    assertThat(problemsOf("name: a, type: count, default: [1]"))
        .containsExactly("f:2:65: a.default: is a list. Write one value.");
    assertThat(problemsOf(given("number", "NaN")))
        .containsExactly(
            "f:2:95: a.default: 'NaN' is not a number. Write a decimal number, such as 0.5.");
    assertThat(problemsOf(given("text", "[a]")))
        .containsExactly("f:2:93: a.default: is a list. Write one value.");
    assertThat(problemsOf(given("'numbers[2]'", "[1, x]")))
        .containsExactly(
            "f:2:101: a.default: 'x' is not a number. Write a decimal number, such as 0.5.");
    assertThat(problemsOf(given("'numbers[2]'", "1")))
        .containsExactly("f:2:101: a.default: has 1 number. Write 2 in [ ], as the values have.");
    assertThat(problemsOf(given("'numbers[2]'", "[]")))
        .containsExactly("f:2:101: a.default: has 0 numbers. Write 2 in [ ], as the values have.");
    assertThat(problemsOf(given("'numbers[2]'", "[1, 2, 3]")))
        .containsExactly("f:2:101: a.default: has 3 numbers. Write 2 in [ ], as the values have.");
  }

  private static String given(String shape, String value) {
    return "name: a, type: given, source: store, shape: " + shape + ", default: " + value;
  }

  @Test
  void twoNamesOfOneTag() {
    FeatureDefinition pattern =
        TestCatalogs.group(TestCatalogs.computed("a, type: count")).features().get(0);
    Map<Integer, String> byTag = new HashMap<>();
    String one = "";
    String other = null;
    for (int i = 0; other == null; i++) {
      one = "f" + i;
      other = byTag.put(pattern.tag(one), one);
    }
    String yaml =
        "features:\n- {entity: user, description: d, type: count, name: %s}\n".formatted(other)
            + "- {entity: user, description: d, type: count, name: %s}\n".formatted(one);
    assertThat(problems(yaml))
        .containsExactly(
            "f:3:53: %1$s.name: '%1$s' has by chance the same tag as a name of '%2$s'. Choose another name: stored values are told apart by it."
                .formatted(one, other));
  }

  @Test
  void everythingAtOnceInTheOrderOfTheFile() {
    ConfigurationException e =
        catchThrowableOfType(
            ConfigurationException.class,
            () ->
                FeatureCatalog.parse(
                    "features.yaml",
                    """
                    features:
                      - name: clicks
                        entity: usr
                        type: count
                        window: 1hour
                        tiel: 5m
                      - name: Embedding
                        entity: item
                        type: given
                        shape: numbers[0]
                        default: x
                        description: What it is like
                    """));
    assertThat(e)
        .hasMessageStartingWith("The configuration has 8 errors:\n  features.yaml:2:5: clicks: ");
    assertThat(e.problems())
        .extracting(problem -> problem.substring(0, problem.indexOf(". ")))
        .containsExactly(
            "features.yaml:2:5: clicks: has no description",
            "features.yaml:3:13: clicks.entity: 'usr' is no entity",
            "features.yaml:5:13: clicks.window: '1hour' has an unknown unit",
            "features.yaml:6:11: clicks: 'tiel' is no key of this type",
            "features.yaml:7:11: Embedding.name: 'Embedding' is no name",
            "features.yaml:9:11: Embedding.type: 'given' is not computed by the job",
            "features.yaml:10:12: Embedding.shape: 'numbers[0]' is no shape",
            "features.yaml:11:14: Embedding.default: 'x' is not a number");
  }

  @Test
  void filesThatCannotBeRead(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("nope.yaml");
    assertThat(problemsOf(missing))
        .containsExactly(
            missing + ": there is no such file. Create it, or give the path of the one to use.");
    Path latin1 = Files.write(folder.resolve("latin1.yaml"), new byte[] {'a', '\n', (byte) 0xe9});
    assertThat(problemsOf(latin1))
        .containsExactly(latin1 + ":2: is not UTF-8. Save the file with the encoding UTF-8.");
  }

  private static List<String> problemsOf(Path file) {
    return catchThrowableOfType(ConfigurationException.class, () -> FeatureCatalog.load(file))
        .problems();
  }

  /** A catalog of one user feature, from column 34 of line 2 on. */
  private static String feature(String keys) {
    return "features:\n- {entity: user, description: d, %s}\n".formatted(keys);
  }

  private static List<String> problemsOf(String keys) {
    return problems(feature(keys));
  }

  private static List<String> problems(String text) {
    try {
      FeatureCatalog.parse("f", text);
      return List.of();
    } catch (ConfigurationException e) {
      return e.problems();
    }
  }
}
