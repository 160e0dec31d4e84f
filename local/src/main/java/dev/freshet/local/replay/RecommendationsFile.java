package dev.freshet.local.replay;

import dev.freshet.schema.Recommendation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;

/** Writes {@code recommendations.avro}: an Avro object container file, compressed with deflate. */
public final class RecommendationsFile {
  private static final int DEFLATE_LEVEL = 6;

  private RecommendationsFile() {}

  /**
   * Writes the recommendations by (event time, event id). The file appears under its name when it
   * is whole; one of that name is replaced.
   */
  public static void write(Path file, ReplayedRecommendations recommendations) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (DataFileWriter<Recommendation> writer =
          new DataFileWriter<>(new SpecificDatumWriter<>(Recommendation.class))) {
        writer.setCodec(CodecFactory.deflateCodec(DEFLATE_LEVEL));
        writer.create(Recommendation.getClassSchema(), part.toFile());
        for (Recommendation recommendation : recommendations) {
          writer.append(recommendation);
        }
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
