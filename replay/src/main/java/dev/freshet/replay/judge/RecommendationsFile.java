package dev.freshet.replay.judge;

import dev.freshet.client.record.AvroContainer;
import dev.freshet.schema.Recommendation;
import java.io.IOException;
import java.nio.file.Path;

/** Writes {@code recommendations.avro}: an Avro object container file, compressed with deflate. */
public final class RecommendationsFile {
  private static final int DEFLATE_LEVEL = 6;

  private RecommendationsFile() {}

  /**
   * Writes the recommendations by (event time, event id). The file appears under its name when it
   * is whole; one of that name is replaced.
   */
  public static void write(Path file, ReplayedRecommendations recommendations) throws IOException {
    AvroContainer.write(file, Recommendation.getClassSchema(), DEFLATE_LEVEL, recommendations);
  }
}
