package dev.freshet.features.feast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import feast.proto.types.ValueProto.BoolList;
import feast.proto.types.ValueProto.Null;
import feast.proto.types.ValueProto.Value;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeastValueTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void theValuesAreThoseOfFeast() {
    assertThat(hex(0.9273980259895325f)).isEqualTo("35f5696d3f");
    assertThat(hex(0L)).isEqualTo("2000");
  }

  @Test
  void everyTypeHasItsForm() {
    assertThat(hex(300L)).isEqualTo("20ac02");
    assertThat(hex(-1)).isEqualTo("18ffffffffffffffffff01");
    assertThat(hex(2.5)).isEqualTo("290000000000000440");
    assertThat(hex(true)).isEqualTo("3801");
    assertThat(hex(false)).isEqualTo("3800");
    assertThat(hex("é")).isEqualTo("1202c3a9");
    assertThat(hex("")).isEqualTo("1200");
    assertThat(hex(new byte[] {1, 2})).isEqualTo("0a020102");
    assertThat(hex(Instant.ofEpochSecond(300, 999_999_999))).isEqualTo("40ac02");
    assertThat(hex(List.of("i9", "", "café"))).isEqualTo("620d0a0269390a000a05636166c3a9");
    assertThat(hex(List.of())).isEqualTo("6200");
    assertThat(hex(new long[] {1, 300})).isEqualTo("72050a0301ac02");
    assertThat(hex(new double[] {2.5})).isEqualTo("7a0a0a080000000000000440");
    assertThat(hex(new float[] {2.5f})).isEqualTo("8201060a0400002040");
  }

  @Test
  void noValueIsNoBytes() {
    assertThat(FeastValue.encode(null)).isEmpty();
    assertThat(FeastValue.decode(new byte[0])).isNull();
    byte[] otherForm = Value.newBuilder().setNullVal(Null.NULL).build().toByteArray();
    assertThat(otherForm).isNotEmpty();
    assertThat(FeastValue.decode(otherForm)).isNull();
  }

  /** As Protobuf's rules want it, whatever Feast's own writers do. */
  @Test
  void numbersOfAListMayStandOneByOne() {
    assertThat(FeastValue.decode(HEX.parseHex("720808010a0202030804")))
        .isEqualTo(new long[] {1, 2, 3, 4});
  }

  @Test
  void halfASurrogatePairBecomesAQuestionMark() {
    assertThat(FeastValue.decode(FeastValue.encode("a\ud83d"))).isEqualTo("a?");
  }

  @Test
  void otherTypesAreErrors() {
    assertThatThrownBy(() -> FeastValue.encode('c'))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.Character");
    assertThatThrownBy(() -> FeastValue.encode(List.of(1L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a java.lang.Long");
    assertThatThrownBy(() -> FeastValue.encode(Arrays.asList("a", null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("with null");
  }

  @Test
  void damagedAndForeignValuesAreErrorsWithTheirBytes() {
    byte[] bools =
        Value.newBuilder().setBoolListVal(BoolList.getDefaultInstance()).build().toByteArray();
    assertThatThrownBy(() -> FeastValue.decode(bools))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("field 17")
        .hasMessageEndingWith(HEX.formatHex(bools));
    assertThatThrownBy(() -> FeastValue.decode(HEX.parseHex("20")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Not a feast.types.Value")
        .hasMessageEndingWith(": 20");
    assertThatThrownBy(() -> FeastValue.decode(HEX.parseHex("a20100")))
        .as("field 20, which this version of Feast doesn't have")
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("field 20, whose kind is not read here: a20100");
    assertThatThrownBy(() -> FeastValue.decode(HEX.parseHex("20002000")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more than one value: 20002000");
    assertThatThrownBy(() -> FeastValue.decode(HEX.parseHex("72021000")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("list has the field 2: 72021000");
    assertThatThrownBy(() -> FeastValue.decode(HEX.parseHex("40ffffffffffffffff7f")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("time of 9223372036854775807 s");
  }

  @Test
  void theTimestampIsThatOfProtobuf() {
    assertThat(HEX.formatHex(FeastValue.encodeTimestamp(1_700_000_000_123L)))
        .isEqualTo("0880e2cfaa0610c0a9d33a");
    assertThat(FeastValue.encodeTimestamp(0)).isEmpty();
    assertThat(FeastValue.decodeTimestamp(new byte[0])).isEqualTo(Instant.EPOCH);
    assertThat(FeastValue.decodeTimestamp(FeastValue.encodeTimestamp(-1)))
        .isEqualTo(Instant.ofEpochMilli(-1));
    assertThatThrownBy(() -> FeastValue.decodeTimestamp(HEX.parseHex("08")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Not a google.protobuf.Timestamp")
        .hasMessageEndingWith(": 08");
    assertThatThrownBy(() -> FeastValue.decodeTimestamp(HEX.parseHex("08ffffffffffffffff7f")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("time of 9223372036854775807 s");
  }

  @Test
  void theTimestampHasTheRangeOfProtobuf() {
    long first = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
    long last = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
    for (long time : new long[] {first, last}) {
      assertThat(FeastValue.decodeTimestamp(FeastValue.encodeTimestamp(time)).toEpochMilli())
          .isEqualTo(time);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -62_135_596_800_001L, 253_402_300_800_000L, Long.MAX_VALUE})
  void aTimeThatFeastCannotReadIsAnError(long time) {
    assertThatThrownBy(() -> FeastValue.encodeTimestamp(time))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(time + " ms");
  }

  private static String hex(Object value) {
    return HEX.formatHex(FeastValue.encode(value));
  }
}
