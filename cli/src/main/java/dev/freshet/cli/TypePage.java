package dev.freshet.cli;

import dev.freshet.client.FreshetHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A feature type's page in the documentation, whose table of keys says what each means. */
final class TypePage {

  private static final Pattern ROW = Pattern.compile("\\|(?<keys>[^|]*)\\|(?<meaning>.*)\\|\\s*");
  private static final Pattern KEY = Pattern.compile("`([a-z][a-z0-9-]*)`");

  private final Map<String, String> meanings;

  private TypePage(Map<String, String> meanings) {
    this.meanings = meanings;
  }

  /** Where the page is, from the project's folder. */
  static Path path(String type) {
    return Path.of("docs", "features", type + ".md");
  }

  /** Reads the page; where there is none, nothing is known. */
  static TypePage of(String type) throws IOException {
    Path file = FreshetHome.project().resolve(path(type));
    return Files.isRegularFile(file)
        ? new TypePage(meanings(Files.readAllLines(file)))
        : new TypePage(Map.of());
  }

  /** The first column of a table whose head begins with "key", by the second. */
  static Map<String, String> meanings(List<String> lines) {
    Map<String, String> meanings = new TreeMap<>();
    boolean inTable = false;
    for (String line : lines) {
      Matcher row = ROW.matcher(line);
      if (!row.matches()) {
        inTable = false;
      } else if (row.group("keys").strip().equals("key")) {
        inTable = true;
      } else if (inTable) {
        Matcher key = KEY.matcher(row.group("keys"));
        while (key.find()) {
          meanings.putIfAbsent(key.group(1), row.group("meaning").strip().replace("`", ""));
        }
      }
    }
    return meanings;
  }

  Optional<String> meaning(String key) {
    return Optional.ofNullable(meanings.get(key));
  }
}
