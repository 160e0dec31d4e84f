package dev.freshet.replay.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ItemUpdate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ItemsFileTest {
  private static final Instant TIME = Instant.ofEpochMilli(99);

  @TempDir Path folder;
  private final List<ItemUpdate> updates = new ArrayList<>();
  private final List<DeadLetter> deadLetters = new ArrayList<>();

  @Test
  void everyOtherCsvColumnIsAnAttribute() throws IOException {
    read(
        "movies.csv",
        "item_id,title,year,genres\n0002844,\"Fantômas, À l'ombre\",1913,Crime | Drama|\n7,,,\n",
        ColumnMapping.usual());

    assertThat(updates)
        .containsExactly(
            new ItemUpdate(
                "items-000000001",
                "0002844",
                TIME,
                false,
                Map.of(
                    "title",
                    List.of("Fantômas, À l'ombre"),
                    "year",
                    List.of("1913"),
                    "genres",
                    List.of("Crime", "Drama"))),
            new ItemUpdate("items-000000002", "7", TIME, false, Map.of()));
  }

  @Test
  void jsonArraysAreManyValues() throws IOException {
    read(
        "items.jsonl",
        "{\"id\": 1, \"tags\": [\"a\", 2, null, \"b|c\"], \"price\": 9.90, \"gone\": null}\n"
            + "{\"id\": 2, \"size\": {\"w\": 1}}\n"
            + "{\"name\": \"x\"}\n"
            + "{\"id\": [3]}\n"
            + "{\n"
            + "{\"id\": 4, \"new\": true}\n",
        ColumnMapping.usual());

    assertThat(updates)
        .containsExactly(
            new ItemUpdate(
                "items-000000001",
                "1",
                TIME,
                false,
                Map.of("tags", List.of("a", "2", "b", "c"), "price", List.of("9.90"))),
            new ItemUpdate("items-000000006", "4", TIME, false, Map.of("new", List.of("true"))));
    assertThat(deadLetters)
        .extracting(DeadLetter::getReason)
        .containsExactly("WRONG_TYPE", "MISSING_FIELD", "WRONG_TYPE", "MALFORMED_LINE");
    assertThat(deadLetters).extracting(DeadLetter::getOffset).containsExactly(2L, 3L, 4L, 5L);
  }

  @Test
  void theTimeIsTakenFromANamedColumnOnly() throws IOException {
    String text = "sku,time\na,1659304800025\nb,\nc,soon\n";

    read("items.csv", text, ColumnMapping.parse("item=sku,time=time"));

    assertThat(updates)
        .containsExactly(
            new ItemUpdate(
                "items-000000001", "a", Instant.ofEpochMilli(1659304800025L), false, Map.of()));
    assertThat(deadLetters)
        .extracting(DeadLetter::getReason)
        .containsExactly("MISSING_FIELD", "WRONG_TYPE");
    updates.clear();
    deadLetters.clear();

    read("items.csv", text, ColumnMapping.parse("item=sku"));
    assertThat(updates).extracting(ItemUpdate::getEventTime).containsOnly(TIME);
    assertThat(updates.get(0).getAttributes())
        .containsExactly(Map.entry("time", List.of("1659304800025")));
  }

  @Test
  void anUnknownItemColumnIsAnErrorThatSaysWhatToWrite() {
    assertThatThrownBy(() -> read("items.csv", "sku,title\n", ColumnMapping.usual()))
        .isInstanceOf(ReplayInputException.class)
        .hasMessageContaining("no column for item. Columns found: sku, title. Write --items-map");
    assertThatThrownBy(() -> read("items.avro", "", ColumnMapping.usual()))
        .isInstanceOf(ReplayInputException.class)
        .hasMessageContaining("csv or jsonl");
  }

  private void read(String name, String text, ColumnMapping mapping) throws IOException {
    Path file = folder.resolve(name);
    Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    Map<UnreadableReason, Long> rejected =
        ItemsFile.read(
            file,
            Optional.empty(),
            mapping,
            Optional.empty(),
            TIME,
            updates::add,
            deadLetters::add);
    assertThat(rejected.values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(deadLetters.size());
  }
}
