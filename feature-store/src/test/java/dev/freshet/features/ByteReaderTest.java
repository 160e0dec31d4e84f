package dev.freshet.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link ByteReader} and {@link ByteWriter}: what one writes, the other reads. */
class ByteReaderTest {
  private final ByteWriter out = new ByteWriter();
  private final ByteReader in = new ByteReader();

  @ParameterizedTest
  @CsvSource({
    "0,00",
    "1,01",
    "127,7f",
    "128,8001",
    "16383,ff7f",
    "16384,808001",
    "2097151,ffff7f",
    "2097152,80808001",
    "2147483647,ffffffff07",
    "9223372036854775807,ffffffffffffffff7f",
    "-9223372036854775808,80808080808080808001",
    "-1,ffffffffffffffffff01"
  })
  void varints(long value, String hex) {
    out.writeVarint(value);
    assertThat(written()).isEqualTo(hex);
    assertThat(read().readVarint()).isEqualTo(value);
    assertThat(in.hasRemaining()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "0,00",
    "-1,01",
    "1,02",
    "-64,7f",
    "64,8001",
    "9223372036854775807,feffffffffffffffff01",
    "-9223372036854775808,ffffffffffffffffff01"
  })
  void signedVarints(long value, String hex) {
    out.writeSigned(value);
    assertThat(written()).isEqualTo(hex);
    assertThat(read().readSigned()).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ffffffffffffffffff02", "80808080808080808080", "ffffffffffffffffffff01"})
  void refusesAVarintOfMoreThan64Bits(String hex) {
    in.reset(HexFormat.of().parseHex(hex));
    assertDamaged(in::readVarint, "a number of more than 64 bits before byte 10");
  }

  @Test
  void fixedNumbersAreBigEndian() {
    out.writeByte(0x1ff);
    out.writeInt(0x01020304);
    out.writeLong(0x0102030405060708L);
    out.writeDouble(2.5);
    out.writeDouble(Double.longBitsToDouble(0x7ff8000000000123L));
    assertThat(written())
        .isEqualTo(
            "ff" + "01020304" + "0102030405060708" + "4004000000000000" + "7ff8000000000000");
    read();
    assertThat(in.readByte()).isEqualTo((byte) -1);
    assertThat(in.readInt()).isEqualTo(0x01020304);
    assertThat(in.readLong()).isEqualTo(0x0102030405060708L);
    assertThat(in.readDouble()).isEqualTo(2.5);
    assertThat(in.readDouble()).isNaN();
  }

  @Test
  void texts() {
    String[] texts = {"", "a", "café", "\ud83d\ude00", "x".repeat(127), "y".repeat(128)};
    for (String text : texts) {
      out.writeText(text);
    }
    read();
    for (String text : texts) {
      assertThat(in.readText()).isEqualTo(text);
    }
    assertThat(in.hasRemaining()).isFalse();
  }

  @Test
  void halfASurrogatePairBecomesAQuestionMark() {
    out.writeText("a\ud83db\ude00");
    assertThat(written()).isEqualTo("04" + "613f623f");
    assertThat(read().readText()).isEqualTo("a?b?");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 126, 127, 128, 129, 255, 256, 257, 16_383, 16_384, 16_385, 100_000})
  void insertsTheLengthOfWhatWasWritten(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    out.writeInt(7);
    int start = out.size();
    out.writeBytes(content, 0, length);
    out.insertLength(start);
    out.writeByte(9);
    read();
    assertThat(in.readInt()).isEqualTo(7);
    assertThat(in.readLength()).isEqualTo(length);
    byte[] copy = new byte[length];
    in.readBytes(copy, 0, length);
    assertThat(copy).isEqualTo(content);
    assertThat(in.readByte()).isEqualTo((byte) 9);
    assertThat(in.hasRemaining()).isFalse();
  }

