package dev.freshet.features.type;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.FeatureEvent;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventFieldTest {
  private final FeatureEvent event = event();

  private static FeatureEvent event() {
    FeatureEvent event = new FeatureEvent();
    event.user = "ada";
    event.item = "lamp";
    event.action = "click";
    event.session = "s1";
    event.value = 2.5;
    event.context = new String[] {"a.b=x=y", "device=phone", "empty="};
    event.attributes =
        new String[] {"color1=no", "color=blue", "color=red", "colors=no", "price=7"};
    return event;
  }

  private static EventField field(String text) {
    return EventField.parse(text).orElseThrow();
  }

  private String texts(String field) {
    return String.join(
        "|",
        IntStream.range(0, field(field).count(event))
            .mapToObj(i -> field(field).text(event, i))
            .toList());
  }

  @ParameterizedTest
  @CsvSource({
    "value, 2.5",
    "user, ada",
    "item, lamp",
    "action, click",
    "session, s1",
    "context.device, phone",
    "context.a.b, x=y",
    "context.a, ''",
    "context.empty, ''",
    "item.color, blue|red",
    "item.price, 7",
    "item.colo, ''",
    "item.zzz, ''",
    "item.aaa, ''",
  })
  void findsTheValues(String field, String values) {
    assertThat(texts(field)).isEqualTo(values);
  }

  @Test
  void anEmptyTextIsAValue() {
    assertThat(field("context.empty").count(event)).isEqualTo(1);
    assertThat(field("context.a").count(event)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"value", "user", "item", "action", "session", "context.x", "item.x"})
  void anEventWithoutItHasNone(String field) {
    assertThat(field(field).count(new FeatureEvent())).isZero();
    assertThat(field(field).number(new FeatureEvent())).isNaN();
  }

  @ParameterizedTest
  @CsvSource({
    "7, 7",
    "-0.5, -0.5",
    "+1e3, 1000",
    ".5, 0.5",
    "1E-2, 0.01",
    "1e999, NaN",
    "'', NaN",
    "e, NaN",
    "1-2, NaN",
    "' 7', NaN",
    "7d, NaN",
    "7f, NaN",
    "0x1p3, NaN",
    "NaN, NaN",
    "Infinity, NaN",
    "'7,5', NaN",
    "٣, NaN"
  })
  void onlyFiniteDecimalNumbersAreNumbers(String text, double number) {
    event.context = new String[] {"n=" + text};
    assertThat(Double.valueOf(field("context.n").number(event))).isEqualTo(Double.valueOf(number));
  }

  @Test
  void ofSeveralNumbersTheFirstByTextCounts() {
    event.attributes = new String[] {"n=10", "n=9"};
    assertThat(field("item.n").number(event)).isEqualTo(10);
  }

  @Test
  void anInfiniteValueIsNone() {
    event.value = Double.POSITIVE_INFINITY;
    assertThat(field("value").count(event)).isZero();
    assertThat(field("value").number(event)).isNaN();
  }

  @Test
  void tellsWhatHasToBeKnownOfAnEvent() {
    assertThat(field("item.color").attribute()).contains("color");
    assertThat(field("item.color").contextEntry()).isEmpty();
    assertThat(field("context.device").contextEntry()).contains("device");
    assertThat(field("context.device").attribute()).isEmpty();
    assertThat(field("item").attribute()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "value, true",
    "context.x, true",
    "item.x, true",
    "user, false",
    "item, false",
    "action, false",
    "session, false"
  })
  void tellsWhatCanBeANumber(String field, boolean number) {
    assertThat(field(field).canBeNumber()).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "values", "context", "context.", "item.", "item.a b", "item.a=b", "user.name"})
  void nothingElseIsAField(String text) {
    assertThat(EventField.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"value", "session", "context.x", "item.x.y"})
  void isWrittenAsItIsRead(String text) {
    assertThat(field(text)).hasToString(text).isEqualTo(field(text)).hasSameHashCodeAs(field(text));
    assertThat(field(text)).isNotEqualTo(field("item"));
  }
}
