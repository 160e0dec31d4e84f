package dev.freshet.features.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.embedded.EmbeddedRedis;
import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureVersion;
import dev.freshet.features.FeatureWrite;
import dev.freshet.features.RowUpdater;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The how-to page's code is this package's, and does what the page says. */
@Timeout(60)
class ShopServiceITCase {
  private static final Path PAGE =
      Path.of("..", "docs", "how-to", "read-features-from-a-service.md");
  private static final Path CODE =
      Path.of("src/test/java/dev/freshet/features/example/ShopService.java");
  private static final Path PACKAGE =
      Path.of("src/main/java/dev/freshet/features/package-info.java");
  private static final String SNIPPET = "  // snippet: ";
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir private static Path folder;

  @Test
  void theServiceDoesWhatThePageSays() throws Exception {
    FeatureCatalog catalog = FeatureCatalog.parse("catalog.yaml", block("yaml").get(0));
    try (EmbeddedRedis redis = EmbeddedRedis.start(folder);
        FeatureStore writer = ShopService.open(redis.address(), catalog);
        ShopService service =
            new ShopService(
                ShopService.open(redis.address(), catalog), Clock.fixed(NOW, ZoneOffset.UTC))) {
      FeatureGroup live = catalog.computed(Entity.USER).orElseThrow();
      byte[] packed = new RowUpdater(live).add(null, List.of(click()));
      writer.write(List.of(new FeatureWrite(live, "ada", packed)));
      FeatureGroup prices = catalog.group(Entity.ITEM, "batch").orElseThrow();
      byte[] price = new RowUpdater(prices).given(new FeatureVersion(0, 1), Map.of("price", 20.5));
      writer.write(List.of(new FeatureWrite(prices, "lamp", price)));

      service.writeTastes(Map.of("ada", new double[] {1, 2}), NOW, 1);
      service.writeTastes(Map.of("ada", new double[] {3, 4}), NOW.minusSeconds(9), 2);

      assertThat(service.greeting("ada")).isEqualTo("1 clicks, of no segment");
      assertThat(service.greeting("bob")).isEqualTo("a stranger");
      assertThat(service.matrix(List.of("lamp", "desk"))).containsExactly(0, 20.5f, 0, Float.NaN);
      assertThat(service.clicks(List.of("ada", "bob")).get(10, TimeUnit.SECONDS)).isEqualTo(1);
      assertThat(service.taste("ada").get(10, TimeUnit.SECONDS)).containsExactly(1, 2);
      FeatureRow row = writer.get(Entity.USER, "ada").orElseThrow();
      assertThat(service.why(row, "taste")).endsWith("as of 2026-03-01T12:00:00Z");
      assertThat(service.why(row, "last_purchase")).startsWith("nothing of that kind");
      assertThat(service.why(row, "segment")).startsWith("the group was never written");
      assertThat(service.erase("ada")).isTrue();
      assertThat(service.greeting("ada")).isEqualTo("a stranger");
    }
  }

  private static FeatureEvent click() {
    FeatureEvent click = new FeatureEvent();
    click.eventId = "e1";
    click.time = NOW.toEpochMilli() - 1000;
    click.user = "ada";
    click.item = "lamp";
    click.action = "click";
    return click;
  }

  @Test
  void theCodeOfThePageIsTheServices() throws IOException {
    assertThat(block("java").stream().map(String::strip))
        .containsExactlyInAnyOrderElementsOf(snippets().values());
  }

  @Test
  void theCodeOfThePackagesDocumentationIsTheServices() throws IOException {
    String text = Files.readString(PACKAGE).replaceAll("(?m)^ \\* ?", "");
    assertThat(text).contains(snippets().get("open"), snippets().get("read"));
  }

  /** The parts of the service that are shown, by name. */
  private static Map<String, String> snippets() throws IOException {
    List<String> code = Files.readAllLines(CODE);
    Map<String, String> snippets = new HashMap<>();
    for (int i = 0; i < code.size(); i++) {
      if (code.get(i).startsWith(SNIPPET)) {
        int end = i + 1 + code.subList(i + 1, code.size()).indexOf("  // end");
        snippets.put(
            code.get(i).substring(SNIPPET.length()),
            String.join("\n", code.subList(i + 1, end)).stripTrailing().stripIndent().strip());
      }
    }
    return snippets;
  }

  /** The page's blocks of a language. */
  private static List<String> block(String language) throws IOException {
    return Arrays.stream(Files.readString(PAGE).split("```" + language + "\n"))
        .skip(1)
        .map(rest -> rest.substring(0, rest.indexOf("```")))
        .collect(Collectors.toList());
  }
}
