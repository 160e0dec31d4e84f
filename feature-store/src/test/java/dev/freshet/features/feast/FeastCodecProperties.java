package dev.freshet.features.feast;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import feast.proto.types.ValueProto.Value;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.arbitraries.StringArbitrary;
import net.jqwik.api.constraints.LongRange;

/** What is written is what is read. */
class FeastCodecProperties {
  private static final long FIRST_MILLIS = -62_135_596_800_000L;
  private static final long LAST_MILLIS = 253_402_300_799_999L;

  @Property
  void keysAreReadBack(
      @ForAll("names") String project, @ForAll("joinKeys") Map<String, Object> joinKeys) {
    FeastKey key = FeastKey.of(project, joinKeys);
    FeastKey read = FeastKey.parse(key.toBytes());
    assertThat(read.project()).isEqualTo(project);
    assertThat(read.joinKeys().keySet()).isEqualTo(joinKeys.keySet());
    joinKeys.forEach((name, value) -> assertThat(read.joinKeys().get(name)).isEqualTo(value));
    assertThat(read).isEqualTo(key);
  }

  /** Whatever is accepted as a key is one: written again, it has the same bytes. */
  @Property
  void noTwoKeysReadAsTheSame(@ForAll("nearlyKeys") byte[] bytes) {
    FeastKey key;
    try {
      key = FeastKey.parse(bytes);
    } catch (IllegalArgumentException damaged) {
      return;
    }
    assertThat(FeastKey.of(key.project(), key.joinKeys()).toBytes()).isEqualTo(bytes);
  }

  @Property
  void valuesAreReadBack(@ForAll("values") Object value) {
    assertThat(FeastValue.decode(FeastValue.encode(value))).isEqualTo(value);
  }

  @Property
  void valuesHaveTheBytesOfFeastsClasses(@ForAll("values") Object value) {
    byte[] bytes = FeastValue.encode(value);
    assertThat(bytes).isEqualTo(value(value).toByteArray());
  }

  /** Cut or changed, it is an error, or what Feast's classes read. */
  @Property
  void damagedValuesAreReadAsByFeastsClasses(
      @ForAll("values") Object value, @ForAll int cut, @ForAll int at, @ForAll byte changed)
      throws InvalidProtocolBufferException {
    byte[] bytes = FeastValue.encode(value);
    byte[] damaged = Arrays.copyOf(bytes, Math.floorMod(cut, bytes.length) + 1);
    damaged[Math.floorMod(at, damaged.length)] = changed;
    Object read;
    try {
      read = FeastValue.decode(damaged);
    } catch (IllegalArgumentException notReadable) {
      return;
    }
    Value expected = Value.parseFrom(damaged);
    if (read == null) {
      assertThat(expected.getValCase()).isIn(Value.ValCase.VAL_NOT_SET, Value.ValCase.NULL_VAL);
    } else {
      assertThat(value(read)).isEqualTo(expected);
    }
  }

  private static Value value(Object value) {
    Value.Builder out = Value.newBuilder();
    if (value instanceof Long number) {
      return out.setInt64Val(number).build();
    } else if (value instanceof Integer number) {
      return out.setInt32Val(number).build();
    } else if (value instanceof Double number) {
      return out.setDoubleVal(number).build();
    } else if (value instanceof Float number) {
      return out.setFloatVal(number).build();
    } else if (value instanceof Boolean flag) {
      return out.setBoolVal(flag).build();
    } else if (value instanceof String text) {
      return out.setStringVal(text).build();
    } else if (value instanceof byte[] raw) {
      return out.setBytesVal(ByteString.copyFrom(raw)).build();
    } else if (value instanceof Instant instant) {
      return out.setUnixTimestampVal(instant.getEpochSecond()).build();
    } else if (value instanceof long[] numbers) {
      out.getInt64ListValBuilder().addAllVal(Arrays.stream(numbers).boxed().toList());
    } else if (value instanceof double[] numbers) {
      out.getDoubleListValBuilder().addAllVal(Arrays.stream(numbers).boxed().toList());
    } else if (value instanceof float[] numbers) {
      out.getFloatListValBuilder();
      for (float number : numbers) {
        out.getFloatListValBuilder().addVal(number);
      }
    } else {
      out.getStringListValBuilder();
      for (Object text : (List<?>) value) {
        out.getStringListValBuilder().addVal((String) text);
      }
    }
    return out.build();
  }

