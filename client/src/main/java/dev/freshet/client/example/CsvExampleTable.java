package dev.freshet.client.example;

import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** Times are ISO 8601 in UTC, with milliseconds; a missing value is an empty cell. */
final class CsvExampleTable implements ExampleTable {
  /** Always as long: {@link Instant#toString} leaves zeros out. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final CSVPrinter printer;
  private final int features;

  CsvExampleTable(Path file, boolean gzip, List<String> columns) throws IOException {
    features = columns.size() - COLUMNS.size();
    OutputStream out = Files.newOutputStream(file);
    printer =
        new CSVPrinter(
            new BufferedWriter(
                new OutputStreamWriter(
                    gzip ? new GZIPOutputStream(out, 1 << 16) : out, StandardCharsets.UTF_8),
                1 << 16),
            CSVFormat.RFC4180.builder().setRecordSeparator('\n').get());
    printer.printRecord(columns);
  }

  @Override
  public void write(TrainingExample example) throws IOException {
    String served = TIME.format(example.getServedTime());
    String labelled = TIME.format(example.getLabelTime());
    FloatBuffer values =
        example.getFeatures().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (ExampleCandidate candidate : example.getCandidates()) {
      printer.print(example.getRecommendationId());
      printer.print(example.getUser());
      printer.print(example.getPlacement());
      printer.print(served);
      printer.print(labelled);
      printer.print(example.getModelVersion());
      printer.print(candidate.getItem());
      printer.print(candidate.getSource());
      print(candidate.getScore());
      printer.print(candidate.getPosition());
      print(candidate.getPropensity());
      print(candidate.getLabel());
      printer.print(example.getLabelItem());
      printer.print(example.getLabelAction());
      for (int feature = 0; feature < features; feature++) {
        print(values.get());
      }
      printer.println();
    }
  }

  private void print(float value) throws IOException {
    printer.print(Float.isNaN(value) ? null : value);
  }

  @Override
  public void close() throws IOException {
    printer.close();
  }
}
