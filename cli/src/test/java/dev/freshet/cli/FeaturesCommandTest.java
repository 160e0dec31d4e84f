package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureDefinition;
import dev.freshet.features.type.FeatureTypes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What needs no server. */
class FeaturesCommandTest {

  private static final String CATALOG =
      """
      features:
        - name: actions
          entity: user
          type: count
          description: Actions so far
        - name: clicks_1h
          entity: user
          type: count
          window: 3600s
          tile: 12m
          actions: [like, click]
          default: 0
          ttl: 7d
          was: [recent_clicks, fresh_clicks]
          description: 'Clicks: "of the last hour", 100% \\ sure'
        - name: actions
          entity: item
          type: count
          window: 1h
          description: Actions on the item
        - name: taste
          entity: item
          type: given
          source: store
          group: embeddings
          shape: numbers[2]
          default: [0, 0.5]
          description: What it is like
      """;

  @TempDir private Path folder;
  private Path file;
  private FeatureCatalog catalog;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void writeCatalog() throws Exception {
    file = folder.resolve("features.yaml");
    Files.writeString(file, CATALOG);
    catalog = FeatureCatalog.load(file);
  }

  @Test
  void listsTheFeaturesByEntity() {
    assertThat(run("features", "list", "--catalog", file.toString())).isZero();

    assertThat(out.toString())
        .startsWith("Feature catalog %s%nhash %s%n".formatted(file, catalog.hash()))
        .containsSubsequence(
            "user: 2 features of a user\n",
            "  clicks_1h  count  click|like, tile 12m, window 1h  integer",
            "7d",
            "job",
            "Clicks: \"of the last hour\"",
            "item: 2 features of an item\n",
            "  actions    count  window 1h ",
            "  taste      given  shape numbers[2]",
            "numbers[2]",
            "store.embeddings",
            "What it is like");
  }

  @Test
  void listsOneEntity() {
    assertThat(run("features", "list", "--catalog", file.toString(), "--entity", "item")).isZero();
    assertThat(out.toString()).contains("taste").doesNotContain("clicks_1h");
  }

  @Test
  void listsTheCatalogOfAConfiguration() throws Exception {
    Path config = folder.resolve("freshet.yaml");
    Files.writeString(config, "features:\n  catalog: " + file + "\n");

    assertThat(run("features", "list", "--config", config.toString())).isZero();
    assertThat(out.toString()).contains("clicks_1h");
    assertThat(run("features", "list", "--config", config.toString(), "--catalog", file.toString()))
        .isEqualTo(CommandLine.ExitCode.USAGE);
  }

  @Test
  void anEntityWithoutFeaturesIsAnError() {
    assertThat(run("features", "list", "--catalog", file.toString(), "--entity", "usr")).isOne();
    assertThat(err.toString()).contains("no features of 'usr'; it has some of user, item.");
  }

  @Test
  void everyTypeIsListed() {
    assertThat(run("features", "types")).isZero();
    FeatureTypes.all()
        .forEach(
            type -> assertThat(out.toString()).contains(type.name()).contains(type.description()));
  }

  @Test
  void describesAFeature() {
    assertThat(run("features", "describe", "clicks_1h", "--catalog", file.toString())).isZero();

    FeatureDefinition feature = catalog.feature(Entity.USER, "clicks_1h").orElseThrow();
    assertThat(out.toString())
        .containsSubsequence(
            "clicks_1h, of a user\n",
            "type         count: ",
            "tile         12m",
            "window       1h",
            "actions      click, like",
            "value        integer",
            "default      0",
            "TTL          7d",
            "retention    1h",
            "computed by  the job",
            "tag %08x".formatted(feature.tag()),
            "was          recent_clicks, fresh_clicks",
            "more         docs/features/count.md");
  }

  @Test
  void describesTheFeaturesOfEveryEntityThatHasOneOfTheName() {
    assertThat(run("features", "describe", "actions", "--catalog", file.toString())).isZero();
    assertThat(out.toString())
        .contains("actions, of a user\n")
        .contains("actions, of an item\n")
        .contains("tile         1m (the default)");
  }

  @Test
  void aFormerNameIsFound() {
    assertThat(run("features", "describe", "recent_clicks", "--catalog", file.toString())).isZero();
    assertThat(out.toString()).contains("clicks_1h, of a user\n");
  }

