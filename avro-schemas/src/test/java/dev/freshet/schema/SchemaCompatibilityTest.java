package dev.freshet.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParser;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidator;
import org.apache.avro.SchemaValidatorBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A reader of today reads every released version (BACKWARD) and a reader of every released version
 * reads today's records (FORWARD), so that producers, the job and consumers can be upgraded in any
 * order.
 */
class SchemaCompatibilityTest {
  private static final Path CURRENT = Path.of("src/main/avro");
  private static final Path RELEASED = Path.of("src/test/resources/released");

  private static final SchemaValidator BOTH_WAYS =
      new SchemaValidatorBuilder().mutualReadStrategy().validateAll();

  @ParameterizedTest
  @MethodSource("schemas")
  void currentSchemasAndReleasedOnesReadEachOther(Path file) throws Exception {
    BOTH_WAYS.validate(parse(file), releasesOf(file.getFileName().toString()));
  }

  @Test
  void everyReleasedSchemaStillExists() {
    assertThat(released())
        .isNotEmpty()
        .allSatisfy(file -> assertThat(CURRENT.resolve(file.getFileName())).exists());
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void namesAreThoseOfTheFileAndTheNamespace(Path file) throws IOException {
    assertThat(parse(file).getFullName() + ".avsc")
        .isEqualTo("dev.freshet.schema." + file.getFileName());
  }

  @Test
  void theCheckFailsWhenAFieldWithoutDefaultIsRemoved() throws IOException {
    Schema current = parse(CURRENT.resolve("UserAction.avsc"));

    assertIncompatible(without(current, "user"), current);
  }

  @Test
  void theCheckFailsWhenAFieldWithoutDefaultIsAdded() throws IOException {
    Schema current = parse(CURRENT.resolve("UserAction.avsc"));

    assertIncompatible(current, without(current, "user"));
  }

  @Test
  void theCheckFailsWhenATypeChanges() throws IOException {
    Schema current = parse(CURRENT.resolve("DeadLetter.avsc"));
    String json = current.toString();
    Schema narrowed =
        new SchemaParser()
            .parse(
                json.replace(
                    "\"name\":\"offset\",\"type\":\"long\"",
                    "\"name\":\"offset\",\"type\":\"int\""))
            .mainSchema();
    assertThat(narrowed).isNotEqualTo(current);

    // An int can be read as a long, but not the other way round: only one of the two ways fails.
    assertIncompatible(narrowed, current);
  }

  @Test
  void theCheckPassesWhenAFieldWithDefaultIsRemoved() throws Exception {
    Schema current = parse(CURRENT.resolve("UserAction.avsc"));

    BOTH_WAYS.validate(without(current, "session"), List.of(current));
  }

  /** It is in no release yet, but its topic is there. */
  @Test
  void evaluationsOfBeforeItToldOfIntervalsGoOnBeingRead() throws Exception {
    Schema current = parse(CURRENT.resolve("Evaluation.avsc"));
    Schema before = current;
    for (Schema.Field field : current.getFields().subList(12, current.getFields().size())) {
      before = without(before, field.name());
    }
    assertThat(before.getFields().get(11).name()).isEqualTo("hits_by_source");

    BOTH_WAYS.validate(current, List.of(before));
  }

  static Stream<Path> schemas() {
    return files(CURRENT).stream();
  }

  private static List<Schema> releasesOf(String name) {
    return released().stream()
        .filter(file -> file.getFileName().toString().equals(name))
        .map(SchemaCompatibilityTest::parseUnchecked)
        .toList();
  }

  private static List<Path> released() {
    return files(RELEASED);
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".avsc")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Parses a file together with those beside it, whose records it may name. */
  private static Schema parse(Path file) throws IOException {
    SchemaParser parser = new SchemaParser();
    for (Path other : files(file.getParent())) {
      if (!other.equals(file)) {
        parser.parse(other);
      }
    }
    return parser.parse(file).mainSchema();
  }

  private static Schema parseUnchecked(Path file) {
    try {
      return parse(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Schema without(Schema record, String field) {
    assertThat(record.getField(field)).isNotNull();
    return Schema.createRecord(
        record.getName(),
        record.getDoc(),
        record.getNamespace(),
        false,
        record.getFields().stream()
            .filter(kept -> !kept.name().equals(field))
            .map(kept -> new Schema.Field(kept, kept.schema()))
            .toList());
  }

  private static void assertIncompatible(Schema current, Schema released) {
    assertThatThrownBy(() -> BOTH_WAYS.validate(current, List.of(released)))
        .isInstanceOf(SchemaValidationException.class);
  }
}
