package dev.freshet.client.feature;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureValue;
import dev.freshet.features.FeatureVersion;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Features as lines of JSON: the form in which a replay leaves the store's content. */
public final class FeatureLines {

  private static final ObjectMapper JSON = new ObjectMapper();

  private FeatureLines() {}

  /**
   * One line: entity, id, the time that the values are as of, and of each feature status, value and
   * event time of the newest event in it, the last two where there are any. Times are in ms since
   * the epoch.
   */
  public static String json(FeatureRow row, long time) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("entity", row.entity().key());
    line.put("id", row.id());
    line.put("as_of", time);
    Map<String, Object> features = new LinkedHashMap<>();
    row.at(time).all().forEach((name, value) -> features.put(name, json(value)));
    line.put("features", features);
    return write(line);
  }

  private static Map<String, Object> json(FeatureValue value) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("status", value.status().name().toLowerCase(Locale.ROOT));
    if (value.isPresent()) {
      json.put("value", value.value());
    }
    if (value.eventTime() != Long.MIN_VALUE) {
      json.put("event_time", value.eventTime());
    }
    return json;
  }

  /**
   * One line: entity, id, event time (ms since the epoch) and sequence of the newest event, the
   * values by name as of then, and the SHA-256 of each group's packed bytes: two equal lines mean
   * that everything that is kept is equal, not only the values of one time.
   */
  public static String jsonWithDigest(FeatureRow row, Iterable<FeatureGroup> groups) {
    FeatureVersion version = row.version();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("entity", row.entity().key());
    line.put("id", row.id());
    line.put("event_time", version.eventTime());
    line.put("sequence", version.sequence());
    line.put("values", row.at(version.eventTime()).present());
    Map<String, String> digests = new LinkedHashMap<>();
    for (FeatureGroup group : groups) {
      row.packed(group.name()).ifPresent(packed -> digests.put(group.name(), sha256(packed)));
    }
    line.put("packed_sha256", digests);
    return write(line);
  }

  private static String write(Map<String, Object> line) {
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Features are numbers and texts", e);
    }
  }

  private static String sha256(byte[] packed) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(packed));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