  @Test
  void anUnknownNameHasASuggestion() {
    assertThat(run("features", "describe", "clicks_1hr", "--catalog", file.toString())).isOne();
    assertThat(err.toString()).contains("Did you mean clicks_1h?");
    assertThat(run("features", "describe", "count", "--catalog", file.toString())).isOne();
    assertThat(err.toString())
        .contains("It is a type of features, on the page docs/features/count.md");
    assertThat(run("features", "describe", "nonsense", "--catalog", file.toString())).isOne();
    assertThat(err.toString()).contains("There are actions, clicks_1h, taste.");
  }

  @Test
  void theYamlOfADescriptionIsTheFeature() {
    StringBuilder yaml = new StringBuilder("features:\n");
    catalog.features().forEach(feature -> yaml.append(FeatureText.yaml(feature)));

    FeatureCatalog again = FeatureCatalog.parse("again", yaml.toString());

    assertThat(again.hash()).isEqualTo(catalog.hash());
    for (FeatureDefinition feature : catalog.features()) {
      FeatureDefinition same = again.feature(feature.entity(), feature.name()).orElseThrow();
      assertThat(same.description()).isEqualTo(feature.description());
      assertThat(same.ttl()).isEqualTo(feature.ttl());
      assertThat(same.defaultValue()).isEqualTo(feature.defaultValue());
      assertThat(same.formerNames()).isEqualTo(feature.formerNames());
      assertThat(same.actions()).isEqualTo(feature.actions());
      assertThat(same.group()).isEqualTo(feature.group());
    }
    // A default that was written as such is left out.
    assertThat(yaml).contains("tile: 12m").doesNotContain("tile: 1m");
  }

  @Test
  void theTableOfATypesPageSaysWhatKeysMean() {
    assertThat(
            TypePage.meanings(
                List.of(
                    "# `count`",
                    "| time | action |",
                    "|---|---|",
                    "| 10:02 | `click` |",
                    "",
                    "| key | |",
                    "|---|---|",
                    "| `window` | the length, as `1h` |",
                    "| `a`, `b` | both |",
                    "",
                    "| `c` | elsewhere |")))
        .isEqualTo(Map.of("window", "the length, as 1h", "a", "both", "b", "both"));
  }

  @Test
  void valuesAreReadable() {
    assertThat(FeatureText.value(null)).isEqualTo("none");
    assertThat(FeatureText.value(42L)).isEqualTo("42");
    assertThat(FeatureText.value(1_767_225_600_000L))
        .isEqualTo("1767225600000 (2026-01-01T00:00:00Z)");
    assertThat(FeatureText.value(1 / 3.0)).isEqualTo("0.333333");
    assertThat(FeatureText.exactValue(1 / 3.0)).isEqualTo("0.33333333333333331");
    assertThat(FeatureText.value(1000.0)).isEqualTo("1000");
    assertThat(FeatureText.value(1e300)).isEqualTo("1E+300");
    assertThat(FeatureText.value(Double.NaN)).isEqualTo("NaN");
    assertThat(FeatureText.value(new double[] {1, 0.5})).isEqualTo("[1, 0.5]");
    assertThat(FeatureText.value(List.of("a", "b"))).isEqualTo("[a, b]");
    Map<String, Double> weights = new LinkedHashMap<>();
    weights.put("red", 0.75);
    weights.put("blue", 0.25);
    assertThat(FeatureText.value(weights)).isEqualTo("[red 0.75, blue 0.25]");
    double[] many = new double[32];
    Arrays.fill(many, 1);
    assertThat(FeatureText.value(many)).isEqualTo("[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, … 22 more]");
  }

  @Test
  void agesAreReadable() {
    assertThat(FeatureText.age(0)).isEqualTo("0 ms");
    assertThat(FeatureText.age(1_500)).isEqualTo("1.5 s");
    assertThat(FeatureText.age(90_000)).isEqualTo("90 s");
    assertThat(FeatureText.age(3_600_000)).isEqualTo("60 min");
    assertThat(FeatureText.age(86_400_000)).isEqualTo("24 h");
    assertThat(FeatureText.age(10 * 86_400_000L)).isEqualTo("10 d");
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "describe", "types", "get", "check"})
  void everyCommandHasHelpWithAnExample(String command) {
    assertThat(run("features", command, "--help")).isZero();
    assertThat(out.toString()).contains("Example").contains("./freshet features " + command);
  }

  private int run(String... arguments) {
    CommandLine command = Freshet.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(arguments);
  }
}
