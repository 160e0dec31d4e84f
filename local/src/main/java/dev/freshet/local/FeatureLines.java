package dev.freshet.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureVersion;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** Features as lines of JSON: the form in which a replay leaves the store's content. */
public final class FeatureLines {

  private static final ObjectMapper JSON = new ObjectMapper();

  private FeatureLines() {}

  /**
   * One line: entity, id, event time (ms since the epoch) and sequence of the newest event, the
   * values by name as of a time.
   */
  public static String json(FeatureRow row, long time) {
    return write(line(row, time));
  }

  /**
   * The same as of the row's newest event, with the SHA-256 of each group's packed bytes: two equal
   * lines mean that everything that is kept is equal, not only the values of one time.
   */
  public static String jsonWithDigest(FeatureRow row, Iterable<FeatureGroup> groups) {
    Map<String, Object> line = line(row, row.version().eventTime());
    Map<String, String> digests = new LinkedHashMap<>();
    for (FeatureGroup group : groups) {
      row.packed(group.name()).ifPresent(packed -> digests.put(group.name(), sha256(packed)));
    }
    line.put("packed_sha256", digests);
    return write(line);
  }

  private static Map<String, Object> line(FeatureRow row, long time) {
    FeatureVersion version = row.version();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("entity", row.entity().key());
    line.put("id", row.id());
    line.put("event_time", version.eventTime());
    line.put("sequence", version.sequence());
    line.put("values", row.at(time).present());
    return line;
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
