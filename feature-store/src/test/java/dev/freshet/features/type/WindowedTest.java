package dev.freshet.features.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.Entity;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WindowedTest {
  private static final long TILE = 10;
  private static final String COUNT = "type: count\nwindow: 50ms\ntile: 10ms";

  private static Accumulator accumulator(String parameters) {
    return TypeContract.catalog(parameters)
        .feature(Entity.USER, "f")
        .orElseThrow()
        .aggregation()
        .newAccumulator();
  }

  private static Accumulator counted(long... times) {
    Accumulator accumulator = accumulator(COUNT);
    for (long time : times) {
      accumulator.add(event(time));
    }
    return accumulator;
  }

  private static FeatureEvent event(long time) {
    FeatureEvent event = new FeatureEvent();
    event.eventId = "e" + time;
    event.time = time;
    event.action = "click";
    event.value = time;
    return event;
  }

  private static byte[] bytes(Accumulator accumulator) {
    ByteWriter out = new ByteWriter();
    accumulator.write(out);
    return out.toByteArray();
  }

  private static Accumulator read(byte[] bytes) {
    Accumulator accumulator = accumulator(COUNT);
    accumulator.read(new ByteReader().reset(bytes));
    return accumulator;
  }

  @Test
  void expiresTileByTileWithoutEvents() {
    Accumulator count = counted(0, 9, 10, 45);
    assertThat(List.of(49L, 50L, 59L, 60L, 89L, 90L, 10_000L))
        .extracting(count::valueAt)
        .containsExactly(4L, 2L, 2L, 1L, 1L, 0L, 0L);
  }

  @Test
  void aReadBeforeTheNewestEventLeavesOutTheTilesAfterIt() {
    assertThat(counted(0, 15, 45).valueAt(15)).isEqualTo(2L);
  }

  @Test
  void negativeTimesHaveTilesOfTheSameLength() {
    Accumulator count = counted(-1, -10, -11, 0);
    assertThat(count.valueAt(0)).isEqualTo(4L);
    assertThat(List.of(28L, 29L, 30L, 39L, 40L, 49L, 50L))
        .extracting(count::valueAt)
        .containsExactly(4L, 4L, 3L, 3L, 1L, 1L, 0L);
  }

  @Test
  void whatIsLaterThanTheWindowCountsNothing() {
    assertThat(bytes(counted(100, 59))).isEqualTo(bytes(counted(100)));
    assertThat(bytes(counted(100, 60))).isEqualTo(bytes(counted(60, 100)));
  }

  @Test
  void theEarliestAndLatestTimesAreTimes() {
    Accumulator first = counted(Long.MIN_VALUE, Long.MIN_VALUE + 30);
    assertThat(first.valueAt(Long.MIN_VALUE + 30)).isEqualTo(2L);
    assertThat(read(bytes(first)).valueAt(Long.MIN_VALUE + 30)).isEqualTo(2L);
    Accumulator last = counted(Long.MAX_VALUE - 30, Long.MAX_VALUE);
    assertThat(last.valueAt(Long.MAX_VALUE)).isEqualTo(2L);
    assertThat(read(bytes(last)).valueAt(Long.MAX_VALUE)).isEqualTo(2L);
  }

  /** Wherever an event falls beside tiles that are still as they were read. */
  @ParameterizedTest
  @ValueSource(longs = {95, 99, 100, 84, 71, 60, 59, 109, 110, 125, 139, 140, 149, 1_000})
  void anEventAfterReadingIsAsOneBefore(long time) {
    long[] before = {62, 75, 75, 88, 91};
    long[] all = Arrays.copyOf(before, before.length + 1);
    all[before.length] = time;
    Accumulator after = read(bytes(counted(before)));
    after.add(event(time));
    assertThat(bytes(after)).isEqualTo(bytes(counted(all)));
    for (long now = time; now < time + 70; now++) {
      assertThat(after.valueAt(now)).isEqualTo(counted(all).valueAt(now));
    }
  }

  @Test
  void mergesInEitherDirectionAndLeavesTheOtherAsItWas() {
    Accumulator old = read(bytes(counted(0, 12, 31)));
    Accumulator young = read(bytes(counted(12, 55, 60)));
    byte[] oldBytes = bytes(old);
    byte[] youngBytes = bytes(young);
    byte[] all = bytes(counted(0, 12, 31, 12, 55, 60));

    Accumulator merged = read(oldBytes);
    merged.merge(young);
    assertThat(bytes(merged)).isEqualTo(all);
    assertThat(bytes(young)).isEqualTo(youngBytes);
    merged = read(youngBytes);
    merged.merge(old);
    assertThat(bytes(merged)).isEqualTo(all);
    assertThat(bytes(old)).isEqualTo(oldBytes);
    merged = accumulator(COUNT);
    merged.merge(old);
    assertThat(bytes(merged)).isEqualTo(oldBytes);
  }

  @Test
  void theTilesOfOneEntityDontReachTheNext() {
    Accumulator count = read(bytes(counted(0, 12, 31)));
    count.valueAt(31);
    count.clear();
    assertThat(count.isEmpty()).isTrue();
    count.add(event(33));
    assertThat(bytes(count)).isEqualTo(bytes(counted(33)));
    count.add(event(5));
    count.read(new ByteReader().reset(bytes(counted(40))));
    assertThat(count.valueAt(40)).isEqualTo(1L);
  }

  @ParameterizedTest
  @CsvSource({
    "'', cut off",
    "'14', cut off",
    "'14 01', cut off",
    "'14 01 00', a count of 0",
    "'14 02 01 01', bytes too many",
    "'14 01 01 00 01 01', a step of 0 tiles",
    "'14 01 01 05 01 01', a step of 5 tiles",
    "'14 01 01 04 01 01 01 01 01', beyond the window",
    "'14 01 01 01 02 01', cut off",
    "'14 01 01 01', cut off",
    "'ff ff ff ff ff ff ff ff ff 01 01 01', which no time is in",
  })
  void damageIsFound(String hex, String message) {
    byte[] damaged = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThatThrownBy(() -> read(damaged).valueAt(10 * TILE))
        .isInstanceOf(FeatureLayoutException.class)
        .hasMessageContaining(message);
    assertThatThrownBy(() -> counted(70).merge(read(damaged)))
        .isInstanceOf(FeatureLayoutException.class)
        .hasMessageContaining(message);
  }

  /** Whatever the bytes are, nothing else is thrown, and nothing hangs. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "type: count",
        COUNT,
        "type: sum\nof: value\nwindow: 50ms",
        "type: mean\nof: value",
        "type: min\nof: value",
        "type: max\nof: value\nwindow: 50ms",
        "type: decayed-count\nhalf-life: 5ms",
        "type: rate\nnumerator: click\ndenominator: [click, view]",
        "type: trend\nshort: 5ms\nlong: 50ms",
        "type: time-since",
        "type: age",
        "type: session\ngap: 10ms\nlongest: 100ms\ngive: position"
      })
  void anyDamageIsFoundAsSuch(String parameters) {
    Random random = new Random(42);
    Accumulator accumulator = accumulator(parameters);
    for (int i = 0; i < 20; i++) {
      FeatureEvent event = event(random.nextInt(100));
      event.session = "s" + i % 5;
      accumulator.add(event);
    }
    byte[] whole = bytes(accumulator);
    for (int i = 0; i < 2_000; i++) {
      byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length + 2));
      if (damaged.length > 0) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      assertThatCode(() -> tryRead(accumulator, damaged)).doesNotThrowAnyException();
    }
  }

  private static void tryRead(Accumulator accumulator, byte[] damaged) {
    try {
      accumulator.read(new ByteReader().reset(damaged));
      accumulator.valueAt(100);
      accumulator.numberAt(100);
      accumulator.add(event(50));
      bytes(accumulator);
    } catch (FeatureLayoutException expected) {
      assertThat(expected).hasMessageNotContaining("null");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3600000, 60000",
    "86400000, 3600000",
    "604800000, 21600000",
    "2592000000, 86400000",
    "10000, 400",
    "61000, 1000",
    "2001000, 83375",
    "24, 1",
    "10, 1",
  })
  void theUsualTileIsRound(long window, long tile) {
    assertThat(Window.usualTile(window)).isEqualTo(OptionalLong.of(tile));
  }

  @Test
  void aPrimeNumberOfMillisecondsHasNoUsualTile() {
    assertThat(Window.usualTile(7_919)).isEmpty();
  }
}
