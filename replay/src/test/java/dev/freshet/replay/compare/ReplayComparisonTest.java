package dev.freshet.replay.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.evaluation.Estimate;
import dev.freshet.evaluation.PairedRanks;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.replay.judge.JudgedAction;
import dev.freshet.replay.judge.JudgedFile;
import dev.freshet.replay.reader.ReplayInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayComparisonTest {

  @TempDir private Path folder;

  private static final String SUMMARY =
      """
      {"actions": 4000, "warmup": 0.2, "lists": "next", "exclude_seen": false, "model_version": "v",
       "evaluation": {"placements": {"home": {"coverage@10": 0.5, "gini@10": 0.9,
       "novelty_bits@10": {"value": 7.5}}}}}
      """;

  /** A folder with 3,000 tests behind the warm-up, of users with many tests and with few. */
  private Path replay(String name, String summary, IntUnaryOperator rank) throws IOException {
    return replay(name, summary, "e", rank);
  }

  private Path replay(String name, String summary, String prefix, IntUnaryOperator rank)
      throws IOException {
    Path out = Files.createDirectory(folder.resolve(name));
    Files.writeString(out.resolve("summary.json"), summary);
    try (JudgedFile.Writer file = JudgedFile.write(out.resolve(JudgedFile.NAME))) {
      for (int i = 0; i < 3_100; i++) {
        int user = i % 10 < 5 ? i % 7 : i % 300;
        file.accept(
            new JudgedAction(
                prefix + i,
                "user \"" + user + "\", the same",
                "home",
                Instant.ofEpochMilli(i),
                "item" + i % 50,
                rank.applyAsInt(i),
                "v1",
                "",
                "knn",
                i < 100));
      }
      file.commit();
    }
    return out;
  }

  @Test
  void pairsEveryTestAndTellsTheDifference() throws IOException {
    // B hits every tenth action that A misses, and A every twentieth that B misses.
    Path a = replay("a", SUMMARY, i -> i % 4 == 0 ? 2 : i % 20 == 1 ? 12 : 0);
    Path b = replay("b", SUMMARY, i -> i % 4 == 0 ? 2 : i % 10 == 3 ? 1 : 0);

    ReplayComparison comparison = ReplayComparison.of(a, b);

    assertThat(comparison.isComparable()).isTrue();
    assertThat(comparison.settings().get("actions"))
        .isEqualTo(new ReplayComparison.Both("4000", "4000"));
    ReplayComparison.Placement home = comparison.placements().get(0);
    assertThat(home.tests()).as("without the warm-up").isEqualTo(3_000);
    assertThat(home.lists().get("Novelty@10 (bits)"))
        .isEqualTo(new ReplayComparison.BothNumbers(7.5, 7.5));
    PairedRanks.Comparison hits10 = home.metrics().get(RankMetric.HIT_RATE_10.ordinal());
    assertThat(hits10.a()).isEqualTo(0.25);
    assertThat(hits10.b()).isEqualTo(0.35);
    assertThat(hits10.onlyA()).isZero();
    assertThat(hits10.onlyB()).isEqualTo(300);
    assertThat(hits10.mcNemar()).isLessThan(1e-50);
    assertThat(hits10.difference().value()).isCloseTo(0.1, within(1e-12));
    assertThat(hits10.difference().low()).isBetween(0.03, 0.1);
    PairedRanks.Comparison hits20 = home.metrics().get(RankMetric.HIT_RATE_20.ordinal());
    assertThat(hits20.onlyA()).isEqualTo(150);
    assertThat(hits20.onlyB()).isEqualTo(300);
    PairedRanks.Comparison mrr = home.metrics().get(RankMetric.MRR_10.ordinal());
    assertThat(mrr.difference().value()).isCloseTo(0.1, within(1e-12));
    assertThat(mrr.mcNemar()).isNaN();
  }

  @Test
  void twoOfOneKindDoNotDiffer() throws IOException {
    Random random = new Random(6);
    int[] ranks = random.ints(6_200, 0, 21).toArray();
    Path a = replay("a", SUMMARY, i -> ranks[i]);
    Path b = replay("b", SUMMARY, i -> ranks[3_100 + i]);
    for (PairedRanks.Comparison metric : ReplayComparison.of(a, b).placements().get(0).metrics()) {
      assertThat(metric.p()).as(metric.metric().key()).isGreaterThan(0.01);
      assertThat(0.0)
          .isBetween(metric.difference().low() - 0.01, metric.difference().high() + 0.01);
    }
    ReplayComparison same = ReplayComparison.of(a, a);
    assertThat(same.placements().get(0).metrics())
        .allSatisfy(
            metric -> {
              assertThat(metric.p()).isEqualTo(1);
              assertThat(metric.difference()).isEqualTo(new Estimate(0, 0, 0));
            });
  }

  @Test
  void saysWhyTwoCannotBeCompared() throws IOException {
    Path a = replay("a", SUMMARY, i -> 1);
    assertThat(
            ReplayComparison.of(
                    a,
                    replay(
                        "warmup", SUMMARY.replace("0.2", "0.5").replace("next", "asked"), i -> 1))
                .notComparable())
        .containsExactly(
            "The warm-up (--warmup) differs: 0.2 and 0.5.",
            "The kind of lists (--lists) differs: next and asked.");
    assertThat(ReplayComparison.of(a, replay("other", SUMMARY, "x", i -> 1)).notComparable())
        .hasSize(1)
        .allSatisfy(
            reason ->
                assertThat(reason)
                    .contains("The actions differ", "placement home, test 1 of 3,000"));
    assertThat(
            ReplayComparison.of(a, replay("fewer", SUMMARY.replace("4000", "3999"), i -> 1))
                .placements())
        .isEmpty();
  }

  @Test
  void aFolderThatIsNoReplaysIsToldWithWhatToDo() throws IOException {
    Path a = replay("a", SUMMARY, i -> 1);
    assertThatThrownBy(() -> ReplayComparison.of(a, folder.resolve("nowhere")))
        .isInstanceOf(ReplayInputException.class)
        .hasMessageContaining("There is no " + folder.resolve("nowhere/summary.json"))
        .hasMessageContaining("freshet replay");

    Path old = Files.createDirectory(folder.resolve("old"));
    Files.writeString(old.resolve("summary.json"), SUMMARY);
    assertThatThrownBy(() -> ReplayComparison.of(a, old))
        .isInstanceOf(ReplayInputException.class)
        .hasMessageContaining("judged.csv.gz is missing");
  }

  @Test
  void aDamagedFileIsToldAsSuch() throws IOException {
    Path a = replay("a", SUMMARY, i -> 1);
    Path file = a.resolve(JudgedFile.NAME);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertDamaged(a, "is damaged");
    Files.writeString(file, "not gzip");
    assertDamaged(a, "is damaged");
    gzip(file, "some,other,columns\n1,2,3\n");
    assertDamaged(a, "has the columns [some, other, columns]");
    gzip(file, String.join(",", JudgedFile.COLUMNS) + "\ne,u,home,1,i,21,v,,knn,0\n");
    assertDamaged(a, "a rank of 21");
    Files.writeString(a.resolve("summary.json"), "{");
    assertDamaged(a, "is not JSON");
  }

  private static void assertDamaged(Path replay, String message) {
    assertThatThrownBy(() -> ReplayComparison.of(replay, replay))
        .isInstanceOf(ReplayInputException.class)
        .hasMessageContaining(message);
  }

  private static void gzip(Path file, String text) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
