package dev.freshet.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * No production code of any module but this package writes a formula of evaluation. Types can't
 * rule that out, because a rank is a number; so the sources are searched for how the formulas look.
 */
class OneEvaluationTest {

  private static final Map<String, Pattern> FORMULAS =
      Map.of(
          "discounted gain", Pattern.compile("[lL]og\\(2\\)\\s*/|/\\s*(Strict)?Math\\.log\\(2\\)"),
          "discounted gain by rank",
              Pattern.compile("[lL]og\\((1 \\+ )?\\w*[rR]ank\\w*( \\+ 1)?\\)"),
          "reciprocal rank", Pattern.compile("1(\\.0)?f? / (\\((double|float)\\) )?\\w*[rR]ank\\b"),
          "hit by depth", Pattern.compile("\\b\\w*[rR]ank\\w* <= (\\d+|[A-Z_]*(DEPTH|CUTOFF))\\b"),
          "rank rule",
              Pattern.compile("!\\([^()]*(\\([^()]*\\))*[^()]* < \\w*([sS]core|best)\\w*\\)"),
          "standard error by cluster", Pattern.compile("\\* clusters / \\(|users / \\(users - 1"),
          "normal quantile", Pattern.compile("1\\.9599?\\d*|\\b1\\.96\\b|\\b1\\.64[45]\\d*"),
          "Gini index", Pattern.compile("(?i)double gini = |weighted / \\(n"));

  /** Formulas that are not of evaluation. */
  private static final List<String> OTHERS =
      List.of(
          // Half-life of the rehearsal memory.
          "RehearsalMemory.java");

  @Test
  void noFormulaIsWrittenTwice() throws IOException {
    List<String> found = new ArrayList<>();
    int files = 0;
    for (Path source : sources()) {
      files++;
      if (OTHERS.contains(source.getFileName().toString())) {
        continue;
      }
      String code = withoutComments(Files.readString(source));
      FORMULAS.forEach(
          (name, formula) ->
              formula
                  .matcher(code)
                  .results()
                  .forEach(match -> found.add(source + ": " + name + ": " + match.group())));
    }
    assertThat(files).as("sources of all modules").isGreaterThan(300);
    assertThat(found).as("use dev.freshet.evaluation").isEmpty();
  }

  /** The patterns find what they are for: this package's own formulas. */
  @Test
  void thePatternsFindTheFormulas() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> own = Files.list(Path.of("src/main/java/dev/freshet/evaluation"))) {
      for (Path source : own.toList()) {
        all.append(withoutComments(Files.readString(source)));
      }
    }
    FORMULAS.forEach(
        (name, formula) -> {
          if (!name.equals("hit by depth") && !name.equals("discounted gain by rank")) {
            assertThat(formula.matcher(all).find()).as(name).isTrue();
          }
        });
    assertThat(FORMULAS.get("hit by depth").matcher("hits += rank <= 10 ? 1 : 0").find()).isTrue();
    assertThat(FORMULAS.get("discounted gain by rank").matcher("1 / log(rank + 1)").find())
        .isTrue();
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    try (Stream<Path> modules = Files.list(Path.of(".."))) {
      for (Path module : modules.filter(each -> Files.exists(each.resolve("pom.xml"))).toList()) {
        Path main = module.resolve("src/main/java");
        if (Files.exists(main)) {
          try (Stream<Path> files = Files.walk(main)) {
            files
                .filter(file -> file.toString().endsWith(".java"))
                .filter(file -> !file.getParent().endsWith("dev/freshet/evaluation"))
                .forEach(sources::add);
          }
        }
      }
    }
    return sources;
  }

  private static String withoutComments(String source) {
    return source.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("//[^\n]*", "");
  }
}
