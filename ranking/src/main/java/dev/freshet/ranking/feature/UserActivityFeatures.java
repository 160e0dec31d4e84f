package dev.freshet.ranking.feature;

import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.evidence.FastLog;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.source.CandidateSet;
import java.util.List;

/** How active the user is; the same for all candidates. */
final class UserActivityFeatures implements RankingFeature {

  @Override
  public List<String> names() {
    return List.of("user_actions_log", "user_repeat_share", "session_position_log");
  }

  @Override
  public float[] unknownItem() {
    return new float[0];
  }

  @Override
  public void fill(
      RankingContext context, CandidateSet candidates, float[] rows, int width, int column) {
    RankRequest request = context.request();
    float actions = (float) FastLog.log1p(request.actions);
    // Share of the actions that could repeat one; unknown before the second.
    float repeats =
        request.actions < 2 ? Float.NaN : (float) request.repeats / (request.actions - 1);
    float position = (float) FastLog.log1p(request.sessionPosition);
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      int at = candidate * width + column;
      rows[at] = actions;
      rows[at + 1] = repeats;
      rows[at + 2] = position;
    }
  }
}
