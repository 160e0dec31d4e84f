package dev.freshet.replay.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimeUnitTest {
  @ParameterizedTest
  @CsvSource({
    "s, 1362062307, 1362062307000",
    "s, 1362062307.1239, 1362062307123",
    "s, 1.5e3, 1500000",
    "s, -1, -1000",
    "s, -0.0001, -1",
    "ms, 1659304800025, 1659304800025",
    "us, 1659304800025999, 1659304800025",
    "us, -1, -1",
    "ns, 1659304800025999999, 1659304800025",
    "iso, 2013-02-28T14:38:27Z, 1362062307000",
    "iso, 2013-02-28T15:38:27.5+01:00, 1362062307500",
    "iso, 2013-02-28T15:38:27+0100, 1362062307000",
    "iso, 2013-02-28T14:38:27, 1362062307000",
    "iso, 2013-02-28 14:38:27, 1362062307000",
    "iso, 2013-02-28, 1362009600000",
  })
  void convertsToMilliseconds(String unit, String text, long millis) {
    assertThat(EventTimeUnit.parse(unit).toMillis(text)).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1e999999999", "1e-999999999", "99999999999999999999", "--1"})
  void refusesWhatIsNoTime(String text) {
    assertThatThrownBy(() -> EventTimeUnit.SECONDS.toMillis(text))
        .isInstanceOfAny(NumberFormatException.class, ArithmeticException.class);
    assertThatThrownBy(() -> EventTimeUnit.ISO.toMillis(text))
        .isInstanceOf(DateTimeException.class);
  }

  @Test
  void aHostileNumberTakesNoTime() {
    for (String text : List.of("9".repeat(1 << 24), "1e99999999", "1e-99999999")) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(5),
          () ->
              assertThatThrownBy(() -> EventTimeUnit.MILLIS.toMillis(text))
                  .isInstanceOf(NumberFormatException.class));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1362062307, SECONDS",
    "1659304800025, MILLIS",
    "1659304800025999, MICROS",
    "1659304800025999999, NANOS",
    "2013-02-28, ISO",
    "soon 1362062307 1659304800025 1659304800025, MILLIS",
  })
  void guessesByMostOfTheValues(String texts, EventTimeUnit unit) {
    assertThat(EventTimeUnit.guess(Arrays.asList(texts.split(" ")))).contains(unit);
  }

  @Test
  void guessesNothingFromGarbage() {
    assertThat(EventTimeUnit.guess(List.of("soon", "", "0"))).isEmpty();
  }
}
