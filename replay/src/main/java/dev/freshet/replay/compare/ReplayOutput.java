package dev.freshet.replay.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.replay.judge.JudgedFile;
import dev.freshet.replay.reader.ReplayInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The folder that a replay has written.
 *
 * @param summary content of {@code summary.json}
 * @param tests by placement
 */
record ReplayOutput(Path folder, JsonNode summary, Map<String, JudgedTests> tests) {

  /**
   * Reads a folder.
   *
   * @throws ReplayInputException if it is not a replay's; the message says what to do
   */
  static ReplayOutput read(Path folder) throws IOException {
    Path file = folder.resolve("summary.json");
    if (!Files.exists(file)) {
      throw new ReplayInputException(
          "There is no "
              + file
              + ". Name the folders that two replays have written: './freshet replay FILE --out"
              + " FOLDER'.");
    }
    try {
      JsonNode summary = new ObjectMapper().readTree(file.toFile());
      return new ReplayOutput(folder, summary, JudgedTests.read(folder.resolve(JudgedFile.NAME)));
    } catch (JsonProcessingException e) {
      throw new ReplayInputException(
          file + " is not JSON (" + e.getOriginalMessage() + "): run the replay again.", e);
    }
  }

  /** A value of the summary as text; "-" if it is not there. */
  String text(String key) {
    JsonNode value = summary.path(key);
    return value.isValueNode() && !value.isNull() ? value.asText() : "-";
  }

  /** A number said of a placement, such as its coverage; NaN if it is not there. */
  double ofPlacement(String placement, String pointer) {
    return summary
        .path("evaluation")
        .path("placements")
        .path(placement)
        .at(pointer)
        .asDouble(Double.NaN);
  }
}
