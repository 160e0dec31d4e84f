package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.client.model.TopicContents;
import dev.freshet.client.model.TopicContents.Published;
import dev.freshet.client.model.TopicContents.StoredPlan;
import dev.freshet.schema.ModelPlan;
import dev.freshet.schema.ModelRelease;
import dev.freshet.schema.PlanStep;
import dev.freshet.schema.PlanVariant;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ModelTableTest {

  private static final Instant TIME = Instant.parse("2026-01-31T08:00:00Z");

  private static Published version(String version, int bytes) {
    return new Published(
        new ModelRelease(
            "shop",
            version,
            "0123456789abcdef",
            ByteBuffer.allocate(0),
            List.of("a", "b"),
            null,
            Map.of("epochs", "3"),
            TIME.plusSeconds(Integer.parseInt(version))),
        bytes);
  }

  private static PlanStep step(Instant from, String reason, PlanVariant... variants) {
    return new PlanStep(from, List.of(variants), List.of("3"), reason, TIME);
  }

  private static String table(List<PlanStep> steps, Instant now) {
    TopicContents contents =
        new TopicContents(
            Map.of(
                "shop",
                Map.of("1", version("1", 1), "2", version("2", 2_000), "3", version("3", 9))),
            Map.of("shop", new StoredPlan(new ModelPlan("shop", steps, null), 7, List.of(7L))),
            List.of());
    StringWriter out = new StringWriter();
    new ModelTable(contents, now).print(Optional.empty(), new PrintWriter(out, true));
    return out.toString();
  }

  @Test
  void marksWhatServesNowAndWhatWill() {
    assertThat(
            table(
                List.of(
                    step(TIME, "begin", new PlanVariant("all", "1", 10_000)),
                    step(
                        TIME.plusSeconds(60),
                        "ann:\ntry",
                        new PlanVariant("2", "2", 50),
                        new PlanVariant("1", "1", 9_950))),
                TIME.plusSeconds(1)))
        .isEqualToNormalizingNewlines(
            """
            Model shop: 3 versions
              version  state          published             SHA-256       features  KB  lineage
              1        * serves       2026-01-31T08:00:01Z  0123456789ab         2   1  epochs=3
              2        > serves 0.5%  2026-01-31T08:00:02Z  0123456789ab         2   2  epochs=3
              3        * shadow       2026-01-31T08:00:03Z  0123456789ab         2   1  epochs=3

            Plan of model shop
                    from                  serves           shadows  added                 reason
            * now   2026-01-31T08:00:00Z  1                3        2026-01-31T08:00:00Z  begin
            > next  2026-01-31T08:01:00Z  2 0.5%, 1 99.5%  3        2026-01-31T08:00:00Z  ann: try
            """);
  }

  @Test
  void ofALongPastTheNewestStepsAreShown() {
    List<PlanStep> steps =
        Stream.concat(
                IntStream.range(0, 20)
                    .mapToObj(
                        i ->
                            step(
                                TIME.plusSeconds(i), "r" + i, new PlanVariant("all", "1", 10_000))),
                Stream.of(step(TIME.plusSeconds(99), "next", new PlanVariant("all", "2", 10_000))))
            .toList();
    assertThat(table(steps, TIME.plusSeconds(50)))
        .contains("(14 older steps)", "r14", "r18", "* now", "r19", "> next")
        .doesNotContain("r13");
  }

  @Test
  void withoutAPlanTheConfigurationsModelServes() {
    assertThat(table(List.of(), TIME)).contains("has no plan", "model.file");
    assertThat(
            table(
                List.of(step(TIME, "", new PlanVariant("all", "1", 10_000))), TIME.minusSeconds(1)))
        .contains("> next", "Until then");
  }
}
