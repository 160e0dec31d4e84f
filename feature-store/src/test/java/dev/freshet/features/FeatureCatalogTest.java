package dev.freshet.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.features.FeatureDefinition.Source;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureCatalogTest {
  private static final String TEXT =
      """
      # A comment
      features:
        - name: clicks_1h
          entity: user
          type: count
          actions: [click, view]
          window: 1h
          ttl: 2d
          default: 0
          was: [clicks]
          description: Clicks and views in the last hour
        - name: embedding
          entity: item
          type: given
          source: store
          group: model
          shape: numbers[2]
          default: [0, 0.5]
          description: |
            What the item is like,
            as the nightly model sees it
        - name: title
          entity: item
          type: given
          source: store
          shape: text
          default: ""
          description: The title
        - name: views
          entity: item
          source: job
          type: count
          description: Views of all time
      """;

  private final FeatureCatalog catalog = FeatureCatalog.parse("features.yaml", TEXT);

  @Test
  void hasWhatTheFileSays() {
    assertThat(catalog.source()).isEqualTo("features.yaml");
    assertThat(catalog.entities()).containsExactly(Entity.USER, Entity.ITEM);
    assertThat(catalog.groups())
        .extracting(FeatureGroup::toString)
        .containsExactly("user.live", "item.model", "item.batch", "item.live");
    assertThat(catalog.features())
        .extracting(FeatureDefinition::name)
        .containsExactly("clicks_1h", "embedding", "title", "views");
    assertThat(catalog.groups(Entity.GLOBAL)).isEmpty();
    assertThat(catalog.group(Entity.ITEM, "nope")).isEmpty();
    assertThat(catalog.computed(Entity.ITEM).map(FeatureGroup::name)).contains("live");
    assertThat(catalog.computed(Entity.GLOBAL)).isEmpty();
    assertThat(catalog.feature(Entity.USER, "views")).isEmpty();
  }

  @Test
  void definesAFeature() {
    FeatureDefinition clicks = catalog.feature(Entity.USER, "clicks_1h").orElseThrow();
    assertThat(clicks.entity()).isEqualTo(Entity.USER);
    assertThat(clicks.group()).isEqualTo("live");
    assertThat(clicks.type()).isEqualTo("count");
    assertThat(clicks.actions()).containsExactlyInAnyOrder("click", "view");
    assertThat(clicks.valueType()).isEqualTo(ValueType.LONG);
    assertThat(clicks.defaultValue()).isEqualTo(0L);
    assertThat(clicks.ttl()).isEqualTo(172_800_000);
    assertThat(clicks.retention()).isEqualTo(3_600_000);
    assertThat(clicks.source()).isEqualTo(Source.JOB);
    assertThat(clicks.formerNames()).containsExactly("clicks");
    assertThat(clicks.description()).isEqualTo("Clicks and views in the last hour");

    FeatureDefinition embedding = catalog.feature(Entity.ITEM, "embedding").orElseThrow();
    assertThat(embedding.group()).isEqualTo("model");
    assertThat(embedding.source()).isEqualTo(Source.STORE);
    assertThat((double[]) embedding.defaultValue()).containsExactly(0, 0.5);
    assertThat(embedding.ttl()).isEqualTo(Long.MAX_VALUE);
    assertThat(embedding.actions()).isEmpty();
    assertThat(catalog.feature(Entity.ITEM, "title").orElseThrow().defaultValue()).isEqualTo("");
    assertThat(catalog.feature(Entity.ITEM, "views").orElseThrow().defaultValue()).isNull();
  }

  @Test
  void defaultsOfEveryValueType() {
    assertThat(defaultOf("integer", "-9000000000")).isEqualTo(-9_000_000_000L);
    assertThat(defaultOf("number", "1e-3")).isEqualTo(0.001);
    assertThat(defaultOf("number", "7")).isEqualTo(7.0);
    assertThat(defaultOf("text", "none")).isEqualTo("none");
    assertThat(defaultOf("texts", "[a, b, a]")).isEqualTo(List.of("a", "b", "a"));
    assertThat(defaultOf("texts", "[]")).isEqualTo(List.of());
    assertThat(defaultOf("texts", "one")).isEqualTo(List.of("one"));
    assertThat((double[]) defaultOf("'numbers[3]'", "[0, 0, -1.5]")).containsExactly(0, 0, -1.5);
    assertThat((double[]) defaultOf("'numbers[1]'", "2")).containsExactly(2);
  }

  private static Object defaultOf(String shape, String value) {
    FeatureCatalog catalog = TestCatalogs.given("f, shape: " + shape + ", default: " + value);
    return catalog.feature(Entity.ITEM, "f").orElseThrow().defaultValue();
  }

  @Test
  void takesTheActionsThatAreNamed() {
    FeatureDefinition clicks = catalog.feature(Entity.USER, "clicks_1h").orElseThrow();
    assertThat(clicks.takes(TestCatalogs.event("click", 1))).isTrue();
    assertThat(clicks.takes(TestCatalogs.event("purchase", 1))).isFalse();
    FeatureDefinition views = catalog.feature(Entity.ITEM, "views").orElseThrow();
    assertThat(views.takes(TestCatalogs.event("purchase", 1))).isTrue();
    FeatureEvent update = TestCatalogs.event("click", 1);
    update.action = null;
    assertThat(clicks.takes(update)).isFalse();
  }

  @Test
  void theHashIsThatOfWhatIsStored() {
    String hash = catalog.hash();
    assertThat(hash).matches("[0-9a-f]{64}");
    assertThat(hashWith("# A comment", "# Another")).isEqualTo(hash);
    assertThat(hashWith("Views of all time", "All views")).isEqualTo(hash);
    assertThat(hashWith("default: 0\n", "default: 5\n")).isEqualTo(hash);
    assertThat(hashWith("    default: 0\n", "")).isEqualTo(hash);
    assertThat(hashWith("ttl: 2d", "ttl: 3d")).isEqualTo(hash);
    assertThat(hashWith("was: [clicks]", "was: [clicks, more]")).isEqualTo(hash);
    assertThat(hashWith("[click, view]", "[view, click]")).isEqualTo(hash);
    assertThat(hashWith("window: 1h", "window: 60m")).isEqualTo(hash);
    assertThat(hashWith("window: 1h", "window: 1h\n    tile: 1m")).isEqualTo(hash);
    assertThat(hashWith("    source: job\n", "")).isEqualTo(hash);

    assertThat(hashWith("clicks_1h", "clicks_in_1h")).isNotEqualTo(hash);
    assertThat(hashWith("[click, view]", "[click]")).isNotEqualTo(hash);
    assertThat(hashWith("    actions: [click, view]\n", "")).isNotEqualTo(hash);
    assertThat(hashWith("window: 1h", "window: 2h")).isNotEqualTo(hash);
    assertThat(hashWith("window: 1h", "window: 1h\n    tile: 2m")).isNotEqualTo(hash);
    assertThat(hashWith("entity: user", "entity: global")).isNotEqualTo(hash);
    assertThat(hashWith("group: model", "group: other")).isNotEqualTo(hash);
    assertThat(hashWith("    group: model\n", "")).isNotEqualTo(hash);
    assertThat(hashWith("shape: text", "shape: texts")).isNotEqualTo(hash);
  }

  private static String hashWith(String from, String to) {
    assertThat(TEXT).contains(from);
    return FeatureCatalog.parse("other.yaml", TEXT.replace(from, to)).hash();
  }

  @Test
  void theOrderOfFeaturesInAGroupCountsThatOfEntitiesDoesNot() {
    String a = "- {name: a, entity: user, type: count, description: d}\n";
    String b = "- {name: b, entity: user, type: count, description: d}\n";
    String c = "- {name: c, entity: item, type: count, description: d}\n";
    String hash = FeatureCatalog.parse("f", "features:\n" + a + b + c).hash();
    assertThat(FeatureCatalog.parse("f", "features:\n" + c + a + b).hash()).isEqualTo(hash);
    assertThat(FeatureCatalog.parse("f", "features:\n" + b + a + c).hash()).isNotEqualTo(hash);
  }

  @Test
  void javaSerializationKeepsIt() throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(catalog);
    }
    FeatureCatalog copy;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      copy = (FeatureCatalog) in.readObject();
    }
    assertThat(copy.source()).isEqualTo(catalog.source());
    assertThat(copy.hash()).isEqualTo(catalog.hash());
    assertThat(copy.features())
        .usingRecursiveComparison()
        .ignoringFields("aggregation")
        .isEqualTo(catalog.features());
    assertThat(copy.features())
        .extracting(FeatureDefinition::aggregation)
        .isEqualTo(catalog.features().stream().map(FeatureDefinition::aggregation).toList());
  }

  @Test
  void readsAFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("features.yaml"), TEXT);
    FeatureCatalog read = FeatureCatalog.load(file);
    assertThat(read.source()).isEqualTo(file.toString());
    assertThat(read.hash()).isEqualTo(catalog.hash());
  }

  @Test
  void requireNamesWhatThereIs() {
    assertThatThrownBy(() -> catalog.require(Entity.ITEM, "view"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("No feature 'view' of 'item' in the feature catalog; did you mean 'views'?");
    assertThatThrownBy(() -> catalog.require(Entity.ITEM, "something_else"))
        .hasMessage(
            "No feature 'something_else' of 'item' in the feature catalog; it has [embedding, title,"
                + " views]");
  }

  @Test
  void tagsAreOfTheNamesAndParameters() {
    FeatureGroup group = catalog.computed(Entity.USER).orElseThrow();
    FeatureDefinition clicks = group.features().get(0);
    assertThat(clicks.tag()).isEqualTo(clicks.tag("clicks_1h")).isNotEqualTo(clicks.tag("clicks"));
    assertThat(group.indexOfTag(clicks.tag())).isZero();
    assertThat(group.indexOfTag(clicks.tag("clicks"))).isZero();
    assertThat(group.indexOfTag(clicks.tag("click"))).isEqualTo(-1);
    assertThat(group.indexOf("clicks_1h")).isZero();
    assertThat(group.indexOf("clicks")).isEqualTo(-1);
  }

  @Test
  void entitiesOfAnEvent() {
    FeatureEvent event = TestCatalogs.event("click", 1);
    event.user = "a/b%";
    event.item = "c";
    assertThat(Entity.USER.idOf(event)).contains("a/b%");
    assertThat(Entity.ITEM.idOf(event)).contains("c");
    assertThat(Entity.USER_ITEM.idOf(event)).contains("a%2Fb%25/c");
    assertThat(Entity.GLOBAL.idOf(event)).contains("all");
    event.item = null;
    assertThat(Entity.ITEM.idOf(event)).isEmpty();
    assertThat(Entity.USER_ITEM.idOf(event)).isEmpty();
    assertThat(Set.of(Entity.values()))
        .allSatisfy(entity -> assertThat(Entity.of(entity.key())).isEqualTo(Optional.of(entity)));
  }
}
