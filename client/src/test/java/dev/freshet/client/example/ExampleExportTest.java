package dev.freshet.client.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import blue.strategic.parquet.ParquetReader;
import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleExportTest {
  private static final ExampleSelection ALL =
      new ExampleSelection(Optional.empty(), Optional.empty(), Optional.empty());

  @TempDir Path folder;

  private Path export(
      String name, TableFormat format, ExampleSelection selection, TrainingExample... examples)
      throws IOException {
    Path file = folder.resolve(name);
    try (ExampleExport export = new ExampleExport(file, format, selection)) {
      for (TrainingExample example : examples) {
        export.add(example, "test");
      }
      export.finish();
    }
    return file;
  }

  @Test
  void aCsvHasARowForEachCandidateAndWhatIsUnknownIsEmpty() throws IOException {
    Path file =
        export("examples.csv", TableFormat.CSV, ALL, ExampleLists.example("r1", 86_400_000));

    assertThat(Files.readString(file))
        .isEqualTo(
            """
            recommendation_id,user,placement,served_time,label_time,model_version,item,source,score,position,propensity,label,label_item,label_action,clicks,age
            r1,u1,home,1970-01-01T23:59:59.995Z,1970-01-02T00:00:00.000Z,v1,a,popular,2.5,1,1.0,0.0,"b, ""quoted""\",click,8.64E7,0.0
            r1,u1,home,1970-01-01T23:59:59.995Z,1970-01-02T00:00:00.000Z,v1,"b, ""quoted""\",transition,1.25,2,1.0,1.0,"b, ""quoted""\",click,8.64E7,
            r1,u1,home,1970-01-01T23:59:59.995Z,1970-01-02T00:00:00.000Z,v1,c,new,-1.0E-9,0,0.125,0.0,"b, ""quoted""\",click,8.64E7,2.0
            """);
  }

  @Test
  void aCsvIsReadBackValueByValueAlsoWithHostileTexts() throws IOException {
    TrainingExample hostile = ExampleLists.example("r1", 7);
    hostile.setUser("two\nlines, \"and\" ü");
    hostile.setLabelItem(null);
    hostile.getCandidates().get(0).setItem("\r");
    Path file = export("examples.csv.gz", TableFormat.CSV, ALL, hostile);

    try (InputStream in = new GZIPInputStream(Files.newInputStream(file));
        CSVParser parser =
            CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get()
                .parse(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      List<CSVRecord> rows = parser.getRecords();
      assertThat(rows).hasSize(3);
      assertThat(rows.get(1).get("user")).isEqualTo("two\nlines, \"and\" ü");
      assertThat(rows.get(1).get("label_item")).isEmpty();
      assertThat(rows.get(0).get("item")).isEqualTo("\r");
      assertThat(rows.get(1).get("age")).isEmpty();
      assertThat(Float.parseFloat(rows.get(2).get("score"))).isEqualTo(-1e-9f);
    }
  }

  @Test
  void parquetIsReadBackValueByValue() throws IOException {
    TrainingExample other = ExampleLists.example("r2", 86_400_001);
    other.setLabelItem(null);
    Path file =
        export(
            "examples.parquet",
            TableFormat.PARQUET,
            ALL,
            ExampleLists.example("r1", 86_400_000),
            other);

    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
      MessageType schema = reader.getFileMetaData().getSchema();
      assertThat(schema.getColumns())
          .extracting(ColumnDescriptor::getPath)
          .extracting(path -> path[0])
          .containsExactlyElementsOf(ExampleTable.columns(ExampleLists.FEATURES));
      assertThat(schema.getType("label_time").toString())
          .isEqualTo("required int64 label_time (TIMESTAMP(MILLIS,true))");
      PageReadStore pages = reader.readNextRowGroup();
      RecordReader<Group> records =
          new ColumnIOFactory()
              .getColumnIO(schema)
              .getRecordReader(pages, new GroupRecordConverter(schema));
      List<Group> rows =
          IntStream.range(0, (int) pages.getRowCount()).mapToObj(i -> records.read()).toList();

      assertThat(rows).hasSize(6);
      Group second = rows.get(1);
      assertThat(second.getString("recommendation_id", 0)).isEqualTo("r1");
      assertThat(second.getString("user", 0)).isEqualTo("u1");
      assertThat(second.getString("placement", 0)).isEqualTo("home");
      assertThat(second.getLong("served_time", 0)).isEqualTo(86_399_995);
      assertThat(second.getLong("label_time", 0)).isEqualTo(86_400_000);
      assertThat(second.getString("model_version", 0)).isEqualTo("v1");
      assertThat(second.getString("item", 0)).isEqualTo("b, \"quoted\"");
      assertThat(second.getString("source", 0)).isEqualTo("transition");
      assertThat(second.getFloat("score", 0)).isEqualTo(1.25f);
      assertThat(second.getInteger("position", 0)).isEqualTo(2);
      assertThat(second.getFloat("propensity", 0)).isEqualTo(1);
      assertThat(second.getFloat("label", 0)).isEqualTo(1);
      assertThat(second.getString("label_item", 0)).isEqualTo("b, \"quoted\"");
      assertThat(second.getString("label_action", 0)).isEqualTo("click");
      assertThat(second.getFloat("clicks", 0)).isEqualTo(86_400_000);
      assertThat(second.getFieldRepetitionCount("age")).isZero();
      assertThat(rows.get(2).getFloat("age", 0)).isEqualTo(2);
      assertThat(rows.get(2).getFloat("propensity", 0)).isEqualTo(0.125f);
      assertThat(rows.get(5).getFieldRepetitionCount("label_item")).isZero();
      assertThat(rows.get(5).getLong("label_time", 0)).isEqualTo(86_400_001);
    }
  }

  @Test
  void parquetOfSeveralRowGroupsIsWhole() throws IOException {
    Path file = folder.resolve("many.parquet");
    int lists = 100_000;
    // Noise, or it would be compressed into one group.
    List<String> features = IntStream.range(0, 40).mapToObj(i -> "f" + i).toList();
    SplittableRandom random = new SplittableRandom(1);
    List<ExampleCandidate> candidates = ExampleLists.example("r", 1).getCandidates();
    float[] rows = new float[candidates.size() * features.size()];
    try (ExampleExport export = new ExampleExport(file, TableFormat.PARQUET, ALL)) {
      for (int i = 0; i < lists; i++) {
        for (int j = 0; j < rows.length; j++) {
          rows[j] = (float) random.nextDouble();
        }
        TrainingExample example = ExampleLists.example("recommendation-" + i, i, rows, candidates);
        example.setFeatureNames(features);
        export.add(example, "test");
      }
      export.finish();
      assertThat(export.lists()).isEqualTo(lists);
      assertThat(export.rows()).isEqualTo(3L * lists);
      assertThat(export.features()).isEqualTo(features);
    }

    assertThat(ParquetReader.readMetadata(file.toFile()).getBlocks())
        .hasSizeGreaterThan(1)
        .map(block -> block.getRowCount())
        .matches(counts -> counts.stream().mapToLong(Long::longValue).sum() == 3L * lists);
  }

  @Test
  void onlyWhatIsWantedIsWritten() throws IOException {
    TrainingExample elsewhere = ExampleLists.example("elsewhere", 20);
    elsewhere.setPlacement("cart");
    ExampleSelection some =
        new ExampleSelection(
            Optional.of(Instant.ofEpochMilli(20)),
            Optional.of(Instant.ofEpochMilli(30)),
            Optional.of("home"));
    Path file =
        export(
            "some.csv",
            TableFormat.CSV,
            some,
            ExampleLists.example("early", 19),
            ExampleLists.example("first", 20),
            elsewhere,
            ExampleLists.example("last", 29),
            ExampleLists.example("late", 30));

    assertThat(Files.readAllLines(file).stream().skip(1).map(row -> row.split(",")[0]).distinct())
        .containsExactly("first", "last");
  }

  @Test
  void featuresThatChangeAreAnErrorAndLeaveNothing() throws IOException {
    TrainingExample other = ExampleLists.example("r2", 2);
    other.setFeatureNames(List.of("clicks", "weight"));

    assertThatThrownBy(
            () ->
                export("x.parquet", TableFormat.PARQUET, ALL, ExampleLists.example("r1", 1), other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("r2")
        .hasMessageContaining("[clicks, weight]")
        .hasMessageContaining("--from");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aTableWithoutListsLeavesTheFormerOne() throws IOException {
    Path file = Files.writeString(folder.resolve("x.csv"), "former");
    export("x.csv", TableFormat.CSV, ALL);

    assertThat(file).hasContent("former");
  }

  @Test
  void aFeatureThatIsCalledAsAColumnGetsAnotherName() {
    assertThat(ExampleTable.columns(List.of("clicks", "score", "feature_score")))
        .endsWith("clicks", "feature_score", "feature_feature_score");
  }

  @Test
  void theNameTellsTheFormat() {
    assertThat(TableFormat.of(Path.of("a/b.csv"))).contains(TableFormat.CSV);
    assertThat(TableFormat.of(Path.of("b.CSV.GZ"))).contains(TableFormat.CSV);
    assertThat(TableFormat.of(Path.of("b.parquet"))).contains(TableFormat.PARQUET);
    assertThat(TableFormat.of(Path.of("b.parquet.gz"))).isEmpty();
    assertThat(TableFormat.of(Path.of("csv"))).isEmpty();
  }
}
