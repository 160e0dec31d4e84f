package dev.freshet.config;

import dev.freshet.yaml.Nullable;
import dev.freshet.yaml.Scalars;
import dev.freshet.yaml.Secret;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** Writes the records of a configuration as YAML that {@link Binder} reads back to equal ones. */
final class ConfigYaml {

  private ConfigYaml() {}

  /** One line of YAML: every key with its value, secrets too. */
  static String write(Record sections) {
    return value(sections);
  }

  private static String value(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof Record section && isSection(section)) {
      StringJoiner entries = new StringJoiner(", ", "{", "}");
      for (RecordComponent component : section.getClass().getRecordComponents()) {
        entries.add(kebab(component.getName()) + ": " + value(read(component, section)));
      }
      return entries.toString();
    }
    if (value instanceof Map<?, ?> map) {
      StringJoiner entries = new StringJoiner(", ", "{", "}");
      map.forEach((key, each) -> entries.add(quote((String) key) + ": " + value(each)));
      return entries.toString();
    }
    if (value instanceof Collection<?> list) {
      StringJoiner elements = new StringJoiner(", ", "[", "]");
      list.forEach(each -> elements.add(value(each)));
      return elements.toString();
    }
    if (value instanceof Secret secret) {
      return text(secret.reveal());
    }
    return text(Scalars.write(value));
  }

  private static String text(String value) {
    // The reader would replace what looks like a reference to an environment variable.
    return quote(value.replace("${", "$${"));
  }

  /** Values that are records, such as sizes, are no part of this package. */
  private static boolean isSection(Record value) {
    return value.getClass().getPackage().equals(ConfigYaml.class.getPackage());
  }

  private static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  private static String kebab(String camelCase) {
    return camelCase.replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  private static @Nullable Object read(RecordComponent component, Record section) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(section);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " can't be read", e);
    }
  }
}
