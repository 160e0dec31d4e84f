package dev.freshet.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.yaml.ConfigurationException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the text is, the answer is a catalog or a {@link ConfigurationException}. */
class CatalogFuzzProperties {
  private static final String SAMPLE =
      """
      # Some of everything
      features:
        - name: clicks_1h
          entity: user
          type: count
          actions: [click, view]
          window: 1h
          tile: 5m
          ttl: 2d
          default: 0
          was: [clicks, old_clicks]
          description: Clicks and views in the last hour
        - &a {name: all, entity: global, type: count, description: All, source: job}
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
        - {name: title, entity: item, type: given, source: store, shape: text, default: "",
           description: The title, ttl: 30d}
        - {name: tags, entity: item, type: given, source: store, shape: texts, default: [a, b],
           description: Tags}
        - {name: stock, entity: user_item, type: given, source: store, shape: integer, default: 3,
           description: Stock}
      """;

  @Property(tries = 500)
  void anyText(@ForAll String text) {
    parse(text);
  }

  @Property(tries = 3000)
  void theSampleDamaged(@ForAll long seed) {
    parse(damaged(new Random(seed)));
  }

  @Property(tries = 2000)
  void anyValueOfAnyKey(@ForAll("keys") String key, @ForAll @From("tokens") String value) {
    parse("features:\n  - " + key + ": " + value);
    parse(SAMPLE.replaceFirst(key + ": .*", key + ":") + value);
    parse(SAMPLE + "    " + key + ": " + value);
  }

  @Provide
  Arbitrary<String> keys() {
    List<String> keys = new ArrayList<>(CatalogFile.COMMON_KEYS);
    keys.addAll(List.of("features", "window", "tile", "shape", "of", "other"));
    return Arbitraries.of(keys);
  }

  @Provide
  Arbitrary<String> tokens() {
    return Arbitraries.of(
            ("{ } [ ] , : - ? & * ! | > ' \" % @ # ~ << --- ... &a *a !!int !x [] {} '' \"\" null 0 5 -1"
                    + " 5ms 1h 99999999999999999999d 9223372036854775807ms 0d numbers[2] numbers[4096]"
                    + " numbers[9999] text user item job store count given name: entity: type: a b"
                    + " live \\ \u00e9 \ud83d\ude00 \u0007 \ud800 \u2028 \u0085 1e999 NaN")
                .split(" "))
        .list()
        .ofMaxSize(8)
        .flatMap(
            tokens ->
                Arbitraries.of("", " ", " ", "\n", "\n    ")
                    .list()
                    .ofSize(tokens.size())
                    .map(gaps -> joined(tokens, gaps)));
  }

  private static String joined(List<String> tokens, List<String> gaps) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < tokens.size(); i++) {
      text.append(tokens.get(i)).append(gaps.get(i));
    }
    return text.toString();
  }

  private static String damaged(Random random) {
    List<String> lines = new ArrayList<>(Arrays.asList(SAMPLE.split("\n", -1)));
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(lines.size());
      String line = lines.get(at);
      int cut = random.nextInt(line.length() + 1);
      switch (random.nextInt(7)) {
        case 0 -> lines.remove(at);
        case 1 -> lines.add(random.nextInt(lines.size()), line);
        case 2 -> lines.set(at, " ".repeat(random.nextInt(6)) + line.strip());
        case 3 -> lines.set(at, line.substring(0, cut));
        case 4 -> lines.set(at, line.replaceFirst(": .*", ": []"));
        case 5 ->
            lines.set(
                at, line.substring(0, cut) + line.substring(Math.min(cut + 1, line.length())));
        default -> {
          char inserted =
              random.nextBoolean()
                  ? (char) random.nextInt(0x10000)
                  : "[]{}:,-\"'&*!|>#%@\n ".charAt(random.nextInt(19));
          lines.set(at, line.substring(0, cut) + inserted + line.substring(cut));
        }
      }
      if (lines.isEmpty()) {
        break;
      }
    }
    return String.join("\n", lines);
  }

  private static void parse(String text) {
    try {
      FeatureCatalog catalog = FeatureCatalog.parse("f", text);
      assertThat(catalog.features())
          .isNotEmpty()
          .allSatisfy(
              feature -> {
                assertThat(feature.name()).matches("[a-z][a-z0-9_]{0,63}");
                assertThat(feature.description()).isNotEmpty();
                assertThat(feature.ttl()).isPositive();
              });
    } catch (ConfigurationException e) {
      assertThat(e.problems())
          .isNotEmpty()
          .allSatisfy(problem -> assertThat(problem).doesNotContain("\n").startsWith("f:"));
    }
  }
}
