package dev.freshet.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Links, paths and class names in the documentation lead somewhere. */
class DocumentationLinksTest {

  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
  private static final Pattern SCHEME = Pattern.compile("^[a-z]+:.*");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern PATH = Pattern.compile("[\\w.@-]+(/[\\w.@-]+)+/?");
  private static final Pattern CLASS =
      Pattern.compile("\\bdev\\.freshet(?:\\.[a-z_]+)+\\.[A-Z]\\w*");

  private static List<MarkdownPage> pages;

  @BeforeAll
  static void readPages() throws IOException {
    pages = MarkdownPage.all();
    assertThat(pages).hasSizeGreaterThan(40);
  }

  @Test
  void relativeLinksAndAnchorsResolve() throws IOException {
    List<String> broken = new ArrayList<>();
    for (MarkdownPage page : pages) {
      Path folder = MarkdownPage.REPOSITORY.resolve(page.file()).getParent();
      for (MarkdownPage.Line line : page.prose()) {
        Matcher link = LINK.matcher(line.text());
        while (link.find()) {
          String target = link.group(1);
          if (!SCHEME.matcher(target).matches() && !resolves(page, folder, target)) {
            broken.add("%s:%d: %s".formatted(page.file(), line.number(), target));
          }
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  private static boolean resolves(MarkdownPage page, Path folder, String target)
      throws IOException {
    int hash = target.indexOf('#');
    String path = hash < 0 ? target : target.substring(0, hash);
    Path file =
        path.isEmpty() ? MarkdownPage.REPOSITORY.resolve(page.file()) : folder.resolve(path);
    if (!Files.exists(file)) {
      return false;
    }
    return hash < 0
        || (file.toString().endsWith(".md")
            && MarkdownPage.read(file).anchors().contains(target.substring(hash + 1)));
  }

  /** A path is one of the repository if it starts with a folder of the repository. */
  @Test
  void repositoryPathsInBackticksExist() throws IOException {
    Set<String> folders = new HashSet<>();
    try (Stream<Path> entries = Files.list(MarkdownPage.REPOSITORY)) {
      entries.filter(Files::isDirectory).forEach(f -> folders.add(f.getFileName().toString()));
    }
    List<String> broken = new ArrayList<>();
    for (MarkdownPage page : pages) {
      if (namesWhatIsNotThere(page)) {
        continue;
      }
      for (MarkdownPage.Line line : page.prose()) {
        Matcher code = CODE.matcher(line.text());
        while (code.find()) {
          String path = code.group(1);
          if (PATH.matcher(path).matches()
              && folders.contains(path.substring(0, path.indexOf('/')))
              && !List.of(path.split("/")).contains("target")
              && !Files.exists(MarkdownPage.REPOSITORY.resolve(path))) {
            broken.add("%s:%d: %s".formatted(page.file(), line.number(), path));
          }
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void qualifiedClassNamesExist() throws IOException {
    Set<String> sources = new HashSet<>();
    try (Stream<Path> files = Files.walk(MarkdownPage.REPOSITORY, 20)) {
      files
          .map(MarkdownPage.REPOSITORY::relativize)
          .filter(f -> f.toString().endsWith(".java") && f.toString().contains("src"))
          .forEach(f -> sources.add(afterFolder(f)));
    }
    List<String> broken = new ArrayList<>();
    for (MarkdownPage page : pages) {
      if (namesWhatIsNotThere(page)) {
        continue;
      }
      List<MarkdownPage.Line> lines = new ArrayList<>(page.prose());
      for (MarkdownPage.Block block : page.blocks()) {
        for (int i = 0; i < block.lines().size(); i++) {
          lines.add(new MarkdownPage.Line(block.firstLine() + i, block.lines().get(i)));
        }
      }
      for (MarkdownPage.Line line : lines) {
        Matcher name = CLASS.matcher(line.text());
        while (name.find()) {
          // Classes generated from Avro schemas have no source file.
          if (!name.group().startsWith("dev.freshet.schema.")
              && !sources.contains(name.group().replace('.', '/') + ".java")) {
            broken.add("%s:%d: %s".formatted(page.file(), line.number(), name.group()));
          }
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  /** The changelog names what is gone, and instructions to add something name new files. */
  private static boolean namesWhatIsNotThere(MarkdownPage page) {
    return page.file().endsWith("CHANGELOG.md")
        || page.file().getFileName().toString().startsWith("add-");
  }

  /** The path behind {@code src/main/java/} or {@code src/test/java/}. */
  private static String afterFolder(Path file) {
    String path = file.toString().replace('\\', '/');
    int java = path.indexOf("/java/");
    return java < 0 ? path : path.substring(java + "/java/".length());
  }
}
