package dev.freshet.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.features.type.FeatureType;
import dev.freshet.features.type.FeatureTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FeatureDocsTest {
  private static final Path PAGES = Path.of("..", "docs", "features");

  private static List<String> pages() throws IOException {
    try (Stream<Path> files = Files.list(PAGES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".md") && !name.equals("README.md"))
          .sorted()
          .toList();
    }
  }

  @Test
  void everyTypeHasAPageAndEveryPageAType() throws IOException {
    assertThat(FeatureTypes.all().stream().map(type -> type.name() + ".md"))
        .containsExactlyInAnyOrderElementsOf(pages());
  }

  @ParameterizedTest
  @MethodSource("pages")
  void theNumbersOfThePageAreRight(String page) throws IOException {
    List<String> lines = Files.readAllLines(PAGES.resolve(page));
    String type = page.substring(0, page.length() - ".md".length());
    assertThat(lines.get(0)).isEqualTo("# `" + type + "`");
    List<DocumentedExample> examples = DocumentedExample.of(page, lines);
    assertThat(examples).isNotEmpty();
    for (DocumentedExample example : examples) {
      assertThat(example.types()).as(example.place()).contains(type);
      example.check();
    }
  }

  /** The first sentence of a type's own words has to stand on paper as well. */
  @Test
  void everyPageBeginsWithWhatTheTypeIs() throws IOException {
    for (FeatureType type : FeatureTypes.all()) {
      String page = Files.readString(PAGES.resolve(type.name() + ".md"));
      assertThat(page.replaceAll("\\s+", " ")).contains(type.description());
    }
  }

  @Test
  void aWrongNumberIsFound() {
    List<String> right = example("2");
    List<String> wrong = example("3");
    DocumentedExample.of("page", right).get(0).check();
    assertThatThrownBy(() -> DocumentedExample.of("page", wrong).get(0).check())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("page:1");
  }

  @Test
  void aFeatureOfWhichNothingIsReadIsFound() {
    List<String> unread = example("2").subList(0, 10);
    assertThatThrownBy(() -> DocumentedExample.of("page", unread).get(0).check())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no value is read");
  }

  private static List<String> example(String value) {
    return List.of(
        "```yaml",
        "features:",
        "  - {name: clicks, entity: user, type: count, description: Clicks}",
        "```",
        "",
        "| time |",
        "|---|",
        "| 10:00 |",
        "| day 2 10:00:30.5 |",
        "",
        "| as of | feature | value |",
        "|---|---|---|",
        "| day 2 11:00 | clicks | " + value + " |");
  }
}
