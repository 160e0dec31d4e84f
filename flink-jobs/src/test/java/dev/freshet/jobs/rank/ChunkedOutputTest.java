package dev.freshet.jobs.rank;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ChunkedOutputTest {

  @Property
  void writesWhatADataOutputStreamWrites(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int chunkBytes,
      @ForAll @IntRange(max = 60) int values)
      throws IOException {
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    write(new Random(seed), values, new DataOutputStream(expected));
    List<byte[]> chunks = new ArrayList<>();
    ChunkedOutput tested =
        new ChunkedOutput(chunkBytes, (bytes, length) -> chunks.add(Arrays.copyOf(bytes, length)));
    write(new Random(seed), values, tested);
    tested.flush();
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] chunk : chunks) {
      joined.write(chunk);
    }
    assertThat(joined.toByteArray()).isEqualTo(expected.toByteArray());
    assertThat(chunks.subList(0, Math.max(0, chunks.size() - 1)))
        .allSatisfy(chunk -> assertThat(chunk).hasSize(chunkBytes));
  }

  private static void write(Random random, int values, DataOutput out) throws IOException {
    for (int value = 0; value < values; value++) {
      switch (random.nextInt(12)) {
        case 0 -> out.write(random.nextInt());
        case 1 -> out.writeBoolean(random.nextBoolean());
        case 2 -> out.writeByte(random.nextInt());
        case 3 -> out.writeShort(random.nextInt());
        case 4 -> out.writeChar(random.nextInt());
        case 5 -> out.writeInt(random.nextInt());
        case 6 -> out.writeLong(random.nextLong());
        case 7 -> out.writeFloat(random.nextFloat());
        case 8 -> out.writeDouble(random.nextDouble());
        case 9 -> out.writeUTF("größer" + random.nextInt());
        case 10 -> out.writeChars("größer" + random.nextInt());
        default -> {
          byte[] bytes = new byte[random.nextInt(100)];
          random.nextBytes(bytes);
          out.write(bytes);
          int from = random.nextInt(bytes.length + 1);
          out.write(bytes, from, random.nextInt(bytes.length - from + 1));
        }
      }
    }
  }
}
