package dev.freshet.ranking.feature;

import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.replica.ItemIndex;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.replica.LongTable;
import dev.freshet.ranking.source.CandidateSet;
import java.util.List;

/**
 * The features of all candidates of a list, in the order of {@link RankingFeatures#names()}: one
 * row for each candidate. Reused from list to list.
 */
public final class FeatureRows {

  private final RankingContext context;
  private final ItemReplica replica;
  private final RankingFeature[] features;

  /** The first column of each feature. */
  private final int[] columns;

  /** The values of each feature for items that the replica does not know; may be empty. */
  private final float[][] unknownItems;

  private final List<String> names;
  private final int width;
  private final float[] rows;

  /** See {@link #touch}. */
  private long touched;

  /**
   * @param all the features of a row
   * @param capacity candidates of a list at most
   */
  public FeatureRows(RankingContext context, RankingFeatures all, int capacity) {
    this.context = context;
    this.replica = context.replica();
    this.names = all.names();
    this.width = names.size();
    this.features = all.features().toArray(RankingFeature[]::new);
    this.columns = new int[features.length];
    this.unknownItems = new float[features.length][];
    int column = 0;
    for (int feature = 0; feature < features.length; feature++) {
      int ownColumns = features[feature].names().size();
      float[] unknown = features[feature].unknownItem();
      if (unknown.length != ownColumns && unknown.length != 0) {
        throw new IllegalArgumentException(
            "The ranking feature with the columns %s has %d values for an unknown item, not %d or 0"
                .formatted(features[feature].names(), unknown.length, ownColumns));
      }
      columns[feature] = column;
      unknownItems[feature] = unknown;
      column += ownColumns;
    }
    this.rows = new float[capacity * width];
  }

  /** Names of the columns. */
  public List<String> names() {
    return names;
  }

  /** Columns of a row. */
  public int width() {
    return width;
  }

  /** The rows of the last {@link #fill}, row-major. */
  public float[] values() {
    return rows;
  }

  /** Computes the features of candidates of the request that the context was prepared for. */
  public void fill(CandidateSet candidates) {
    touched = touch(candidates);
    for (int feature = 0; feature < features.length; feature++) {
      features[feature].fill(context, candidates, rows, width, columns[feature]);
    }
    fillUnknown(candidates);
  }

  /**
   * Prefetch: reads each item's facts once. In a loop that does nothing else a processor has many
   * cache misses in flight; in the features' loops it waits for each in turn.
   *
   * @return a sum that is kept, so that the JIT keeps the loop
   */
  private long touch(CandidateSet candidates) {
    LongTable table = replica.facts();
    long touched = 0;
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      int item = candidates.item(candidate);
      if (item != ItemIndex.ABSENT) {
        touched += table.chunk(item)[table.at(item)];
      }
    }
    return touched;
  }

  private void fillUnknown(CandidateSet candidates) {
    for (int candidate = 0; candidate < candidates.size(); candidate++) {
      if (candidates.item(candidate) == ItemIndex.ABSENT) {
        int row = candidate * width;
        for (int feature = 0; feature < features.length; feature++) {
          float[] values = unknownItems[feature];
          System.arraycopy(values, 0, rows, row + columns[feature], values.length);
        }
      }
    }
  }
}
