package dev.freshet.model.train;

import java.util.Arrays;
import java.util.List;

/**
 * What a round of learning ends with, and all that the next one starts from besides its examples:
 * parameters, what the optimiser remembers, the statistics of the features, and how far learning
 * has come. Immutable; two states are equal if their {@linkplain #toBytes bytes} are.
 *
 * <p>Every state scores every row with a finite number, in binary32 too.
 */
public final class LearnedState {
  private static final int KIND = 0x464C5354; // FLST
  private static final int VERSION = 1;
  private static final int MOST_LAYERS = 64;

  /** Room for what rounding adds to sums in binary32. */
  private static final double LARGEST_VALUE = Float.MAX_VALUE / 2;

  private final int[] widths;
  private final double[] parameters;
  private final AdamMoments moments;
  private final FeatureNormalizer statistics;
  private final long round;
  private final long lists;

  /** Takes over the arrays. */
  private LearnedState(
      int[] widths,
      double[] parameters,
      AdamMoments moments,
      FeatureNormalizer statistics,
      long round,
      long lists) {
    this.widths = widths;
    this.parameters = parameters;
    this.moments = moments;
    this.statistics = statistics;
    this.round = round;
    this.lists = lists;
  }

  /**
   * The state before the first round: random weights that are a function of the seed, and no
   * statistics, so that every row has the same score.
   *
   * @param features how many features a row has, at least 1
   * @throws IllegalArgumentException if there are no features
   */
  public static LearnedState initial(int features, LearningOptions options) {
    int[] hidden = options.hidden().stream().mapToInt(Integer::intValue).toArray();
    MlpRanker ranker = new MlpRanker(features, hidden, options.seed());
    double[] parameters = ranker.parameters();
    return new LearnedState(
        ranker.widths(),
        parameters,
        AdamMoments.none(parameters.length),
        new FeatureNormalizer(features),
        0,
        0);
  }

  /** The state after this one, with the same round's statistics or others. */
  LearnedState next(
      double[] nextParameters,
      AdamMoments nextMoments,
      FeatureNormalizer nextStatistics,
      long learnedLists) {
    return new LearnedState(
        widths,
        nextParameters.clone(),
        nextMoments,
        nextStatistics.copy(),
        round + 1,
        lists + learnedLists);
  }

  /** Returns how many features a row has. */
  public int features() {
    return widths[0];
  }

  /** Returns the width of each hidden layer, from the features on. */
  public List<Integer> hidden() {
    return Arrays.stream(widths, 1, widths.length - 1).boxed().toList();
  }

  /** Returns how many rounds have ended, those included in which nothing was learned. */
  public long round() {
    return round;
  }

  /** Returns how many lists were learned from; a list that is rehearsed does not count again. */
  public long lists() {
    return lists;
  }

  /**
   * Whether the features have been seen: the deviations that a model divides by must be known
   * before it can learn. The first round with examples observes them.
   */
  public boolean isMeasured() {
    return !statistics.isEmpty();
  }

  /** Returns a new ranker that scores as this state does, to score with and to export. */
  public MlpRanker ranker() {
    return MlpRanker.of(widths, parameters, statistics);
  }

  int[] widths() {
    return widths.clone();
  }

  double[] parameters() {
    return parameters.clone();
  }

  AdamMoments moments() {
    return moments;
  }

  FeatureNormalizer statistics() {
    return statistics.copy();
  }

  /** Whether every row has a finite score and all remembered numbers are finite. */
  boolean isFinite() {
    // Not above, and not NaN.
    return ranker().valueBound() <= LARGEST_VALUE && moments.isFinite();
  }

  /** Returns this state as bytes: the same for equal states, on every machine. */
  public byte[] toBytes() {
    CheckedBytes.Writer writer = new CheckedBytes.Writer(KIND, VERSION);
    writer.putLong(round);
    writer.putLong(lists);
    writer.putInt(widths.length);
    for (int width : widths) {
      writer.putInt(width);
    }
    writer.putDoubles(parameters);
    moments.write(writer);
    statistics.write(writer);
    return writer.toBytes();
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException if the bytes are of something else or of another version, are
   *     damaged, or hold what no state can
   */
  public static LearnedState read(byte[] bytes) {
    CheckedBytes.Reader reader =
        new CheckedBytes.Reader("the state of a learned model", KIND, VERSION, bytes);
    long round = reader.getLong();
    long lists = reader.getLong();
    int layers = reader.getInt();
    reader.require(
        round >= 0 && lists >= 0 && layers >= 2 && layers <= MOST_LAYERS,
        "round %d, %d lists, %d layers".formatted(round, lists, layers));
    int[] widths = new int[layers];
    long size = 0;
    for (int i = 0; i < layers; i++) {
      widths[i] = reader.getInt();
      reader.require(widths[i] >= 1, "a layer has width " + widths[i]);
      size += i == 0 ? 0 : (widths[i - 1] + 1L) * widths[i];
      reader.require(size <= bytes.length, "widths that the bytes have no room for");
    }
    double[] parameters = reader.getDoubles((int) size);
    AdamMoments moments = AdamMoments.read((int) size, reader);
    reader.require(widths[0] <= bytes.length, "widths that the bytes have no room for");
    FeatureNormalizer statistics = FeatureNormalizer.read(widths[0], reader);
    reader.end();
    reader.require(widths[layers - 1] == 1, "more than one score");
    LearnedState state = new LearnedState(widths, parameters, moments, statistics, round, lists);
    reader.require(state.isFinite(), "parameters with which scores would not be finite");
    return state;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LearnedState state && Arrays.equals(toBytes(), state.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }

  @Override
  public String toString() {
    return "LearnedState[round %d, %d lists, widths %s]"
        .formatted(round, lists, Arrays.toString(widths));
  }
}
