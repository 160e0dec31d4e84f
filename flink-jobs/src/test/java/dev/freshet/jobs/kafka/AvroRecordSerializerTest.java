package dev.freshet.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class AvroRecordSerializerTest {

  private static Recommendation recommendation(String user, int items) {
    List<RankedItem> list =
        IntStream.range(0, items)
            .mapToObj(item -> new RankedItem("i" + item, 1f / (item + 1), "popular"))
            .toList();
    return new Recommendation(
        "id",
        "e1",
        user,
        "home",
        Instant.ofEpochMilli(1234),
        "v1",
        "default",
        "",
        list,
        false,
        Instant.ofEpochMilli(5678));
  }

  @Test
  void whatIsWrittenReadsBackAlikeRecordAfterRecord() throws IOException {
    AvroRecordSerializer<Recommendation> serializer =
        new AvroRecordSerializer<>(
            "recommendations", Recommendation.class, Recommendation::getUser);
    serializer.open(null, null);
    for (int items : new int[] {100, 0, 3}) {
      Recommendation written = recommendation("üser", items);
      ProducerRecord<byte[], byte[]> record = serializer.serialize(written, null, 1234L);
      assertThat(record.topic()).isEqualTo("recommendations");
      assertThat(record.partition()).isNull();
      assertThat(record.timestamp()).isEqualTo(1234L);
      assertThat(record.key()).isEqualTo("üser".getBytes(StandardCharsets.UTF_8));
      assertThat(
              new SpecificDatumReader<>(Recommendation.class)
                  .read(null, DecoderFactory.get().binaryDecoder(record.value(), null)))
          .isEqualTo(written);
      assertThat(record.value()).isEqualTo(Records.bytes(written));
    }
  }

  @Test
  void aRecordMayHaveNoKey() {
    AvroRecordSerializer<UserAction> serializer =
        new AvroRecordSerializer<>("actions", UserAction.class, action -> null);
    serializer.open(null, null);
    assertThat(serializer.serialize(Records.action().build(), null, null).key()).isNull();
  }
}
