package dev.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.yaml.ConfigurationException;
import dev.freshet.yaml.Scalars;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/configuration.md} says what the code does: keys, types, defaults and ranges. */
class ConfigurationDocumentationTest {
  private static final Path PAGE = Path.of("..", "docs", "configuration.md");
  private static final Pattern ROW =
      Pattern.compile(
          "^\\| `([^`.]+)\\.([^`]+)` \\|(.*)\\|(.*)\\|(.*)\\|(.*)\\|$", Pattern.MULTILINE);
  private static final Pattern RANGE = Pattern.compile("(each )?`(.+)` to `(.+)`");

  private record Row(
      String section, String key, String type, String byDefault, String range, String meaning) {
    /** The full key; what holds for every placement is tried on the default one. */
    String path() {
      return section + "." + key.replace(".NAME.", ".home.");
    }
  }

  @Test
  void listsEveryKeyInOrder() throws IOException {
    assertThat(rows().stream().map(Row::path))
        .containsExactlyElementsOf(FreshetConfig.defaults().keys());
    assertThat(rows()).allSatisfy(row -> assertThat(row.meaning).isNotEmpty());
  }

  @Test
  void typesAndDefaultsAreThoseOfTheCode() throws Exception {
    for (Row row : rows()) {
      Value value = value(row);
      assertThat(row.type).as(row.path()).isEqualTo(value.type);
      assertThat(row.byDefault)
          .as(row.path())
          .isEqualTo("`" + Scalars.write(value.value).replace("=", ": ") + "`");
    }
  }

  @Test
  void rangesAreThoseOfTheCode() throws Exception {
    int ranges = 0;
    for (Row row : rows()) {
      if (row.range.isEmpty()) {
        continue;
      }
      MatchResult range = RANGE.matcher(row.range).results().findFirst().orElseThrow();
      boolean each = range.group(1) != null;
      String path = row.path() + (each ? ".popular" : "");
      Value value = value(row);
      Class<?> type = each ? Integer.class : value.raw;
      Object least = Scalars.parse(type, range.group(2), "");
      Object most = Scalars.parse(type, range.group(3), "");
      String remedy = "Write a value from " + range.group(2) + " to " + range.group(3) + ".";

      for (Object outside : List.of(step(least, -1), step(most, 1))) {
        if (Scalars.write(outside).startsWith("-") && type == Duration.class) {
          continue; // can't be written
        }
        assertThatThrownBy(() -> FreshetConfig.of(Map.of(path, Scalars.write(outside))))
            .isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("override " + path + ": ")
            .hasMessageContaining(remedy);
      }
      for (Object inside : List.of(least, most)) {
        assertThatCode(() -> FreshetConfig.of(Map.of(path, Scalars.write(inside))))
            .satisfies(
                error ->
                    assertThat(Optional.ofNullable(error).map(Throwable::getMessage).orElse(""))
                        .doesNotContain("out of range"));
      }
      ranges++;
    }
    assertThat(ranges).isEqualTo(42);
  }

  @Test
  void propertiesThatTheJobSetsAreListed() throws IOException {
    String page = Files.readString(PAGE);
    assertThat(KafkaConfig.SET_BY_THE_JOB.keySet())
        .allSatisfy(
            property ->
                assertThat(page)
                    .contains(
                        property.endsWith("serializer") ? "serializers" : "`" + property + "`"));
  }

  @Test
  void theExampleOfErrorsIsReal() throws IOException {
    String page = Files.readString(PAGE);
    String example =
        page.substring(page.indexOf("The configuration has"), page.indexOf("\n```\n\n"));
    String yaml =
        "\n".repeat(10)
            + "watermark:\n  max-delay: 10\n"
            + "\n".repeat(6)
            + "ranking:\n  seen-itmes: 3\n";
    assertThatThrownBy(() -> FreshetConfig.parse("freshet.yaml", yaml, Map.of(), Map.of()))
        .hasMessage(example);
  }

  @Test
  void theExampleOfAFileLoads() throws IOException {
    String page = Files.readString(PAGE);
    int start = page.indexOf("```yaml\nkafka:") + "```yaml\n".length();
    FreshetConfig config =
        FreshetConfig.parse(
            "example",
            page.substring(start, page.indexOf("```", start)),
            Map.of("KAFKA_PASSWORD", "p"),
            Map.of());

    assertThat(config.kafka().clientProperties().getProperty("sasl.jaas.config"))
        .isEqualTo(
            "org.apache.kafka.common.security.scram.ScramLoginModule required"
                + " username=\"freshet\" password=\"p\";");
  }

  @Test
  void everyExampleOfAFileLoads() throws IOException {
    List<MatchResult> examples =
        Pattern.compile("```yaml\n(.+?)```", Pattern.DOTALL)
            .matcher(Files.readString(PAGE))
            .results()
            .toList();
    Map<String, String> secrets = Map.of("KAFKA_PASSWORD", "p", "REDIS_PASSWORD", "q");
    assertThat(examples)
        .hasSize(3)
        .allSatisfy(
            example ->
                assertThat(FreshetConfig.parse("example", example.group(1), secrets, Map.of()))
                    .isNotEqualTo(FreshetConfig.defaults()));
  }

  private record Value(Class<?> raw, String type, Object value) {}

  private static Value value(Row row) throws ReflectiveOperationException {
    Object section = FreshetConfig.defaults().sections();
    Value value = null;
    for (String key : row.path().split("\\.", -1)) {
      value =
          section instanceof Map<?, ?> map
              ? new Value(Map.class, "", map.get(key))
              : read((Record) section, key);
      section = value.value;
    }
    return value;
  }

  private static Value read(Record record, String key) throws ReflectiveOperationException {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      if (component.getName().replaceAll("(?=[A-Z])", "-").equalsIgnoreCase(key)) {
        component.getAccessor().setAccessible(true);
        return new Value(
            component.getType(),
            noun(component.getGenericType()),
            component.getAccessor().invoke(record));
      }
    }
    throw new AssertionError(record.getClass() + " has no " + key);
  }

  private static String noun(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      return (generic.getRawType() == Map.class ? "map of " : "list of ")
          + noun(arguments[arguments.length - 1]);
    }
    return Record.class.isAssignableFrom((Class<?>) type) ? "" : Scalars.noun((Class<?>) type);
  }

  private static Object step(Object value, int by) {
    if (value instanceof Duration duration) {
      return duration.plusMillis(by);
    }
    if (value instanceof Instant instant) {
      return instant.plusSeconds(by);
    }
    if (value instanceof Double number) {
      return number + by;
    }
    return (Integer) value + by;
  }

  private static List<Row> rows() throws IOException {
    return ROW.matcher(Files.readString(PAGE))
        .results()
        .map(
            row ->
                new Row(
                    row.group(1),
                    row.group(2),
                    row.group(3).strip(),
                    row.group(4).strip(),
                    row.group(5).strip(),
                    row.group(6).strip()))
        .toList();
  }
}
