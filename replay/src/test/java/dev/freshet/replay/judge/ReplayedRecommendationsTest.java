package dev.freshet.replay.judge;

import static dev.freshet.replay.judge.Recommendations.action;
import static dev.freshet.replay.judge.Recommendations.answer;
import static dev.freshet.replay.judge.Recommendations.ranked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.TrustedSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.avro.file.DataFileReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayedRecommendationsTest {
  @TempDir Path folder;

  @Test
  void theDigestDoesNotDependOnOrderRepetitionOrClock() throws IOException {
    List<Recommendation> some = some();
    String digest = digest(some);
    for (int seed = 0; seed < 5; seed++) {
      List<Recommendation> other = some();
      other.addAll(some().subList(0, 7));
      other.forEach(one -> one.setEmissionTime(Instant.ofEpochMilli(System.nanoTime())));
      Collections.shuffle(other, new Random(seed));

      assertThat(digest(other)).isEqualTo(digest);
    }
    assertThat(digest(List.of()))
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  }

  @Test
  void theDigestSeesEveryFieldAndBit() throws IOException {
    List<Consumer<Recommendation>> changes =
        List.of(
            one -> one.setRecommendationId("x"),
            one -> one.setEventId("x"),
            one -> one.setUser("x"),
            one -> one.setPlacement("x"),
            one -> one.setEventTime(one.getEventTime().plusMillis(1)),
            one -> one.setModel("x"),
            one -> one.setModelVersion("x"),
            one -> one.setVariant("x"),
            one -> one.setLate(true),
            one -> one.getItems().remove(1),
            one -> Collections.swap(one.getItems(), 0, 1),
            one -> one.getItems().get(0).setItem("x"),
            one -> one.getItems().get(0).setSource("x"),
            one -> one.getItems().get(0).setScore(-0f),
            one -> one.getItems().get(1).setScore(Math.nextUp(0.5f)),
            // The same bytes in a row, cut elsewhere.
            one -> {
              one.setUser(one.getUser() + "h");
              one.setPlacement("ome");
            });
    List<String> digests = new ArrayList<>(List.of(digest(some())));
    for (Consumer<Recommendation> change : changes) {
      List<Recommendation> changed = some();
      change.accept(changed.get(3));
      digests.add(digest(changed));
    }

    assertThat(digests).doesNotHaveDuplicates();
  }

  @Test
  void theCanonicalFormIsAsDocumented() {
    RankedItem item = new RankedItem("é", 1f, "");
    Recommendation one =
        new Recommendation(
            "r",
            "e",
            "u",
            "p",
            Instant.ofEpochMilli(258),
            "m",
            "n",
            "",
            List.of(item),
            true,
            Instant.EPOCH);

    assertThat(Canonical.form(one))
        .containsExactly(
            0,
            0,
            0,
            1,
            'r',
            0,
            0,
            0,
            1,
            'e',
            0,
            0,
            0,
            1,
            'u',
            0,
            0,
            0,
            1,
            'p', //
            0,
            0,
            0,
            0,
            0,
            0,
            1,
            2,
            0,
            0,
            0,
            1,
            'n',
            0,
            0,
            0,
            1,
            'm',
            0,
            0,
            0,
            0,
            1,
            0,
            0,
            0,
            1, //
            0,
            0,
            0,
            2,
            (byte) 0xc3,
            (byte) 0xa9,
            0x3f,
            (byte) 0x80,
            0,
            0,
            0,
            0,
            0,
            0);
  }

  @Test
  void theDigestOfLinesIsThatOfTheSortedFile() {
    // printf 'a\nb\n' | sha256sum
    assertThat(Canonical.sha256OfLines(List.of("b", "a")))
        .isEqualTo("911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2");
  }

  @Test
  void countsRepetitionsAndConflictsAndKeepsTheFirst() throws IOException {
    List<Recommendation> all = some();
    Recommendation again = some().get(2);
    again.setEmissionTime(Instant.ofEpochMilli(77));
    Recommendation other = some().get(4);
    other.setUser("another");
    all.add(again);
    all.add(other);
    all.add(some().get(4));

    try (ReplayedRecommendations replayed = sealed(all)) {
      assertThat(replayed.size()).isEqualTo(10);
      assertThat(replayed.repeated()).isEqualTo(3);
      assertThat(replayed.conflicting()).isEqualTo(1);
      assertThat(replayed.conflictingIds()).containsExactly(other.getRecommendationId());
      assertThat(replayed).containsExactlyInAnyOrderElementsOf(some());
    }
  }

  @Test
  void countsLateAnswersOnce() throws IOException {
    List<Recommendation> all = some();
    all.get(1).setLate(true);
    all.add(all.get(1));

    try (ReplayedRecommendations replayed = sealed(all)) {
      assertThat(replayed.late()).isEqualTo(1);
    }
  }

  @Test
  void isWrittenInOrderOfTimeAndEventId() throws IOException {
    List<Recommendation> all = some();
    Collections.shuffle(all, new Random(1));
    Path file = folder.resolve("recommendations.avro");
    Files.writeString(file, "from before");

    try (ReplayedRecommendations replayed = sealed(all)) {
      RecommendationsFile.write(file, replayed);
    }

    List<Recommendation> read = new ArrayList<>();
    try (DataFileReader<Recommendation> reader =
        new DataFileReader<>(file.toFile(), TrustedSchemas.reader(Recommendation.class))) {
      assertThat(reader.getMetaString("avro.codec")).isEqualTo("deflate");
      reader.forEach(read::add);
    }
    assertThat(read).isEqualTo(some());
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void isReadOnlyWhenSealed() throws IOException {
    try (ReplayedRecommendations replayed = new ReplayedRecommendations(folder)) {
      assertThatThrownBy(replayed::sha256).isInstanceOf(IllegalStateException.class);
      replayed.seal();
      assertThatThrownBy(() -> replayed.add(some().get(0)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  /** Ten recommendations by (event time, event id), two of a time; ids run the other way. */
  private static List<Recommendation> some() {
    List<Recommendation> some = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Recommendation one =
          answer(action("e" + i, "u" + i % 3, "i", i / 2), ranked("a", 0f), ranked("b", 0.5f));
      one.setRecommendationId("r" + (9 - i));
      some.add(one);
    }
    return some;
  }

  private ReplayedRecommendations sealed(List<Recommendation> all) throws IOException {
    ReplayedRecommendations replayed = new ReplayedRecommendations(folder);
    for (Recommendation one : all) {
      replayed.add(one);
    }
    replayed.seal();
    return replayed;
  }

  private String digest(List<Recommendation> all) throws IOException {
    try (ReplayedRecommendations replayed = sealed(all)) {
      return replayed.sha256();
    }
  }
}
