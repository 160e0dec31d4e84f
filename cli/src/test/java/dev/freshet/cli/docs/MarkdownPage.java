package dev.freshet.cli.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation, divided into prose and code blocks.
 *
 * @param file relative to the repository
 */
record MarkdownPage(Path file, List<Line> prose, List<Block> blocks) {

  /** The repository, seen from the module's folder, in which tests run. */
  static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

  private static final Pattern FENCE = Pattern.compile("^\\s*```(.*)$");
  private static final Pattern HEADING = Pattern.compile("^#{1,6}\\s+(.*?)\\s*#*$");
  private static final Pattern LINK_TEXT = Pattern.compile("!?\\[([^\\]]*)]\\([^)]*\\)");

  /** A line outside of code blocks; {@code number} counts from 1. */
  record Line(int number, String text) {}

  /**
   * A fenced code block.
   *
   * @param language what follows the opening fence, such as {@code sh}; may be empty
   * @param firstLine the number of the line behind the fence, from 1
   */
  record Block(String language, int firstLine, List<String> lines) {}

  /** All pages: those of the repository's and the modules' folders, of docs, and of resources. */
  static List<MarkdownPage> all() throws IOException {
    List<MarkdownPage> pages = new ArrayList<>();
    try (Stream<Path> top = Files.list(REPOSITORY)) {
      for (Path entry : top.sorted().toList()) {
        String name = entry.getFileName().toString();
        if (Files.isDirectory(entry) && !name.startsWith(".")) {
          collect(entry, pages);
        } else if (name.endsWith(".md")) {
          pages.add(read(entry));
        }
      }
    }
    return pages;
  }

  private static void collect(Path folder, List<MarkdownPage> pages) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted().toList()) {
        Path relative = folder.relativize(file);
        if (file.toString().endsWith(".md") && !relative.startsWith("target")) {
          pages.add(read(file));
        }
      }
    }
  }

  /** Reads one page. */
  static MarkdownPage read(Path file) throws IOException {
    List<Line> prose = new ArrayList<>();
    List<Block> blocks = new ArrayList<>();
    Block open = null;
    int number = 0;
    for (String text : Files.readAllLines(file)) {
      number++;
      Matcher fence = FENCE.matcher(text);
      if (fence.matches()) {
        if (open == null) {
          open = new Block(fence.group(1).strip(), number + 1, new ArrayList<>());
          blocks.add(open);
        } else {
          open = null;
        }
      } else if (open != null) {
        open.lines().add(text);
      } else {
        prose.add(new Line(number, text));
      }
    }
    return new MarkdownPage(
        REPOSITORY.relativize(file.toAbsolutePath().normalize()), prose, blocks);
  }

  /** The anchors of the page's headings, as GitHub derives them. */
  Set<String> anchors() {
    Set<String> anchors = new TreeSet<>();
    Map<String, Integer> seen = new HashMap<>();
    for (Line line : prose) {
      Matcher heading = HEADING.matcher(line.text());
      if (heading.matches()) {
        String slug = slug(heading.group(1));
        int before = seen.merge(slug, 1, Integer::sum) - 1;
        anchors.add(before == 0 ? slug : slug + "-" + before);
      }
    }
    return Collections.unmodifiableSet(anchors);
  }

  private static String slug(String heading) {
    String text = LINK_TEXT.matcher(heading).replaceAll("$1").toLowerCase(Locale.ROOT);
    StringBuilder slug = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (Character.isLetterOrDigit(c) || c == '-' || c == '_') {
                slug.appendCodePoint(c);
              } else if (c == ' ') {
                slug.append('-');
              }
            });
    return slug.toString();
  }
}
