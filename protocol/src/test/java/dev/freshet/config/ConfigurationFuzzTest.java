package dev.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.yaml.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever is in the file, the answer is a configuration or a {@link ConfigurationException}. */
class ConfigurationFuzzTest {
  private static final Path SAMPLE_FILE = Path.of("..", "freshet.yaml");
  private static String sample = "";

  @BeforeContainer
  static void readSample() throws IOException {
    sample = Files.readString(SAMPLE_FILE);
  }

  @Property(tries = 1000)
  void anyText(@ForAll String text) {
    load(text, Map.of());
  }

  @Property(tries = 1000)
  void anyTextOfYamlsOwnCharacters(@ForAll @From("yamlTokens") String text) {
    load(text, Map.of());
  }

  @Property(tries = 1000)
  void theSampleDamaged(@ForAll long seed) {
    load(damage(sample, new Random(seed)), Map.of());
  }

  @Property(tries = 500)
  void anyValueOfAnyKey(@ForAll("keys") String key, @ForAll @From("yamlTokens") String value) {
    load("", Map.of(key, value));
    String[] path = key.split("\\.", 2);
    load(path[0] + ":\n  " + path[1] + ": " + value, Map.of());
  }

  @Property(tries = 200)
  void anyBytes(@ForAll byte[] bytes) throws IOException {
    Path file = Files.createTempFile("freshet", ".yaml");
    try {
      Files.write(file, bytes);
      FreshetConfig.load(file, Map.of());
    } catch (ConfigurationException e) {
      assertReadable(e);
    } finally {
      Files.delete(file);
    }
  }

  @Provide
  Arbitrary<String> yamlTokens() {
    return Arbitraries.of(
            ("{ } [ ] , : - ? & * ! | > ' \" % @ ` # ~ << --- ... &a *a !!int !x ${ ${A} ${A:-b} $${ }"
                    + " null true 5 5ms 1KiB 2000-01-01 kafka: topics: properties: job: name:"
                    + " ranking: sources: x \\ \u00e9 \ud83d\ude00 \u0007 \ud800 \u2028 \u0085")
                .split(" "))
        .list()
        .ofMaxSize(40)
        .flatMap(
            tokens ->
                Arbitraries.of("", " ", "\n", "\n  ", "\t")
                    .list()
                    .ofSize(tokens.size())
                    .map(
                        gaps -> {
                          StringBuilder text = new StringBuilder();
                          for (int i = 0; i < gaps.size(); i++) {
                            text.append(tokens.get(i)).append(gaps.get(i));
                          }
                          return text.toString();
                        }));
  }

  @Provide
  Arbitrary<String> keys() {
    return Arbitraries.of(FreshetConfig.defaults().keys());
  }

  private static String damage(String text, Random random) {
    List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(lines.size());
      String line = lines.get(at);
      switch (random.nextInt(6)) {
        case 0 -> lines.remove(at);
        case 1 -> lines.add(random.nextInt(lines.size()), line);
        case 2 -> lines.set(at, " ".repeat(random.nextInt(5)) + line.strip());
        case 3 -> lines.set(at, line.substring(0, random.nextInt(line.length() + 1)));
        case 4 -> lines.set(at, new StringBuilder(line).reverse().toString());
        default -> {
          int cut = random.nextInt(line.length() + 1);
          lines.set(
              at, line.substring(0, cut) + (char) random.nextInt(0x10000) + line.substring(cut));
        }
      }
    }
    return String.join("\n", lines);
  }

  private static void load(String text, Map<String, String> overrides) {
    try {
      assertThat(FreshetConfig.parse("f", text, Map.of("A", "a"), overrides)).isNotNull();
    } catch (ConfigurationException e) {
      assertReadable(e);
    }
  }

  /** Each problem is one line that begins with its place. */
  private static void assertReadable(ConfigurationException e) {
    assertThat(e.problems())
        .isNotEmpty()
        .allSatisfy(
            problem ->
                assertThat(problem)
                    .doesNotContain("\n")
                    .matches("(?s)(f|/.*\\.yaml|override ).*: .*"));
  }
}
