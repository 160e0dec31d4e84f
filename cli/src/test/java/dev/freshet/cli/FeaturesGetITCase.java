package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.config.ConfiguredStore;
import dev.freshet.config.FreshetConfig;
import dev.freshet.embedded.EmbeddedRedis;
import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureWrite;
import dev.freshet.features.RowUpdater;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code freshet features get} on a real Redis. */
class FeaturesGetITCase {

  private static final Instant TIME = Instant.parse("2026-01-31T08:00:00Z");

  @TempDir private Path folder;
  private EmbeddedRedis redis;
  private Path config;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void fillRedis() throws Exception {
    redis = EmbeddedRedis.start(folder);
    Path features = folder.resolve("features.yaml");
    Files.writeString(
        features,
        """
        features:
          - {name: actions, entity: user, type: count, description: Actions}
          - {name: actions_1h, entity: user, type: count, window: 1h, description: In an hour}
          - {name: recent, entity: user, type: count, ttl: 2h, description: Forgets}
          - {name: buys, entity: user, type: count, actions: [buy], description: Buys}
          - {name: bias, entity: user, type: given, source: store, shape: number, description: Bias}
          - {name: together, entity: user_item, type: count, description: Together}
          - {name: all, entity: global, type: count, description: All}
        """);
    config = folder.resolve("freshet.yaml");
    Files.writeString(
        config,
        "redis:\n  address: %s\nfeatures:\n  catalog: %s\n".formatted(redis.address(), features));
    FeatureCatalog catalog = FeatureCatalog.load(features);
    FreshetConfig settings = FreshetConfig.load(config, Map.of());
    try (FeatureStore store = ConfiguredStore.of(settings).open(catalog)) {
      List<FeatureWrite> writes = new ArrayList<>();
      Map.of(Entity.USER, "ada", Entity.USER_ITEM, "ada/a%2Fb", Entity.GLOBAL, Entity.ALL)
          .forEach(
              (entity, id) ->
                  writes.add(
                      new FeatureWrite(
                          catalog.computed(entity).orElseThrow(),
                          id,
                          new RowUpdater(catalog.computed(entity).orElseThrow())
                              .add(null, List.of(event())))));
      assertThat(store.write(writes).applied()).isEqualTo(3);
    }
  }

  @AfterEach
  void stopRedis() {
    redis.close();
  }

  @Test
  void printsEveryFeatureWithItsAgeOrWhyThereIsNone() {
    assertThat(get("user", "ada", "--as-of", "2026-01-31T11:00:00Z")).isZero();

    assertThat(out.toString())
        .startsWith("user ada, as of 2026-01-31T11:00:00Z\n")
        .contains("newest event 2026-01-31T08:00:00Z, 3 h before\n")
        .containsPattern("actions +1 +3 h before\n")
        .containsPattern("actions_1h +0 +3 h before\n")
        .containsPattern("recent +\\(expired\\) +3 h before\n")
        .containsPattern("buys +\\(empty\\) +-\n")
        .containsPattern("bias +\\(missing\\) +-\n");
  }

  @Test
  void lastIsTheTimeOfTheNewestEvent() {
    assertThat(get("user", "ada", "--as-of", "last")).isZero();

    assertThat(out.toString())
        .startsWith("user ada, as of 2026-01-31T08:00:00Z\n")
        .containsPattern("actions_1h +1 +0 ms before\n");
  }

  @Test
  void aTimeBeforeTheNewestEventIsPointedOut() {
    assertThat(get("user", "ada", "--as-of", "2026-01-31T07:00:00Z")).isZero();
    assertThat(out.toString())
        .contains("60 min later: windows and decay are of then, counts of all time are not");
  }

  @Test
  void jsonHasValueStatusAndTime() throws Exception {
    assertThat(get("user", "ada", "--as-of", "2026-01-31T11:00:00Z", "--json")).isZero();

    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.path("entity").asText()).isEqualTo("user");
    assertThat(json.path("as_of").asLong()).isEqualTo(TIME.plusSeconds(3 * 3_600).toEpochMilli());
    assertThat(json.path("features").path("actions").toString())
        .isEqualTo("{\"status\":\"present\",\"value\":1,\"event_time\":1769846400000}");
    assertThat(json.path("features").path("recent").toString())
        .isEqualTo("{\"status\":\"expired\",\"event_time\":1769846400000}");
    assertThat(json.path("features").path("bias").toString()).isEqualTo("{\"status\":\"missing\"}");
  }

  @Test
  void aPairHasTwoIdsAndEverythingNone() {
    assertThat(get("user_item", "ada", "a/b")).isZero();
    assertThat(out.toString()).startsWith("user_item ada a/b, as of ").contains("together");
    assertThat(get("global")).isZero();
    assertThat(get("user_item", "ada")).isOne();
    assertThat(err.toString()).contains("Two ids are needed");
    assertThat(get("global", "all")).isOne();
    assertThat(get("user")).isOne();
    assertThat(err.toString()).contains("No id is needed").contains("A user has one id");
  }

  @Test
  void nothingStoredHasAnExitCodeOfItsOwn() {
    assertThat(get("user", "nobody")).isEqualTo(3);
    assertThat(err.toString()).contains("has nothing on user nobody.");
    assertThat(get("user", "ada", "--key-prefix", "elsewhere")).isEqualTo(3);
  }

  @Test
  void aTimeThatIsNoneIsToldWithTheRemedy() {
    assertThat(get("user", "ada", "--as-of", "yesterday")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("'yesterday' is not a time").contains("Or write last");
  }

  private static FeatureEvent event() {
    FeatureEvent event = new FeatureEvent();
    event.eventId = "1";
    event.time = TIME.toEpochMilli();
    event.user = "ada";
    event.item = "a/b";
    event.action = "view";
    return event;
  }

  private int get(String... arguments) {
    List<String> all = new ArrayList<>(List.of("features", "get"));
    all.addAll(List.of(arguments));
    all.add("--config");
    all.add(config.toString());
    CommandLine command = Freshet.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(all.toArray(String[]::new));
  }
}
