package dev.freshet.client.shopper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedTrafficTest {
  private static final long START = 1_767_225_600_000L;

  @TempDir private Path folder;

  @Test
  void avroHoldsTheActionsAsTheyAre() throws IOException {
    RecordedTraffic traffic = RecordedTraffic.generate(7, 2_000, START, 5);
    Path file = folder.resolve("actions.avro");
    traffic.writeActionsAvro(file);
    List<String> read = new ArrayList<>();
    try (DataFileReader<GenericRecord> reader =
        new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
      assertThat(reader.getSchema()).isEqualTo(UserAction.getClassSchema());
      reader.forEach(action -> read.add(action.get("event_id") + " " + action.get("item")));
    }
    assertThat(read)
        .hasSize(2_000)
        .isEqualTo(
            traffic.actions().stream()
                .map(action -> action.getEventId() + " " + action.getItem())
                .toList());
  }

  @Test
  void csvHasAHeaderAndALineForEachActionAndItem() throws IOException {
    RecordedTraffic traffic = RecordedTraffic.generate(7, 2_000, START, 5);
    Path actions = folder.resolve("actions.csv");
    Path items = folder.resolve("items.csv");
    traffic.writeActionsCsv(actions);
    traffic.writeItemsCsv(items);
    UserAction first = traffic.actions().get(0);
    assertThat(Files.readAllLines(actions))
        .hasSize(2_001)
        .startsWith(
            "user_id,item_id,action,timestamp,session,event_id",
            String.join(
                ",",
                first.getUser(),
                first.getItem(),
                first.getAction(),
                Long.toString(first.getEventTime().toEpochMilli()),
                first.getSession(),
                first.getEventId()));
    assertThat(Files.readAllLines(items))
        .hasSize(1 + traffic.items().size())
        .startsWith("item_id,timestamp,title,category,line,brand,price_eur")
        .element(1)
        .asString()
        .matches(
            "i\\d{5}," + START + ",[A-Z][A-Za-z ]+ 1,[a-z ]+,[A-Z][A-Za-z ]+,[A-Z][a-z]+,\\d+");
  }

  @Test
  void theSameSeedGivesTheSameBytes() throws IOException {
    Path first = folder.resolve("1.avro");
    Path second = folder.resolve("2.avro");
    RecordedTraffic.generate(7, 500, START, 5).writeActionsAvro(first);
    RecordedTraffic.generate(7, 500, START, 5).writeActionsAvro(second);
    assertThat(first).hasSameBinaryContentAs(second);
  }
}
