package dev.freshet.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who reads a schema needs no other page: every record and field says what it means. */
class SchemaDocumentationTest {

  @ParameterizedTest
  @MethodSource("schemas")
  void everyRecordAndFieldIsDocumented(Schema schema) {
    records(schema)
        .values()
        .forEach(
            record -> {
              assertThat(record.getDoc()).as(record.getFullName()).isNotBlank();
              assertThat(record.getFields())
                  .allSatisfy(field -> assertThat(field.doc()).as(field.name()).isNotBlank());
            });
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void everyTimeSaysItsUnitInTypeAndDoc(Schema schema) {
    records(schema).values().stream()
        .flatMap(record -> record.getFields().stream())
        .filter(field -> field.name().endsWith("_time") || logicalType(field) != null)
        .forEach(
            field -> {
              assertThat(logicalType(field))
                  .as(field.name())
                  .isEqualTo(LogicalTypes.timestampMillis());
              assertThat(field.name()).endsWith("_time");
              assertThat(field.doc())
                  .as(field.name())
                  .contains("Milliseconds since 1970-01-01T00:00:00Z.");
            });
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void theReadmeNamesEveryRecord(Schema schema) throws IOException {
    assertThat(Files.readString(Path.of("README.md"))).contains("`" + schema.getName() + "`");
  }

  static Stream<Schema> schemas() {
    return Stream.of(
        UserAction.getClassSchema(),
        ItemUpdate.getClassSchema(),
        RecommendationRequest.getClassSchema(),
        Recommendation.getClassSchema(),
        DeadLetter.getClassSchema(),
        TrainingExample.getClassSchema(),
        ModelRelease.getClassSchema(),
        ModelPlan.getClassSchema(),
        ModelRecord.getClassSchema(),
        Explanation.getClassSchema(),
        TrainingRound.getClassSchema(),
        Evaluation.getClassSchema());
  }

  private static LogicalType logicalType(Schema.Field field) {
    Schema schema = field.schema();
    if (schema.isUnion()) {
      return schema.getTypes().stream()
          .map(Schema::getLogicalType)
          .filter(type -> type != null)
          .findFirst()
          .orElse(null);
    }
    return schema.getLogicalType();
  }

  /** The schema's records by name, those inside it included. */
  private static Map<String, Schema> records(Schema schema) {
    Map<String, Schema> found = new LinkedHashMap<>();
    collect(schema, found);
    return found;
  }

  private static void collect(Schema schema, Map<String, Schema> found) {
    switch (schema.getType()) {
      case RECORD -> {
        if (found.putIfAbsent(schema.getFullName(), schema) == null) {
          schema.getFields().forEach(field -> collect(field.schema(), found));
        }
      }
      case ARRAY -> collect(schema.getElementType(), found);
      case MAP -> collect(schema.getValueType(), found);
      case UNION -> schema.getTypes().forEach(branch -> collect(branch, found));
      default -> {}
    }
  }
}
