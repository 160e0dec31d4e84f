package dev.freshet.jobs.learn;

import dev.freshet.evaluation.PairedMeans;
import dev.freshet.model.ModelBundle;
import dev.freshet.model.ModelMetadata;
import dev.freshet.model.train.LearnedState;
import dev.freshet.model.train.LearningOptions;
import dev.freshet.model.train.LearningRound;
import dev.freshet.model.train.LearningRound.Outcome;
import dev.freshet.model.train.OnnxExport;
import dev.freshet.model.train.RoundValidation;
import dev.freshet.model.train.RoundValidation.HeldOut;
import dev.freshet.model.train.RoundValidation.Verdict;
import dev.freshet.model.train.ShardResult;
import dev.freshet.protocol.model.ModelRefusedException;
import dev.freshet.protocol.model.ModelRules;
import dev.freshet.schema.FeatureDrift;
import dev.freshet.schema.HeldOutFigures;
import dev.freshet.schema.ModelRelease;
import dev.freshet.schema.TrainingRound;
import dev.freshet.yaml.Nullable;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Computes how a round ends, as a function of the shards' reports and the round before. */
final class RoundConclusion {

  /** Outcome of the state before the first round. */
  static final String INITIAL = "INITIAL";

  private final LearningSettings settings;
  private final ModelRules rules;

  /**
   * The end of a round.
   *
   * @param heldOut the comparison that the verdict is based on
   * @param release the model to be published; null: none
   * @param refusal why a model that was to be published must not serve; null otherwise
   */
  record Concluded(
      TrainingRound round,
      RoundValidation heldOut,
      @Nullable ModelRelease release,
      @Nullable String refusal) {}

  RoundConclusion(LearningSettings settings) {
    this.settings = settings;
    this.rules = new ModelRules(settings.featureNames());
  }

  /** Returns the version of the model that a round publishes. */
  static String version(long round) {
    return String.format(Locale.ROOT, "r%06d", round);
  }

  /**
   * Returns the state that the first round of this run starts from.
   *
   * @param firstEnd end of the first round that has an example
   */
  TrainingRound beginning(long firstEnd) {
    TrainingRound former = settings.start().round();
    if (former != null) {
      return former;
    }
    return record(
        0,
        settings.rounds().beginning(firstEnd),
        settings.initialState(),
        INITIAL,
        RoundValidation.NONE);
  }

  /**
   * Ends the round after the given one.
   *
   * @param reports reports of every shard once, in any order
   * @throws IllegalArgumentException if a shard is missing or appears twice, or a report is of
   *     another round
   */
  Concluded conclude(TrainingRound before, Collection<ShardReport> reports) {
    LearningOptions options = settings.options();
    List<ShardResult> results = new ArrayList<>();
    List<HeldOut> lists = new ArrayList<>();
    for (ShardReport report : reports) {
      results.add(ShardResult.read(report.result));
      for (byte[] example : report.heldOut) {
        lists.add(StoredExample.read(example).heldOut());
      }
    }
    LearningRound learned =
        LearningRound.conclude(
            LearnedState.read(ByteArrays.of(before.getState())), results, options);
    boolean judged = learned.outcome() == Outcome.LEARNED;
    RoundValidation heldOut = undecided(before);
    if (judged) {
      heldOut = heldOut.plus(RoundValidation.compare(learned.state(), lists));
    }
    long end = settings.rounds().after(before.getEndTime().toEpochMilli());
    TrainingRound round =
        record(before.getRound() + 1, end, learned.state(), learned.outcome().name(), heldOut);
    count(before, round, reports);
    round.setLists(learned.lists());
    round.setListsWithoutPositive(learned.listsWithoutPositive());
    if (!judged) {
      return new Concluded(round, heldOut, null, null);
    }
    round.setLoss(learned.loss());
    Verdict verdict = heldOut.verdict(options);
    round.setVerdict(verdict.name());
    if (verdict != Verdict.ACTIVATE) {
      return new Concluded(round, heldOut, null, null);
    }
    try {
      ModelRelease release = release(round, learned, heldOut);
      round.setVersion(release.getVersion());
      return new Concluded(round, heldOut, release, null);
    } catch (ModelRefusedException e) {
      return new Concluded(round, heldOut, null, e.getMessage());
    }
  }

