package dev.freshet.replay.judge;

import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;

/**
 * One form for what a replay produced, so that two replays can be compared by a digest: it does not
 * depend on the order of arrival, on repetitions or on the clock of the machine.
 *
 * <p>A recommendation's canonical form is, big-endian: recommendation id, event id, user, placement
 * (each an int length and that many bytes of UTF-8), event time (long, milliseconds), model, its
 * version, variant, late (one byte, 0 or 1), number of items (int), and for each item its id, its
 * score (the int of its IEEE 754 bits) and its source. The emission time is left out. The digest of
 * many is the SHA-256 of their forms' SHA-256 values, in ascending order of the recommendation ids'
 * UTF-8 bytes.
 */
public final class Canonical {
  private Canonical() {}

  /** The recommendation's canonical form. */
  public static byte[] form(Recommendation recommendation) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      write(out, recommendation.getRecommendationId());
      write(out, recommendation.getEventId());
      write(out, recommendation.getUser());
      write(out, recommendation.getPlacement());
      out.writeLong(recommendation.getEventTime().toEpochMilli());
      write(out, recommendation.getModel());
      write(out, recommendation.getModelVersion());
      write(out, recommendation.getVariant());
      out.writeBoolean(recommendation.getLate());
      out.writeInt(recommendation.getItems().size());
      for (RankedItem item : recommendation.getItems()) {
        write(out, item.getItem());
        out.writeInt(Float.floatToRawIntBits(item.getScore()));
        write(out, item.getSource());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  /**
   * SHA-256 of text lines, in ascending order of {@link String#compareTo}, each with a line feed
   * behind it, in UTF-8: what {@code sha256sum} says of a file that holds them so.
   *
   * @return lower-case hex
   */
  public static String sha256OfLines(Collection<String> lines) {
    String[] sorted = lines.toArray(String[]::new);
    Arrays.sort(sorted);
    MessageDigest digest = sha256();
    for (String line : sorted) {
      digest.update(line.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) '\n');
    }
    return hex(digest);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
