package dev.freshet.client.example;

import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** Times are timestamps in UTC, in milliseconds; a missing value is null. */
final class ParquetExampleTable implements ExampleTable {
  /** Bytes that are held in memory, and read at once by readers. */
  private static final long ROW_GROUP_BYTES = 32L << 20;

  private final ParquetWriter<Row> writer;

  /** The one that is being written. */
  private final Row row = new Row();

  ParquetExampleTable(Path file, List<String> columns) throws IOException {
    writer =
        new Builder(new LocalOutputFile(file), schema(columns))
            .withConf(new PlainParquetConfiguration())
            .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .build();
  }

  private static MessageType schema(List<String> columns) {
    Types.MessageTypeBuilder schema = Types.buildMessage();
    for (int column = 0; column < columns.size(); column++) {
      schema.addField(type(column, columns.get(column)));
    }
    return schema.named("training_example");
  }

  private static Type type(int column, String name) {
    String kind = column < COLUMNS.size() ? COLUMNS.get(column) : "a feature";
    return switch (kind) {
      case "served_time", "label_time" ->
          Types.required(INT64).as(timestampType(true, TimeUnit.MILLIS)).named(name);
      case "position" -> Types.required(INT32).named(name);
      case "propensity", "label" -> Types.required(FLOAT).named(name);
      case "score", "a feature" -> Types.optional(FLOAT).named(name);
      case "label_item" -> Types.optional(BINARY).as(stringType()).named(name);
      default -> Types.required(BINARY).as(stringType()).named(name);
    };
  }

  @Override
  public void write(TrainingExample example) throws IOException {
    row.begin(example);
    for (ExampleCandidate candidate : example.getCandidates()) {
      row.candidate = candidate;
      writer.write(row);
    }
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  /** A candidate and its list, of which the values are encoded once. */
  private static final class Row {
    private Binary recommendationId;
    private Binary user;
    private Binary placement;
    private long servedTime;
    private long labelTime;
    private Binary modelVersion;
    private Binary labelItem;
    private Binary labelAction;

    /** Features of the candidates that are not written yet. */
    private FloatBuffer features;

    private ExampleCandidate candidate;

    void begin(TrainingExample example) {
      recommendationId = Binary.fromString(example.getRecommendationId());
      user = Binary.fromString(example.getUser());
      placement = Binary.fromString(example.getPlacement());
      servedTime = example.getServedTime().toEpochMilli();
      labelTime = example.getLabelTime().toEpochMilli();
      modelVersion = Binary.fromString(example.getModelVersion());
      labelItem = example.getLabelItem() == null ? null : Binary.fromString(example.getLabelItem());
      labelAction = Binary.fromString(example.getLabelAction());
      features = example.getFeatures().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }
  }

  private static final class Builder extends ParquetWriter.Builder<Row, Builder> {
    private final MessageType schema;

    Builder(OutputFile file, MessageType schema) {
      super(file);
      this.schema = schema;
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Not called: the writer was given a configuration of Parquet's own. */
    @Override
    protected WriteSupport<Row> getWriteSupport(Configuration hadoop) {
      return new RowSupport(schema);
    }

    @Override
    protected WriteSupport<Row> getWriteSupport(ParquetConfiguration configuration) {
      return new RowSupport(schema);
    }
  }

  private static final class RowSupport extends WriteSupport<Row> {
    private final MessageType schema;
    private RecordConsumer out;
    private int column;

    RowSupport(MessageType schema) {
      this.schema = schema;
    }

    /** Not called: the writer was given a configuration of Parquet's own. */
    @Override
    @SuppressWarnings("deprecation")
    public WriteContext init(Configuration hadoop) {
      return context();
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
      return context();
    }

    private WriteContext context() {
      return new WriteContext(schema, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
      out = consumer;
    }

    @Override
    public void write(Row row) {
      ExampleCandidate candidate = row.candidate;
      column = 0;
      out.startMessage();
      add(row.recommendationId);
      add(row.user);
      add(row.placement);
      add(row.servedTime);
      add(row.labelTime);
      add(row.modelVersion);
      add(Binary.fromString(candidate.getItem()));
      add(Binary.fromString(candidate.getSource()));
      add(candidate.getScore());
      add(candidate.getPosition());
      add(candidate.getPropensity());
      add(candidate.getLabel());
      add(row.labelItem);
      add(row.labelAction);
      while (column < schema.getFieldCount()) {
        add(row.features.get());
      }
      out.endMessage();
    }

    private void begin() {
      out.startField(schema.getFieldName(column), column);
    }

    private void end() {
      out.endField(schema.getFieldName(column), column);
      column++;
    }

    private void add(Binary text) {
      if (text == null) {
        column++;
        return;
      }
      begin();
      out.addBinary(text);
      end();
    }

    private void add(long time) {
      begin();
      out.addLong(time);
      end();
    }

    private void add(int number) {
      begin();
      out.addInteger(number);
      end();
    }

    private void add(float number) {
      if (Float.isNaN(number)) {
        column++;
        return;
      }
      begin();
      out.addFloat(number);
      end();
    }
  }
}
