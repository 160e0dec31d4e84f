package dev.freshet.ranking.replica;

import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/**
 * A deep copy of an {@link ItemReplica} as of one moment, which can be written once, by another
 * thread. Ranking blocks only while the arrays are copied, not until all numbers are written.
 *
 * @param numbers of items are below this
 * @param storedNames of the numbers that each item has from the store
 */
public record ReplicaImage(
    ItemIndex index,
    int numbers,
    ItemFacts facts,
    List<String> storedNames,
    List<ItemAttribute> attributes,
    VisitColumns visits,
    Moment moment) {

  /** Where the replica stood, and how far its evictions and decays were. */
  record Moment(
      long latestChange,
      long evictions,
      int purged,
      int[] leaving,
      long shortLandmark,
      long longLandmark,
      long neighbourLandmark) {}

  /** Writes everything, so that {@link ItemReplica#read} gives a replica that answers alike. */
  public void write(DataOutput out) throws IOException {
    ReplicaFormat.write(out, this);
  }
}
