package dev.freshet.ranking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.ranking.source.CandidateSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the pages about candidate sources and ranking features to the code. */
class ExtensionDocsTest {

  private static final Path DOCS = Path.of("..", "docs");
  private static final Path CODE = Path.of("src", "test", "java", "dev", "freshet", "ranking");
  private static final Pattern JAVA = Pattern.compile("```java\n(package .*?)```", Pattern.DOTALL);
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\|");

  @Test
  void thePageOfSourcesHasARowForEachSourceInTheOrderOfTheRegistry() throws IOException {
    List<String> rows = matches(ROW, Files.readString(DOCS.resolve("candidate-sources.md")));
    assertThat(rows).containsExactlyElementsOf(CandidateSources.STANDARD.documentedNames());
  }

  @Test
  void theCodeOfTheSourceInTheHowToIsWhatItsTestRuns() throws IOException {
    assertThat(code("add-a-candidate-source.md"))
        .containsExactly(
            Files.readString(CODE.resolve("source/NextItemSource.java")),
            Files.readString(CODE.resolve("source/NextItemSourceTest.java")));
  }

  @Test
  void theCodeOfTheFeatureInTheHowToIsWhatItsTestRuns() throws IOException {
    assertThat(code("add-a-ranking-feature.md"))
        .containsExactly(
            Files.readString(CODE.resolve("feature/TrendFeature.java")),
            Files.readString(CODE.resolve("feature/TrendFeatureTest.java")));
  }

  private static List<String> code(String page) throws IOException {
    return matches(JAVA, Files.readString(DOCS.resolve("how-to").resolve(page)));
  }

  private static List<String> matches(Pattern pattern, String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }
}
