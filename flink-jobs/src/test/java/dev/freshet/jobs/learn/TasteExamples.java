package dev.freshet.jobs.learn;

import dev.freshet.model.train.LearningOptions;
import dev.freshet.protocol.model.Rounds;
import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** Examples of users who all have the same taste, which a model can learn. */
final class TasteExamples {

  static final List<String> FEATURES = List.of("sweet", "sour", "salty");
  static final String MODEL = "taste";
  static final String PLACEMENT = "home";

  /** Length of a round. */
  static final long ROUND = 100;

  private static final int CANDIDATES = 12;
  private static final int USERS = 50;

  private TasteExamples() {}

  /** How good the scores are that lists were served by. */
  enum Served {
    AT_RANDOM,
    PERFECTLY
  }

  static LearningOptions options() {
    return new LearningOptions(List.of(4), 4, 0.05, 8, 2, 5, 50, 1, 5, 10, 1);
  }

  static LearningSettings settings() {
    return settings(new Rounds.Every(ROUND), LearningStart.ANEW);
  }

  static LearningSettings settings(Rounds rounds, LearningStart start) {
    return new LearningSettings(
        MODEL, FEATURES, options(), rounds, 0.25, PLACEMENT, Duration.ofMillis(7), start);
  }

  /** Examples of rounds from number first to last, counted from 1, in the order of their times. */
  static List<TrainingExample> ofRounds(int first, int last, int each, Served served) {
    List<TrainingExample> examples = new ArrayList<>();
    for (int round = first; round <= last; round++) {
      SplittableRandom random = new SplittableRandom(round);
      for (int i = 0; i < each; i++) {
        long time = (round - 1) * ROUND + 1 + random.nextLong(ROUND);
        examples.add(example("list-" + round + "-" + i, time, random.nextLong(), served));
      }
    }
    examples.sort(Comparator.comparing(TrainingExample::getLabelTime));
    return examples;
  }

  static TrainingExample example(String id, long time, long seed, Served served) {
    return example(id, time, seed, served, builder -> builder);
  }

  static TrainingExample example(
      String id,
      long time,
      long seed,
      Served served,
      UnaryOperator<TrainingExample.Builder> change) {
    SplittableRandom random = new SplittableRandom(seed);
    ByteBuffer rows =
        ByteBuffer.allocate(CANDIDATES * FEATURES.size() * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    int wanted = 0;
    double best = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < CANDIDATES; i++) {
      float[] row = new float[FEATURES.size()];
      for (int feature = 0; feature < row.length; feature++) {
        row[feature] = (float) random.nextDouble(-2, 2);
        rows.putFloat(row[feature]);
      }
      // A whim that nobody can foresee: what learns can't be perfect.
      double whim = -StrictMath.log(-StrictMath.log(random.nextDouble()));
      double liking = 4 * row[0] - 3 * row[1] + 2 * whim;
      if (liking > best) {
        best = liking;
        wanted = i;
      }
    }
    List<ExampleCandidate> candidates = new ArrayList<>();
    for (int i = 0; i < CANDIDATES; i++) {
      float label = i == wanted ? 1 : 0;
      float score = served == Served.PERFECTLY ? label : (float) random.nextDouble();
      candidates.add(
          new ExampleCandidate(
              "item-" + i, "popular", score, i + 1, i % 2 == 0 ? 1f : 0.5f, label));
    }
    return change
        .apply(
            TrainingExample.newBuilder()
                .setRecommendationId(id)
                .setUser("user-" + random.nextInt(USERS))
                .setPlacement(PLACEMENT)
                .setServedTime(Instant.ofEpochMilli(time - 1))
                .setLabelTime(Instant.ofEpochMilli(time))
                .setModelVersion("1")
                .setFeatureNames(FEATURES)
                .setFeatures(rows.flip())
                .setCandidates(candidates)
                .setLabelItem("item-" + wanted)
                .setLabelAction("view"))
        .build();
  }
}
