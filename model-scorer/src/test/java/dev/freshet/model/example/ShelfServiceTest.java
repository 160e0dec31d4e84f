package dev.freshet.model.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.ModelLease;
import dev.freshet.model.ModelMetadata;
import dev.freshet.model.ModelPool;
import dev.freshet.model.ModelRejectedException;
import dev.freshet.model.ServingPlan;
import dev.freshet.model.TestModels;
import dev.freshet.model.train.MlpRanker;
import dev.freshet.model.train.OnnxExport;
import dev.freshet.model.train.RankingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The how-to page's code is this package's, and does what the page says. */
@Timeout(60)
class ShelfServiceTest {
  private static final Path PAGE = Path.of("..", "docs", "how-to", "score-in-a-service.md");
  private static final Path CODE =
      Path.of("src/test/java/dev/freshet/model/example/ShelfService.java");
  private static final String SNIPPET = "  // snippet: ";
  private static final float[][] ROWS = {{1, 2, Float.NaN}, {0, -1, 3}};
  private static final Set<String> KNOWN = Set.copyOf(TestModels.metadata(3).featureNames());

  @TempDir private Path folder;

  @Test
  void theNewestModelServes() throws Exception {
    Path v1 = Files.write(folder.resolve("v1.onnx"), model("v1", 1));
    Path v2 = Files.write(folder.resolve("v2.onnx"), model("v2", 2));
    float[] first = ShelfService.scoreOnce(v1, ROWS);
    float[] second = ShelfService.scoreOnce(v2, ROWS);
    assertThat(first).isNotEqualTo(second);

    ShelfService service = new ShelfService(KNOWN);
    service.serve(Files.readAllBytes(v1)).get(20, TimeUnit.SECONDS);
    try (ShelfService.Worker worker = service.new Worker()) {
      assertThat(worker.scores(ROWS)).isEqualTo(first);
      assertThatThrownBy(() -> service.serve(new byte[9]).get(20, TimeUnit.SECONDS))
          .hasRootCauseInstanceOf(com.google.protobuf.InvalidProtocolBufferException.class)
          .cause()
          .isInstanceOf(ModelRejectedException.class);
      assertThat(worker.scores(ROWS)).isEqualTo(first);
      service.serve(Files.readAllBytes(v2)).get(20, TimeUnit.SECONDS);
      assertThat(service.openSessions()).isEqualTo(2);
      assertThat(worker.scores(ROWS)).isEqualTo(second);
      assertThat(service.openSessions()).isEqualTo(1);
    }
    service.close();
    assertThat(service.openSessions()).isZero();
  }

  @Test
  void thePlanSaysWhoIsServedByWhat() {
    ServingPlan plan = ShelfService.plan(1_000, 2_000);
    assertThat(ShelfService.version(plan, "ada", 1_999)).isEqualTo("v1");
    long candidates =
        IntStream.range(0, 10_000)
            .filter(user -> ShelfService.version(plan, "user-" + user, 2_000).equals("v2"))
            .count();
    assertThat(candidates).isBetween(850L, 1_150L);

    Map<String, byte[]> files =
        Map.of("v1", model("v1", 1), "v2", model("v2", 2), "v3", model("v3", 3));
    try (ModelPool pool = new ModelPool()) {
      List<ModelLease> leases =
          ShelfService.join(ShelfService.load(pool, plan, 1_500, files, KNOWN));
      assertThat(leases)
          .extracting(lease -> lease.bundle().version())
          .containsExactly("v1", "v2", "v3");
      leases.forEach(ModelLease::close);
      assertThat(pool.openSessions()).isZero();
    }
  }

  private static byte[] model(String version, long seed) {
    MlpRanker ranker = new MlpRanker(3, new int[] {4}, seed);
    ranker.observe(new RankingExample(TestModels.rows(50, 3, 1), 50, new float[50]));
    ModelMetadata of = TestModels.metadata(3);
    return OnnxExport.toOnnx(
        ranker,
        new ModelMetadata("shelf", version, of.featureNames(), of.catalogHash(), of.lineage()));
  }

  @Test
  void theCodeOfThePageIsTheServices() throws IOException {
    List<String> blocks =
        Arrays.stream(Files.readString(PAGE).split("```java\n"))
            .skip(1)
            .map(rest -> rest.substring(0, rest.indexOf("```")).strip())
            .toList();
    assertThat(blocks).containsExactlyInAnyOrderElementsOf(snippets().values());
  }

  /** The parts of the service that are shown, by name. */
  private static Map<String, String> snippets() throws IOException {
    List<String> code = Files.readAllLines(CODE);
    Map<String, String> snippets = new HashMap<>();
    for (int i = 0; i < code.size(); i++) {
      if (code.get(i).startsWith(SNIPPET)) {
        int end = i + 1 + code.subList(i + 1, code.size()).indexOf("  // end");
        snippets.put(
            code.get(i).substring(SNIPPET.length()),
            String.join("\n", code.subList(i + 1, end)).stripTrailing().stripIndent().strip());
      }
    }
    return snippets;
  }
}
