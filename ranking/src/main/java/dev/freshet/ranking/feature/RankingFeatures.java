package dev.freshet.ranking.feature;

import dev.freshet.ranking.evidence.EvidenceKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The registry of ranking features: what a model scores a candidate by, in the order of the columns
 * of a row. A model names the features it takes in its metadata; a model that names an unknown
 * feature is refused before it serves. {@link FeatureRows} computes the rows.
 */
public final class RankingFeatures {

  /**
   * The features of the product. To add one, add its line here: at the end, as rows that were
   * recorded for training have this order.
   */
  public static final RankingFeatures STANDARD =
      new RankingFeatures(
          List.of(
              new TransitionFeatures(),
              new CovisitFeatures(),
              new PopularityFeatures(),
              new ItemTimeFeatures(),
              new SeenFeatures(),
              new UserActivityFeatures(),
              new ProposalFeature(),
              new NearestSessionFeatures(),
              new SimilarityFeature()));

  /** Names of the columns of {@link #STANDARD}. */
  public static final List<String> NAMES = STANDARD.names();

  private final List<RankingFeature> features;
  private final List<String> names;

  private RankingFeatures(List<RankingFeature> features) {
    this.features = List.copyOf(features);
    List<String> names = new ArrayList<>();
    for (RankingFeature feature : features) {
      names.addAll(feature.names());
    }
    if (new HashSet<>(names).size() < names.size()) {
      throw new IllegalArgumentException("Two ranking features have one name: " + names);
    }
    this.names = List.copyOf(names);
  }

  /**
   * Names of a whole row: {@link #NAMES}, then the columns that are taken from the store.
   *
   * @param stored features of the catalog that others compute
   */
  public static List<String> names(StoreFeatures stored) {
    return STANDARD.with(stored).names();
  }

  /** Returns these features and another one, whose columns are the last. */
  public RankingFeatures with(RankingFeature feature) {
    List<RankingFeature> more = new ArrayList<>(features);
    more.add(feature);
    return new RankingFeatures(more);
  }

  /** Returns these features and the columns that are taken from the store, which are the last. */
  public RankingFeatures with(StoreFeatures stored) {
    return with(new StoredFeatures(stored));
  }

  /** Names of all columns, in their order. */
  public List<String> names() {
    return names;
  }

  /** The features in the order of their columns. */
  List<RankingFeature> features() {
    return features;
  }

  /** All kinds of evidence that the features read. */
  public Set<EvidenceKind> needs() {
    Set<EvidenceKind> needs = EnumSet.noneOf(EvidenceKind.class);
    for (RankingFeature feature : features) {
      needs.addAll(feature.needs());
    }
    return needs;
  }
}