  /** Computes how the features' values changed since the rounds before. */
  private void count(TrainingRound before, TrainingRound round, Collection<ShardReport> reports) {
    int features = settings.featureNames().size();
    FeatureCounts served = new FeatureCounts(features);
    for (ShardReport report : reports) {
      served = served.fadedPlus(1, FeatureCounts.read(report.counts, features));
    }
    byte[] known = ByteArrays.of(before.getFeatureCounts());
    FeatureCounts learned =
        known.length == 0 ? new FeatureCounts(features) : FeatureCounts.read(known, features);
    List<FeatureDrift> drift = new ArrayList<>();
    for (int feature = 0; feature < features; feature++) {
      double index = served.stability(feature, learned);
      if (!Double.isNaN(index)) {
        drift.add(new FeatureDrift(settings.featureNames().get(feature), index));
      }
    }
    round.setFeatureDrift(drift);
    // The counts fade as the lists that are remembered for rehearsal do.
    double faded = StrictMath.pow(0.5, 1.0 / settings.options().rehearsalHalfLife());
    round.setFeatureCounts(ByteBuffer.wrap(learned.fadedPlus(faded, served).toBytes()));
  }

  /** Returns what was compared since the last decision. */
  private static RoundValidation undecided(TrainingRound before) {
    String verdict = before.getVerdict();
    if (verdict != null && !verdict.equals(Verdict.WAIT.name())) {
      return RoundValidation.NONE;
    }
    HeldOutFigures sums = before.getHeldOut();
    return new RoundValidation(
        new PairedMeans(
            sums.getLists(),
            sums.getLearnedReciprocalRanks(),
            sums.getServedReciprocalRanks(),
            sums.getSquaredDifferences()));
  }

  private TrainingRound record(
      long number, long end, LearnedState state, String outcome, RoundValidation heldOut) {
    TrainingRound round = new TrainingRound();
    round.setModel(settings.model());
    round.setRound(number);
    round.setEndTime(Instant.ofEpochMilli(end));
    round.setState(ByteBuffer.wrap(state.toBytes()));
    round.setOutcome(outcome);
    round.setFeatureCounts(ByteBuffer.allocate(0));
    round.setFeatureDrift(List.of());
    round.setHeldOut(
        new HeldOutFigures(
            heldOut.lists(),
            heldOut.reciprocalRanks().sumA(),
            heldOut.reciprocalRanks().sumB(),
            heldOut.reciprocalRanks().squaredDifferences()));
    return round;
  }

  /**
   * Creates the release, which is published as of the round's end, whenever it is learned. Emitted
   * again, it is the same.
   */
  private ModelRelease release(TrainingRound round, LearningRound learned, RoundValidation heldOut)
      throws ModelRefusedException {
    SortedMap<String, String> lineage = lineage(round, learned, heldOut);
    byte[] onnx =
        OnnxExport.toOnnx(
            learned.state().ranker(),
            new ModelMetadata(
                settings.model(),
                version(round.getRound()),
                settings.featureNames(),
                Optional.empty(),
                lineage));
    ModelBundle model = rules.check(onnx);
    return new ModelRelease(
        model.name(),
        model.version(),
        model.sha256(),
        ByteBuffer.wrap(onnx),
        settings.featureNames(),
        null,
        lineage,
        round.getEndTime());
  }

  private SortedMap<String, String> lineage(
      TrainingRound round, LearningRound learned, RoundValidation heldOut) {
    LearningOptions options = settings.options();
    SortedMap<String, String> lineage = new TreeMap<>();
    lineage.put("rounds", String.valueOf(round.getRound()));
    lineage.put("round_end", round.getEndTime().toString());
    lineage.put("training_lists", String.valueOf(learned.state().lists()));
    lineage.put("round_lists", String.valueOf(learned.lists()));
    lineage.put("round_loss_nats", rounded(learned.loss()));
    lineage.put("holdout_lists", String.valueOf(heldOut.lists()));
    lineage.put("holdout_mrr", rounded(heldOut.learnedMrr()));
    lineage.put("holdout_mrr_served", rounded(heldOut.servedMrr()));
    lineage.put("placement", settings.placement());
    lineage.put("shards", String.valueOf(options.shards()));
    lineage.put("hidden", options.hidden().toString());
    lineage.put("learning_rate", String.valueOf(options.learningRate()));
    lineage.put("batch_lists", String.valueOf(options.batchLists()));
    lineage.put("passes", String.valueOf(options.passes()));
    lineage.put("rehearsal_lists", String.valueOf(options.rehearsalLists()));
    lineage.put("rehearsal_ratio", String.valueOf(options.rehearsalRatio()));
    lineage.put("seed", String.valueOf(options.seed()));
    return lineage;
  }

  private static String rounded(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
