package dev.freshet.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.jobs.input.Decoded;
import dev.freshet.protocol.model.ReceivedModel;
import dev.freshet.ranking.PublishedModels;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ModelRecord;
import dev.freshet.schema.TrustedSchemas;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

class ModelRecordDeserializerTest {

  private static byte[] release() {
    TrustedSchemas.register();
    return Records.bytes(new ModelRecord(PublishedModels.release("7").build()));
  }

  private static List<Decoded<ReceivedModel>> decode(byte[] value, int maxLetterBytes) {
    ModelRecordDeserializer deserializer = new ModelRecordDeserializer("letters", maxLetterBytes);
    deserializer.open(null);
    List<Decoded<ReceivedModel>> results = new ArrayList<>();
    deserializer.deserialize(
        Records.record(value),
        new Collector<>() {
          @Override
          public void collect(Decoded<ReceivedModel> result) {
            results.add(result);
          }

          @Override
          public void close() {}
        });
    return results;
  }

  private static Decoded<ReceivedModel> one(byte[] value) {
    List<Decoded<ReceivedModel>> results = decode(value, 1 << 20);
    assertThat(results).hasSize(1);
    return results.get(0);
  }

  @Test
  void aRecordIsHandedOnWithWhereItCameFrom() {
    ReceivedModel received = one(release()).value;
    assertThat(received.record.getContent()).isEqualTo(PublishedModels.release("7").build());
    assertThat(received.key).isEqualTo("the key");
    assertThat(received.time).isEqualTo(Records.RECORD_TIME);
    assertThat(received.letter).matches(letter -> Records.isOf(letter, Records.record(release())));
    assertThat(received.letter.getError()).isEmpty();
  }

  @Test
  void aRecordWithoutAValueIsLeftOut() {
    assertThat(decode(null, 1 << 20)).isEmpty();
  }

  @Test
  void whatIsNotAvroIsADeadLetter() {
    byte[] cut = Arrays.copyOf(release(), 100);
    DeadLetter letter = one(cut).deadLetter;
    assertThat(letter.getReason()).isEqualTo("NOT_AVRO");
    assertThat(letter).matches(of -> Records.isOf(of, Records.record(cut)));
  }

  @Test
  void aLetterThatItsTopicWouldNotTakeGoesWithoutTheValue() {
    byte[] release = release();
    for (byte[] value : List.of(release, Arrays.copyOf(release, release.length - 1))) {
      Decoded<ReceivedModel> decoded = decode(value, value.length).get(0);
      DeadLetter letter = decoded.deadLetter == null ? decoded.value.letter : decoded.deadLetter;
      assertThat(letter.getValue()).isNull();
      assertThat(letter.getKey()).isNotNull();
      assertThat(letter.getError())
          .contains("letters takes no more than", "in some-topic, partition 3, offset 17");
    }
  }

  @Property(tries = 500)
  void aDamagedRecordGivesOneResult(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = release();
    for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    Decoded<ReceivedModel> decoded = one(bytes);
    assertThat(decoded.value == null).isNotEqualTo(decoded.deadLetter == null);
  }

  @Test
  void theTypeIsSerializedWithoutKryo() {
    SerializerConfigImpl config = new SerializerConfigImpl();
    config.setGenericTypes(false);
    assertThat(
            new ModelRecordDeserializer("letters", 1)
                .getProducedType()
                .createSerializer(config)
                .createInstance())
        .isNotNull();
  }
}
