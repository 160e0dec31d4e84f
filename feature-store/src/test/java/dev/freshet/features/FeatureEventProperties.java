package dev.freshet.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FeatureEventProperties {

  /** The hash by its definition, of bytes. */
  private static long definition(String text) {
    long hash = 0xcbf29ce484222325L;
    for (byte next : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (next & 0xff)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }

  @Property
  void theHashIsThatOfTheUtf8(@ForAll String text) {
    assertThat(FeatureEvent.hash(text)).isEqualTo(definition(text));
  }

  /** Chars from all ranges, surrogates in any order among them. */
  @Property
  void malformedTextsHaveTheHashOfTheirUtf8Too(@ForAll long seed) {
    Random random = new Random(seed);
    char[] starts = {'\0', 0x60, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff};
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(12); length > 0; length--) {
      char start = starts[random.nextInt(starts.length)];
      text.append(random.nextBoolean() ? start : (char) (start + random.nextInt(0x400)));
    }
    assertThat(FeatureEvent.hash(text.toString())).isEqualTo(definition(text.toString()));
    int from = random.nextInt(text.length() + 1);
    assertThat(FeatureEvent.hash(text.toString(), from))
        .isEqualTo(definition(text.substring(from)));
  }

  @Test
  void aTieBreakIsOfEventIdAndUser() {
    FeatureEvent event = new FeatureEvent();
    event.eventId = "e\ud83d\ude00";
    assertThat(event.tieBreak()).isEqualTo(definition(event.eventId));
    event.user = "ü";
    // FNV-1a of a zero byte between the two: h ^ 0 is h.
    assertThat(event.tieBreak()).isEqualTo(definition(event.eventId + "\0" + event.user));
  }
}
