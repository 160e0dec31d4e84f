package dev.freshet.ranking.replica;

import java.io.DataOutput;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/**
 * An {@link ItemReplica} as of one moment, of which nothing can be asked but to write it, once: so
 * that ranking waits for a copy of the arrays alone, and not until all numbers are written.
 *
 * @param facts its columns are those of the replica
 */
public record ReplicaImage(
    ItemIndex index,
    int numbers,
    List<String> storedNames,
    LongTable facts,
    BitSet deleted,
    IntColumn stored,
    List<String> attributeNames,
    List<ItemColumns.Frozen> attributes,
    List<ItemColumns.Frozen> columns,
    Moment moment) {

  /** Where the replica stood, and how far it was with its evictions. */
  record Moment(
      long latestChange,
      long evictions,
      int purged,
      int[] leaving,
      long shortLandmark,
      long longLandmark,
      long neighbourLandmark) {}

  /** Writes everything, so that {@link ItemReplica#read} gives one that answers alike. */
  public void write(DataOutput out) throws IOException {
    out.writeByte(ItemReplica.FORMAT);
    index.write(out);
    out.writeInt(storedNames.size());
    for (String name : storedNames) {
      out.writeUTF(name);
    }
    writeItems(out);
    out.writeInt(attributes.size());
    for (int attribute = 0; attribute < attributes.size(); attribute++) {
      out.writeUTF(attributeNames.get(attribute));
      attributes.get(attribute).write(out, numbers);
    }
    out.writeLong(moment.latestChange);
    out.writeLong(moment.evictions);
    out.writeInt(moment.purged);
    out.writeInt(moment.leaving.length);
    for (int item : moment.leaving) {
      out.writeInt(item);
    }
    out.writeLong(moment.shortLandmark);
    out.writeLong(moment.longLandmark);
    out.writeLong(moment.neighbourLandmark);
    for (ItemColumns.Frozen column : columns) {
      column.write(out, numbers);
    }
  }

  private void writeItems(DataOutput out) throws IOException {
    int perItem = storedNames.size();
    for (int item = 0; item < numbers; item++) {
      long[] chunk = facts.chunk(item);
      int at = facts.at(item);
      out.writeLong(chunk[at + ItemReplica.FIRST_SEEN]);
      out.writeLong(chunk[at + ItemReplica.LAST_ACTION]);
      out.writeLong(chunk[at + ItemReplica.LAST_CHANGE]);
      out.writeBoolean(deleted.get(item));
      out.writeLong(chunk[at + ItemReplica.SHORT_COUNT]);
      out.writeLong(chunk[at + ItemReplica.LONG_COUNT]);
      for (int place = 0; place < perItem; place++) {
        out.writeFloat(stored.getFloat(item * perItem + place));
      }
    }
  }
}
