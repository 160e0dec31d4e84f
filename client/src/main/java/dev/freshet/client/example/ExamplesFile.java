package dev.freshet.client.example;

import dev.freshet.client.record.AvroContainer;
import dev.freshet.schema.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;

/** Writes {@code examples.avro}: an Avro object container file, compressed with deflate. */
public final class ExamplesFile {
  /** Features are noise to deflate: more effort gains little. */
  private static final int DEFLATE_LEVEL = 1;

  private ExamplesFile() {}

  /**
   * Writes the examples by (label time, recommendation id). The file appears under its name when it
   * is whole; one of that name is replaced.
   */
  public static void write(Path file, OrderedExamples examples) throws IOException {
    AvroContainer.write(file, TrainingExample.getClassSchema(), DEFLATE_LEVEL, examples);
  }
}
