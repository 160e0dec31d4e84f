package dev.freshet.jobs.learn;

import dev.freshet.protocol.model.Rounds;
import dev.freshet.schema.TrainingExample;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Selects the examples that are to be learned from, and assigns each to the shard of its user. It
 * also emits a report when there are examples of an earlier round than any before.
 */
public final class ExampleReader extends ProcessFunction<TrainingExample, ShardExample> {

  /** A round that has examples, when no earlier round had any yet. */
  public static final OutputTag<ShardReport> ROUNDS =
      new OutputTag<>("rounds-with-examples", TypeInformation.of(ShardReport.class));

  private static final long serialVersionUID = 1;

  private static final Logger LOG = LoggerFactory.getLogger(ExampleReader.class);

  private final LearningSettings settings;
  private transient LearningMetrics.Count otherFeatures;
  private transient LearningMetrics.Count unused;
  private transient boolean warned;

  /** End of the earliest round that was emitted; after a restore it is emitted again. */
  private transient long earliest;

  public ExampleReader(LearningSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    otherFeatures = new LearningMetrics.Count(getRuntimeContext(), LearningMetrics.OTHER_FEATURES);
    unused = new LearningMetrics.Count(getRuntimeContext(), LearningMetrics.UNUSED);
    earliest = Rounds.NONE;
  }

  @Override
  public void processElement(
      TrainingExample example, Context context, Collector<ShardExample> out) {
    if (!example.getPlacement().equals(settings.placement())) {
      return;
    }
    if (!example.getFeatureNames().equals(settings.featureNames())) {
      leaveOut(example);
      return;
    }
    long time = example.getLabelTime().toEpochMilli();
    long end = settings.rounds().endOf(time);
    if (end == Rounds.NONE) {
      unused.increase();
      return;
    }
    if (end < earliest) {
      earliest = end;
      context.output(ROUNDS, ShardReport.ofExamples(end));
    }
    ShardExample read = new ShardExample();
    read.shard =
        (int) Long.remainderUnsigned(StableHash.of(example.getUser()), settings.options().shards());
    read.time = time;
    read.key = StableHash.of(example.getRecommendationId());
    read.bytes =
        StoredExample.bytes(example, read.key, StableHash.share(read.key) < settings.heldOut());
    out.collect(read);
  }

  private void leaveOut(TrainingExample example) {
    otherFeatures.increase();
    if (!warned) {
      warned = true;
      LOG.warn(
          "Example {} has the features {}, and {} are learned from: it and its like are left out,"
              + " as the metric {} counts. Was it written with another feature catalog?",
          example.getRecommendationId(),
          example.getFeatureNames(),
          settings.featureNames(),
          LearningMetrics.OTHER_FEATURES);
    }
  }
}
