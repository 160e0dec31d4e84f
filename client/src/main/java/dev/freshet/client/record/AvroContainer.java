package dev.freshet.client.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;

/** Writes Avro object container files, compressed with deflate. */
public final class AvroContainer {
  private AvroContainer() {}

  /**
   * Writes the records. The file appears under its name when it is whole; one of that name is
   * replaced.
   *
   * @param deflateLevel from 1, fast, to 9, small
   */
  public static <A extends SpecificRecordBase> void write(
      Path file, Schema schema, int deflateLevel, Iterable<A> records) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (DataFileWriter<A> writer = new DataFileWriter<>(new SpecificDatumWriter<>(schema))) {
        writer.setCodec(CodecFactory.deflateCodec(deflateLevel));
        writer.create(schema, part.toFile());
        for (A each : records) {
          writer.append(each);
        }
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
