package dev.freshet.client.example;

import dev.freshet.client.record.CompactRecords;
import dev.freshet.client.record.SpooledRecords;
import dev.freshet.schema.TrainingExample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;

/**
 * Training examples as they are read back from an at-least-once topic: repetitions of a
 * recommendation id are dropped, the rest is ordered by (label time, recommendation id), the order
 * in which the users acted.
 *
 * <p>The examples lie in a temporary file; in memory are about 50 bytes and the id of each. Used in
 * two steps: {@link #add} all, then {@link #seal} and read. For one thread.
 */
public final class OrderedExamples implements Iterable<TrainingExample>, AutoCloseable {
  private final SpooledRecords<TrainingExample> spool;

  /** Key: label time; place in the spool, recommendation id in UTF-8. */
  private final CompactRecords index = new CompactRecords();

  private boolean sealed;
  private int[] order = new int[0];

  /**
   * An empty collection.
   *
   * @param directory for the temporary file, about as large as the topic; it must exist
   */
  public OrderedExamples(Path directory) throws IOException {
    spool = new SpooledRecords<>(directory, TrainingExample.class);
  }

  /**
   * Adds an example as it was read.
   *
   * @throws IllegalStateException if sealed
   */
  public void add(TrainingExample example) throws IOException {
    if (sealed) {
      throw new IllegalStateException("sealed: everything must be added before seal()");
    }
    byte[] id = example.getRecommendationId().getBytes(StandardCharsets.UTF_8);
    ByteBuffer entry = ByteBuffer.allocate(SpooledRecords.PLACE_BYTES + id.length);
    spool.append(example, entry);
    entry.put(id);
    index.add(example.getLabelTime().toEpochMilli(), entry.array(), entry.position());
  }

  /** Ends the adding: orders, and drops repetitions. */
  public void seal() throws IOException {
    if (sealed) {
      return;
    }
    sealed = true;
    spool.seal();
    int[] byId = index.order(this::compareIds);
    int kept = 0;
    for (int entry : byId) {
      if (kept == 0 || compareIds(byId[kept - 1], entry) != 0) {
        byId[kept++] = entry;
      }
    }
    // The sort is stable, and recommendation ids are in order already.
    order = CompactRecords.order(Arrays.copyOf(byId, kept), Comparator.comparingLong(index::key));
  }

  /** Compares by the UTF-8 bytes of the recommendation ids. */
  private int compareIds(int left, int right) {
    return Arrays.compareUnsigned(
        index.chunk(left),
        index.start(left) + SpooledRecords.PLACE_BYTES,
        index.start(left) + index.length(left),
        index.chunk(right),
        index.start(right) + SpooledRecords.PLACE_BYTES,
        index.start(right) + index.length(right));
  }

  /** Number of different examples. */
  public int size() {
    requireSealed();
    return order.length;
  }

  /** ScoredExamples that were dropped because one of the same recommendation id had come before. */
  public int repeated() {
    requireSealed();
    return index.size() - order.length;
  }

  private void requireSealed() {
    if (!sealed) {
      throw new IllegalStateException("call seal() when everything is added");
    }
  }

  /** The examples by (label time, recommendation id). */
  @Override
  public Iterator<TrainingExample> iterator() {
    requireSealed();
    return spool.read(order.length, position -> index.get(order[position]));
  }

  /** Deletes the temporary file. */
  @Override
  public void close() throws IOException {
    spool.close();
  }
}
