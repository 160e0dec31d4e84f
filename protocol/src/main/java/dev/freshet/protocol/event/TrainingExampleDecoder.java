package dev.freshet.protocol.event;

import dev.freshet.config.TimeSource;
import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import java.time.Instant;

/**
 * Decodes the topic {@code training-examples}. The time of an example is that of its label, by
 * whatever clock the job that wrote it goes.
 */
public final class TrainingExampleDecoder extends EventDecoder<TrainingExample, TrainingExample> {

  private static final long serialVersionUID = 1;

  public TrainingExampleDecoder(EventRules rules) {
    super(TrainingExample.class, TrainingExample.class, rules, TimeSource.EVENT);
  }

  @Override
  TrainingExample convert(TrainingExample example, long time) throws RejectedRecordException {
    rules.checkId("user", example.getUser());
    if (example.getRecommendationId().isEmpty()) {
      throw new RejectedRecordException(
          RejectReason.EMPTY_ID,
          "Field 'recommendation_id' is empty. Send the id, or don't send the record.");
    }
    int candidates = example.getCandidates().size();
    int features = example.getFeatureNames().size();
    long bytes = (long) candidates * features * Float.BYTES;
    if (bytes == 0 || example.getFeatures().remaining() != bytes) {
      throw malformed(
          "%d candidates with %d features each need %d bytes of features, at least some, and there are %d"
              .formatted(candidates, features, bytes, example.getFeatures().remaining()));
    }
    for (ExampleCandidate candidate : example.getCandidates()) {
      check(candidate);
    }
    return example;
  }

  private static void check(ExampleCandidate candidate) throws RejectedRecordException {
    float label = candidate.getLabel();
    if (!(label >= 0 && Float.isFinite(label))) {
      throw malformed("label " + label + " of item " + candidate.getItem());
    }
    float propensity = candidate.getPropensity();
    if (!(propensity > 0 && propensity <= 1 && Float.isFinite(1 / propensity))) {
      throw malformed("propensity " + propensity + " of item " + candidate.getItem());
    }
  }

  private static RejectedRecordException malformed(String problem) {
    return new RejectedRecordException(
        RejectReason.MALFORMED_EXAMPLE,
        "The example can't be learned from: "
            + problem
            + ". Labels are finite, from 0, and propensities above 0, up to 1.");
  }

  @Override
  Instant eventTime(TrainingExample example) {
    return example.getLabelTime();
  }
}