  @Test
  void insertsALengthWithinALength() {
    int outer = out.size();
    out.writeByte(1);
    int inner = out.size();
    out.writeBytes(new byte[200], 0, 200);
    out.insertLength(inner);
    out.insertLength(outer);
    read();
    assertThat(in.readLength()).isEqualTo(203);
    assertThat(in.readByte()).isEqualTo((byte) 1);
    assertThat(in.readLength()).isEqualTo(200);
  }

  @Test
  void growsAndIsUsedAgain() {
    for (int i = 0; i < 1_000; i++) {
      out.writeLong(i);
    }
    assertThat(out.size()).isEqualTo(8_000);
    read();
    for (int i = 0; i < 1_000; i++) {
      assertThat(in.readLong()).isEqualTo(i);
    }
    out.clear();
    assertThat(out.size()).isZero();
    out.writeByte(5);
    assertThat(out.toByteArray()).containsExactly(5);
  }

  @Test
  void everyWriteGrowsAtTheEndOfTheArray() {
    for (int before = 240; before <= 260; before++) {
      byte[] filling = new byte[before];
      out.clear();
      out.writeBytes(filling, 0, before);
      out.writeInt(1);
      assertThat(out.size()).isEqualTo(before + 4);
      ByteWriter fresh = new ByteWriter();
      fresh.writeBytes(filling, 0, before);
      fresh.writeVarint(-1);
      fresh.writeLong(3);
      assertThat(fresh.toByteArray()).hasSize(before + 18).endsWith(0, 0, 0, 0, 0, 0, 0, 3);
    }
  }

  @Test
  void truncates() {
    out.writeInt(1);
    out.truncate(1);
    assertThat(written()).isEqualTo("00");
    assertThatThrownBy(() -> out.truncate(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 is not a size from 0 to 1");
    assertThatThrownBy(() -> out.truncate(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsAPartOfAnArray() {
    byte[] array = {9, 9, 1, 2, 9};
    in.reset(array, 2, 2);
    assertThat(in.array()).isSameAs(array);
    assertThat(in.remaining()).isEqualTo(2);
    assertThat(in.position()).isEqualTo(2);
    in.skip(1);
    assertThat(in.readByte()).isEqualTo((byte) 2);
    assertDamaged(in::readByte, "cut off: it ends at byte 4");
  }

  @Test
  void nothingIsReadBeyondTheEnd() {
    for (int length = 0; length < 8; length++) {
      byte[] array = new byte[20];
      Arrays.fill(array, (byte) 0xff);
      int end = 3 + length;
      in.reset(array, 3, length);
      assertDamaged(in::readLong, "cut off: it ends at byte " + end);
      assertDamaged(in::readDouble, "cut off: it ends at byte " + end);
      assertDamaged(() -> in.skip(end), "cut off: it ends at byte " + end);
      assertDamaged(() -> in.readBytes(new byte[9], 0, 9), "cut off: it ends at byte " + end);
      assertThat(in.remaining()).isEqualTo(length);
      assertDamaged(in::readVarint, "cut off: it ends at byte " + end);
    }
    in.reset(new byte[] {1, 2, 3});
    assertDamaged(in::readInt, "cut off: it ends at byte 3");
  }

  @Test
  void aLengthIsNeverMoreThanThereIs() {
    for (long length : new long[] {4, 128, Integer.MAX_VALUE, 1L << 32, -1, Long.MIN_VALUE}) {
      out.clear();
      out.writeVarint(length);
      out.writeBytes(new byte[3], 0, 3);
      assertDamaged(() -> read().readLength(), "cut off: it ends at byte " + out.size());
      assertDamaged(() -> read().readText(), "cut off: it ends at byte " + out.size());
    }
    out.clear();
    out.writeVarint(3);
    out.writeBytes(new byte[3], 0, 3);
    assertThat(read().readLength()).isEqualTo(3);
  }

  private String written() {
    return HexFormat.of().formatHex(out.toByteArray());
  }

  private ByteReader read() {
    return in.reset(out.toByteArray());
  }

  private static void assertDamaged(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(FeatureLayoutException.class).hasMessage(message);
  }
}
