package dev.freshet.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.features.FeatureRow;
import java.util.LinkedHashMap;
import java.util.Map;

/** Features as lines of JSON: the form in which a replay leaves the store's content. */
public final class FeatureLines {

  private static final ObjectMapper JSON = new ObjectMapper();

  private FeatureLines() {}

  /** One line: entity, id, event time (ms since the epoch), sequence and the values by name. */
  public static String json(FeatureRow row) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("entity", row.entity());
    line.put("id", row.id());
    line.put("event_time", row.version().eventTime());
    line.put("sequence", row.version().sequence());
    line.put("values", row.values());
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Features are numbers and texts", e);
    }
  }
}
