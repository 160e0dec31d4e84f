package dev.freshet.replay.judge;

import dev.freshet.client.record.CompactRecords;
import dev.freshet.client.record.SpooledRecords;
import dev.freshet.schema.Recommendation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * What a replay answered, as it is read back from an at-least-once topic: repetitions of a
 * recommendation id are dropped, the rest is ordered by (event time, event id, recommendation id).
 *
 * <p>The records lie in a temporary file; in memory are about 60 bytes and the two ids of each.
 * Used in two steps: {@link #add} all, then {@link #seal} and read. For one thread.
 */
public final class ReplayedRecommendations implements Iterable<Recommendation>, AutoCloseable {
  private static final int SHA256_BYTES = 32;
  private static final int MOST_NAMED = 5;

  /** Place in the spool, late (1), SHA-256 (32), length of the recommendation id (4). */
  private static final int HEAD_BYTES = SpooledRecords.PLACE_BYTES + 1 + SHA256_BYTES + 4;

  private final SpooledRecords<Recommendation> spool;
  private final MessageDigest digest = Canonical.sha256();

  /** Key: event time; head, recommendation id, event id. */
  private final CompactRecords index = new CompactRecords();

  private boolean sealed;
  private int[] order = new int[0];
  private long repeated;
  private long conflicting;
  private long late;
  private final List<String> conflictingIds = new ArrayList<>();
  private String sha256;

  /**
   * An empty collection.
   *
   * @param directory for the temporary file, about as large as the topic; it must exist
   */
  public ReplayedRecommendations(Path directory) throws IOException {
    spool = new SpooledRecords<>(directory, Recommendation.class);
  }

  /**
   * Adds a recommendation as it was read.
   *
   * @throws IllegalStateException if sealed
   */
  public void add(Recommendation recommendation) throws IOException {
    if (sealed) {
      throw new IllegalStateException("sealed: everything must be added before seal()");
    }
    byte[] id = recommendation.getRecommendationId().getBytes(StandardCharsets.UTF_8);
    byte[] eventId = recommendation.getEventId().getBytes(StandardCharsets.UTF_8);
    ByteBuffer entry = ByteBuffer.allocate(HEAD_BYTES + id.length + eventId.length);
    spool.append(recommendation, entry);
    entry
        .put((byte) (recommendation.getLate() ? 1 : 0))
        .put(digest.digest(Canonical.form(recommendation)))
        .putInt(id.length)
        .put(id)
        .put(eventId);
    index.add(recommendation.getEventTime().toEpochMilli(), entry.array(), entry.position());
  }

  /** Ends the adding: drops repetitions, orders and digests. */
  public void seal() throws IOException {
    if (sealed) {
      return;
    }
    sealed = true;
    spool.seal();
    int[] byId = index.order(this::compareIds);
    int kept = 0;
    MessageDigest all = Canonical.sha256();
    for (int i = 0; i < byId.length; i++) {
      if (kept > 0 && compareIds(byId[kept - 1], byId[i]) == 0) {
        repeated++;
        if (!Arrays.equals(sha256(byId[kept - 1]), sha256(byId[i]))) {
          conflicting++;
          if (conflictingIds.size() < MOST_NAMED) {
            conflictingIds.add(id(byId[i]));
          }
        }
      } else {
        byId[kept++] = byId[i];
        all.update(sha256(byId[kept - 1]));
        late += index.get(byId[kept - 1]).get(SpooledRecords.PLACE_BYTES);
      }
    }
    sha256 = Canonical.hex(all);
    // The sort is stable, and recommendation ids are in order already.
    order =
        CompactRecords.order(
            Arrays.copyOf(byId, kept),
            (left, right) -> {
              int byTime = Long.compare(index.key(left), index.key(right));
              return byTime != 0 ? byTime : eventId(left).compareTo(eventId(right));
            });
  }

  /** Compares by the UTF-8 bytes of the recommendation ids. */
  private int compareIds(int left, int right) {
    int leftStart = index.start(left) + HEAD_BYTES;
    int rightStart = index.start(right) + HEAD_BYTES;
    return Arrays.compareUnsigned(
        index.chunk(left),
        leftStart,
        leftStart + idLength(left),
        index.chunk(right),
        rightStart,
        rightStart + idLength(right));
  }

  private int idLength(int entry) {
    return index.get(entry).getInt(HEAD_BYTES - 4);
  }

  private String id(int entry) {
    return new String(
        index.chunk(entry),
        index.start(entry) + HEAD_BYTES,
        idLength(entry),
        StandardCharsets.UTF_8);
  }

  private String eventId(int entry) {
    int from = HEAD_BYTES + idLength(entry);
    return new String(
        index.chunk(entry),
        index.start(entry) + from,
        index.length(entry) - from,
        StandardCharsets.UTF_8);
  }

  private byte[] sha256(int entry) {
    byte[] sha256 = new byte[SHA256_BYTES];
    index.get(entry).get(SpooledRecords.PLACE_BYTES + 1, sha256);
    return sha256;
  }

  /** Number of different recommendation ids. */
  public int size() {
    requireSealed();
    return order.length;
  }

  /** Recommendations that were dropped because one of the same id had come before. */
  public long repeated() {
    requireSealed();
    return repeated;
  }

  /**
   * Number of the {@linkplain #repeated repeated} lists that differ from the first of their id in
   * more than the emission time. Anything but 0 is a fault: the same inputs must give the same
   * record.
   */
  public long conflicting() {
    requireSealed();
    return conflicting;
  }

  /** The first few ids with conflicting content, for the report. */
  public List<String> conflictingIds() {
    requireSealed();
    return List.copyOf(conflictingIds);
  }

  /** Answers to late actions. */
  public long late() {
    requireSealed();
    return late;
  }

  /** Digest of the content as {@link Canonical} defines it, lower-case hex. */
  public String sha256() {
    requireSealed();
    return sha256;
  }

  private void requireSealed() {
    if (!sealed) {
      throw new IllegalStateException("call seal() when everything is added");
    }
  }

  /** The recommendations by (event time, event id, recommendation id). */
  @Override
  public Iterator<Recommendation> iterator() {
    requireSealed();
    return spool.read(order.length, position -> index.get(order[position]));
  }

  /** Deletes the temporary file. */
  @Override
  public void close() throws IOException {
    spool.close();
  }
}
