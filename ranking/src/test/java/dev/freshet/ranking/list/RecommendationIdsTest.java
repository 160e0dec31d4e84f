package dev.freshet.ranking.list;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RecommendationIdsTest {

  @Test
  void theSameQuestionHasTheSameIdAndAnyOtherAnother() {
    assertThat(RecommendationIds.of("home", "u", "e", false))
        .as("as it was from the beginning")
        .isEqualTo("8c953ce7-e55e-31e6-af03-faf1ea3d0dc6");
    List<String> ids =
        Stream.of(
                RecommendationIds.of("home", "u", "e", false),
                RecommendationIds.of("home", "u", "e", true),
                RecommendationIds.of("shop", "u", "e", false),
                RecommendationIds.of("home", "v", "e", false),
                RecommendationIds.of("home", "u", "f", false))
            .toList();
    assertThat(ids).doesNotHaveDuplicates();
  }
}
