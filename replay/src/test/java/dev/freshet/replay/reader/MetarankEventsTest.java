package dev.freshet.replay.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.RecommendationRequest;
import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetarankEventsTest {
  @TempDir Path folder;
  private final List<DeadLetter> letters = new ArrayList<>();

  private MetarankEvents read(String text) throws IOException {
    return MetarankEvents.read(
        List.of(Files.writeString(folder.resolve("events.jsonl"), text)), letters::add);
  }

  private static List<RecommendationRequest> requests(MetarankEvents events) {
    List<RecommendationRequest> requests = new ArrayList<>();
    events.rankings().requests("shelf").forEachRemaining(requests::add);
    return requests;
  }

  @Test
  void everyKindOfEventIsRead() throws IOException {
    MetarankEvents events =
        read(
            """
            {"event": "item", "id": "e1", "timestamp": "1599391467000", "item": "item1", "fields": [\
            {"name": "title", "value": "A cat"}, {"name": "color", "value": ["white", "black"]}, \
            {"name": "cute", "value": true}, {"name": "price", "value": 0.10}, \
            {"name": "sizes", "value": [1, 2.5]}]}
            {"event": "user", "id": "e2", "timestamp": 1599391467001, "user": "user1", \
            "fields": [{"name": "age", "value": 33}]}
            {"event": "ranking", "id": "r1", "timestamp": "2020-09-06T11:24:28Z", "user": "user1", \
            "session": "s1", "fields": [{"name": "query", "value": "cat"}], "tenant": "default", \
            "items": [{"id": "item3", "relevancy": 2.0}, {"id": "item1"}, {"id": "item3"}]}

            {"event": "interaction", "id": "e4", "ranking": "r1", "timestamp": "1599391469000", \
            "user": "user1", "session": "s1", "type": "click", "item": "item1", \
            "fields": [{"name": "count", "value": 1}, {"name": "tags", "value": ["a", "b"]}]}
            """);

    assertThat(letters).isEmpty();
    assertThat(events.items()).hasSize(1);
    assertThat(events.items().get(0).getItem()).isEqualTo("item1");
    assertThat(events.items().get(0).getEventTime())
        .isEqualTo(Instant.ofEpochMilli(1599391467000L));
    assertThat(events.items().get(0).getAttributes())
        .isEqualTo(
            Map.of(
                "title",
                List.of("A cat"),
                "color",
                List.of("white", "black"),
                "cute",
                List.of("true"),
                "price",
                List.of("0.10"),
                "sizes",
                List.of("1", "2.5")));
    assertThat(requests(events))
        .containsExactly(
            new RecommendationRequest(
                "r1",
                "user1",
                "shelf",
                Instant.ofEpochMilli(1599391468000L),
                List.of("item3", "item1"),
                Map.of("query", "cat")));
    assertThat(events.actions())
        .containsExactly(
            new UserAction(
                "e4",
                "user1",
                "item1",
                "click",
                Instant.ofEpochMilli(1599391469000L),
                "s1",
                null,
                "r1",
                Map.of("count", "1", "tags", "a|b")));
    assertThat(events.rankings().clicked("r1")).containsExactly("item1");
    assertThat(events.rankings().clicked("r2")).isEmpty();
    assertThat(events.actions().notes())
        .singleElement()
        .asString()
        .contains("1 items, 1 rankings, 1 interactions, 1 users (not used");
  }

  @Test
  void anItemEventKeepsTheFieldsThatItDoesNotName() throws IOException {
    MetarankEvents events =
        read(
            """
            {"event":"item","id":"1","timestamp":"2000","item":"a","fields":[{"name":"price","value":20},{"name":"old","value":[]}]}
            {"event":"item","id":"2","timestamp":"1000","item":"a","fields":[{"name":"price","value":10},{"name":"color","value":"red"},{"name":"old","value":"x"}]}
            {"event":"item","id":"3","timestamp":"3000","item":"b"}
            """);

    // In order of time, whatever the order of the file.
    assertThat(events.items())
        .extracting(item -> item.getEventTime().toEpochMilli())
        .containsExactly(1000L, 2000L, 3000L);
    assertThat(events.items().get(0).getAttributes())
        .isEqualTo(Map.of("price", List.of("10"), "color", List.of("red"), "old", List.of("x")));
    assertThat(events.items().get(1).getAttributes())
        .isEqualTo(Map.of("price", List.of("20"), "color", List.of("red")));
    assertThat(events.items().get(2).getAttributes()).isEmpty();
    assertThat(events.items()).extracting("eventId").doesNotHaveDuplicates();
  }

  @Test
  void whoHasNoUserGoesByTheSession() throws IOException {
    MetarankEvents events =
        read(
            """
            {"event":"ranking","id":"r","timestamp":1,"session":"s1","items":[{"id":"a"}]}
            {"event":"interaction","timestamp":2,"session":"s1","type":"click","item":"a","ranking":""}
            """);

    assertThat(requests(events).get(0).getUser()).isEqualTo("s1");
    UserAction action = events.actions().iterator().next();
    assertThat(action.getUser()).isEqualTo("s1");
    assertThat(action.getSession()).isEqualTo("s1");
    assertThat(action.getRecommendationId()).isNull();
    assertThat(action.getEventId()).isNotEmpty();
  }

  @Test
  void whatCannotBeUsedIsADeadLetterWithItsLine() throws IOException {
    MetarankEvents events =
        read(
            """
            {"event":"ranking","id":"r","timestamp":5,"user":"u","items":[{"id":"a"}]}
            not json
            [1]
            {"event":"ranking","id":"r","timestamp":6,"user":"u","items":[{"id":"b"}]}
            {"event":"ranking","id":"r2","timestamp":6,"user":"u","items":[]}
            {"event":"ranking","id":"r3","timestamp":6,"user":"u","items":[{"item":"b"}]}
            {"event":"ranking","timestamp":6,"user":"u","items":[{"id":"b"}]}
            {"event":"metadata","id":"m","timestamp":6}
            {"id":"m","timestamp":6}
            {"event":"interaction","id":"i","timestamp":"soon","user":"u","item":"a","type":"click"}
            {"event":"interaction","id":"i","timestamp":6,"item":"a","type":"click"}
            {"event":"interaction","id":"i","timestamp":6,"user":{"id":1},"item":"a","type":"click"}
            {"event":"interaction","id":"i","timestamp":6,"user":"u","item":"a"}
            {"event":"item","id":"i","timestamp":6,"item":"a","fields":[{"name":"x","value":{"y":1}}]}
            {"event":"item","id":"i","timestamp":6,"item":"a","fields":[{"value":1}]}
            {"event":"item","id":"i","timestamp":6,"item":"a"} {}
            """);

    assertThat(requests(events)).hasSize(1);
    assertThat(events.actions()).isEmpty();
    assertThat(events.items()).isEmpty();
    assertThat(letters)
        .extracting(letter -> letter.getOffset() + " " + letter.getReason())
        .containsExactly(
            "2 MALFORMED_LINE",
            "3 MALFORMED_LINE",
            "4 REPEATED_RANKING",
            "5 MISSING_FIELD",
            "6 MISSING_FIELD",
            "7 MISSING_FIELD",
            "8 WRONG_TYPE",
            "9 MISSING_FIELD",
            "10 WRONG_TYPE",
            "11 MISSING_FIELD",
            "12 WRONG_TYPE",
            "13 MISSING_FIELD",
            "14 WRONG_TYPE",
            "15 MISSING_FIELD",
            "16 MALFORMED_LINE");
    assertThat(events.actions().rejected().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(15);
  }

  @Test
  void severalFilesAndGzipAreOneRecording() throws IOException {
    Path first = Files.writeString(folder.resolve("a.jsonl"), interaction(20, "a"));
    Path second = folder.resolve("b.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(second))) {
      out.write(interaction(10, "b").getBytes(StandardCharsets.UTF_8));
    }
    MetarankEvents events = MetarankEvents.read(List.of(first, second), letters::add);

    assertThat(events.actions()).extracting(UserAction::getItem).containsExactly("b", "a");
    assertThat(events.actions()).extracting(UserAction::getEventId).doesNotHaveDuplicates();
    assertThatThrownBy(() -> MetarankEvents.read(List.of(folder.resolve("no.jsonl")), letters::add))
        .isInstanceOf(ReplayInputException.class)
        .hasMessageContaining("no such file");
  }

  private static String interaction(long time, String item) {
    return "{\"event\":\"interaction\",\"timestamp\":%d,\"user\":\"u\",\"type\":\"click\",\"item\":\"%s\"}\n"
        .formatted(time, item);
  }
}
