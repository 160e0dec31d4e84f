package dev.freshet.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/feature-store-layout.md and docs/feature-catalog.md say is so. */
class FeatureDocumentationTest {
  private static final Path DOCS = Path.of("..", "docs");

  @Test
  void theWorkedExampleOfTheLayout() throws IOException {
    String page = Files.readString(DOCS.resolve("feature-store-layout.md"));
    FeatureGroup group = TestCatalogs.group(FeatureCatalog.parse("page", block(page, "yaml")));
    byte[] packed =
        new RowUpdater(group)
            .add(
                null,
                List.of(
                    TestCatalogs.event("click", 1_699_999_700_000L),
                    TestCatalogs.event("click", 1_699_999_999_800L),
                    TestCatalogs.event("search", 1_700_000_000_000L)));

    StringBuilder bytes = new StringBuilder();
    String example = page.substring(page.indexOf("## Worked example"));
    Pattern line = Pattern.compile("(?m)^\\| ([0-9]+) \\| `([0-9a-f ]+)` \\|");
    for (MatchResult match : line.matcher(example).results().toList()) {
      assertThat(bytes.length() / 2).isEqualTo(Integer.parseInt(match.group(1)));
      bytes.append(match.group(2).replace(" ", ""));
    }
    assertThat(bytes.toString()).isEqualTo(HexFormat.of().formatHex(packed));
    assertThat(example).contains(packed.length + " bytes in all");
    assertThat(group.tag(2)).isEqualTo(Sha256.of(block(example, "text").strip()).getInt());
    assertThat(group.tag(1))
        .isEqualTo(Sha256.of("freshet feature 1\nuser clicks count\nclick\0view").getInt());
    assertThat(group.hash())
        .isEqualTo(
            Sha256.of(
                    "freshet feature group 1\n%d\n%d\n%d\n"
                        .formatted(group.tag(0), group.tag(1), group.tag(2)))
                .getLong());
  }

  @Test
  void theCatalogsPageHasEveryKeyAndEntity() throws IOException {
    String page = Files.readString(DOCS.resolve("feature-catalog.md"));
    assertThat(firstColumn(page, "## Keys of every feature"))
        .containsExactlyElementsOf(CatalogFile.COMMON_KEYS);
    assertThat(firstColumn(page, "## Entities"))
        .containsExactly("user", "item", "user_item", "global");
    assertThat(String.join(", ", firstColumn(page, "## Entities"))).isEqualTo(Entity.keys());
    assertThat(FeatureCatalog.parse("page", block(page, "yaml")).features()).hasSize(2);
  }

  private static String block(String page, String language) {
    String start = "```" + language + "\n";
    int from = page.indexOf(start) + start.length();
    return page.substring(from, page.indexOf("```", from));
  }

  private static List<String> firstColumn(String page, String heading) {
    int from = page.indexOf(heading);
    int to = page.indexOf("\n## ", from + 1);
    List<String> column = new ArrayList<>();
    for (MatchResult match :
        Pattern.compile("(?m)^\\| `([a-z_]+)` \\|")
            .matcher(page.substring(from, to))
            .results()
            .toList()) {
      column.add(match.group(1));
    }
    return column;
  }
}