  @Property
  void timesAreReadBack(@ForAll @LongRange(min = FIRST_MILLIS, max = LAST_MILLIS) long time) {
    assertThat(FeastValue.decodeTimestamp(FeastValue.encodeTimestamp(time)))
        .isEqualTo(Instant.ofEpochMilli(time));
  }

  @Property
  void storedVersionsHaveTheOrderOfVersions(
      @ForAll long time,
      @ForAll @LongRange(min = 0) long sequence,
      @ForAll long otherTime,
      @ForAll @LongRange(min = 0) long otherSequence) {
    int byTime = Long.compare(time, otherTime);
    int expected = byTime != 0 ? byTime : Long.compare(sequence, otherSequence);
    int actual =
        Arrays.compareUnsigned(
            FeastWrite.version(time, sequence), FeastWrite.version(otherTime, otherSequence));
    assertThat(Integer.signum(actual)).isEqualTo(expected);
  }

  @Provide
  Arbitrary<String> names() {
    return texts().ofMinLength(1);
  }

  @Provide
  Arbitrary<Map<String, Object>> joinKeys() {
    Arbitrary<Object> values =
        Arbitraries.oneOf(
            texts().map(Object.class::cast),
            Arbitraries.integers().map(Object.class::cast),
            Arbitraries.longs().map(Object.class::cast),
            bytes().map(Object.class::cast),
            instants().map(Object.class::cast));
    return Arbitraries.maps(names(), values).ofMinSize(1).ofMaxSize(5);
  }

  /** Keys with one byte changed. */
  @Provide
  Arbitrary<byte[]> nearlyKeys() {
    return joinKeys()
        .map(joinKeys -> FeastKey.of("p", joinKeys).toBytes())
        .flatMap(
            key ->
                Arbitraries.integers()
                    .between(0, key.length - 1)
                    .flatMap(
                        at ->
                            Arbitraries.bytes()
                                .map(
                                    changed -> {
                                      byte[] copy = key.clone();
                                      copy[at] = changed;
                                      return copy;
                                    })));
  }

  @Provide
  Arbitrary<Object> values() {
    return Arbitraries.oneOf(
        List.of(
            Arbitraries.longs().map(Object.class::cast),
            Arbitraries.integers().map(Object.class::cast),
            Arbitraries.doubles().map(Object.class::cast),
            Arbitraries.of(Double.NaN, Double.NEGATIVE_INFINITY, -0.0).map(Object.class::cast),
            Arbitraries.floats().map(Object.class::cast),
            Arbitraries.of(true, false).map(Object.class::cast),
            texts().map(Object.class::cast),
            bytes().map(Object.class::cast),
            instants().map(Object.class::cast),
            texts().list().ofMaxSize(5).map(Object.class::cast),
            Arbitraries.longs().array(long[].class).ofMaxSize(5).map(Object.class::cast),
            Arbitraries.doubles().array(double[].class).ofMaxSize(5).map(Object.class::cast),
            Arbitraries.floats().array(float[].class).ofMaxSize(5).map(Object.class::cast)));
  }

  private static StringArbitrary texts() {
    // No halves of surrogate pairs, which are no Unicode.
    return Arbitraries.strings().withCharRange('\0', '\ud7ff').withChars('\ue000', '\uffff');
  }

  private static Arbitrary<byte[]> bytes() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(20);
  }

  private static Arbitrary<Instant> instants() {
    return Arbitraries.longs()
        .between(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond())
        .map(Instant::ofEpochSecond);
  }
}
