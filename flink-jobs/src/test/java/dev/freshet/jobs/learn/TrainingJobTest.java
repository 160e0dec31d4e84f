package dev.freshet.jobs.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.config.FreshetConfig;
import dev.freshet.jobs.TrainingJob;
import dev.freshet.model.train.LearningOptions;
import dev.freshet.protocol.model.Rounds;
import dev.freshet.schema.TrainingRound;
import dev.freshet.yaml.ConfigurationException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrainingJobTest {

  private static final List<String> FEATURES = List.of("a", "b");

  private static LearningSettings settings(LearningStart start, String... keys) {
    Map<String, String> overrides = new HashMap<>();
    for (int i = 0; i < keys.length; i += 2) {
      overrides.put("learning." + keys[i], keys[i + 1]);
    }
    return TrainingJob.settings(
        FreshetConfig.of(overrides),
        FEATURES,
        Rounds.Every.of(Duration.ofMinutes(10)),
        Duration.ofSeconds(3),
        start);
  }

  private static LearningStart after(TrainingRound former) {
    return new LearningStart(Optional.of(former), Optional.empty());
  }

  @Test
  void theDefaultsAreThoseOfLearning() {
    LearningSettings settings = settings(LearningStart.ANEW);
    assertThat(settings.options()).isEqualTo(LearningOptions.defaults());
    assertThat(settings.featureNames()).isEqualTo(FEATURES);
    assertThat(settings.placement()).isEqualTo("home");
    assertThat(settings.rounds()).isEqualTo(new Rounds.Every(600_000));
    assertThat(settings.lead()).isEqualTo(Duration.ofSeconds(3));
    assertThat(settings.start().round()).isNull();
    assertThat(settings.start().plan()).isNull();
  }

  @Test
  void howManyHeldOutListsAVerdictNeedsIsConfigured() {
    LearningSettings settings = settings(LearningStart.ANEW, "min-held-out", "30");
    assertThat(settings.options().minHeldOutLists()).isEqualTo(30);
  }

  @Test
  void goesOnFromAFormerRun() {
    TrainingRound former = new RoundConclusion(settings(LearningStart.ANEW)).beginning(5);
    assertThat(settings(after(former)).start().round()).isEqualTo(former);
  }

  @Test
  void aFormerRunOfAnotherShapeIsRefused() {
    TrainingRound former = new RoundConclusion(settings(LearningStart.ANEW)).beginning(5);
    assertThatThrownBy(() -> settings(after(former), "hidden", "7"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(
            "default of learning.model",
            "2 features and hidden layers [16] so far",
            "to go on with 2 and [7]",
            "another name");
  }
}
