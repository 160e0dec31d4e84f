package dev.freshet.jobs.learn;

import static org.apache.flink.types.PojoTestUtils.assertSerializedAsPojoWithoutKryo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.protocol.model.Rounds;
import java.util.List;
import java.util.Optional;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LearningTypesTest {

  @ParameterizedTest
  @ValueSource(classes = {ShardExample.class, LearnedRound.class, ShardReport.class})
  void isAPojoThatEvolvesAndNeedsNoKryo(Class<?> type) {
    assertSerializedAsPojoWithoutKryo(type);
  }

  @Test
  void settingsTravelWithTheOperators() throws Exception {
    LearningSettings settings =
        TasteExamples.settings(new Rounds.EndingAt(List.of(1L, 2L)), start());
    LearningSettings copy = InstantiationUtil.clone(settings);
    assertThat(copy.options()).isEqualTo(settings.options());
    assertThat(copy.rounds()).isEqualTo(settings.rounds());
    assertThat(copy.start().round()).isEqualTo(settings.start().round());
  }

  private static LearningStart start() {
    return new LearningStart(
        Optional.of(new RoundConclusion(TasteExamples.settings()).beginning(100)),
        Optional.empty());
  }
}
