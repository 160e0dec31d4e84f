package dev.freshet.features;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A store of features by entity and id. Values are kept as of the last write and can be read as of
 * any later time.
 *
 * <p>A write carries the whole value of a group and its {@link FeatureVersion}. One atomic step on
 * the server keeps the newer of the stored and the written value, so writes may be repeated,
 * delayed and come from several writers in any order: a value never goes back.
 *
 * <p>Thread-safe. Every method throws {@link FeatureStoreException} if the store cannot be reached
 * or refuses, and {@link FeatureLayoutException} if what is stored can't be read. An entity of
 * which the catalog has no features, an empty id and an id that isn't valid Unicode (half a
 * surrogate pair) are {@link IllegalArgumentException}s, and so are an id of {@link
 * Entity#USER_ITEM} that isn't one of {@link Entity#pair} and one of {@link Entity#GLOBAL} that
 * isn't {@link Entity#ALL}.
 */
public interface FeatureStore extends AutoCloseable {

  /** The features that are read and written. */
  FeatureCatalog catalog();

  /** Returns if the store answers and accepts the credentials. */
  void ping();

  /**
   * Writes a batch in one round trip. Each write is applied if the store has no value of the group
   * or an older one, on its own and atomically. The groups are those of the catalog that the store
   * was opened with, or of one with the same features in them; other groups and bytes that {@link
   * RowUpdater} didn't give are {@link IllegalArgumentException}s, after which nothing was written.
   *
   * <p>After an exception some of them may be stored. Writing the batch again is right; those then
   * count as superseded.
   */
  WriteResult write(List<FeatureWrite> writes);

  /** The features of one entity, if any are stored. */
  default Optional<FeatureRow> get(Entity entity, String id) {
    return Optional.ofNullable(multiGet(entity, List.of(id)).get(id));
  }

  /**
   * The features of several entities of one kind in one round trip, by id in the given order;
   * entities of which nothing is stored are left out.
   */
  Map<String, FeatureRow> multiGet(Entity entity, Collection<String> ids);

  /**
   * {@link #multiGet} without waiting: the exceptions above complete the future. As many are under
   * way at once as the store has connections; further ones wait for their turn.
   */
  CompletableFuture<Map<String, FeatureRow>> multiGetAsync(Entity entity, Collection<String> ids);

  /**
   * Visits everything that is stored, in no order, with a bounded part of it in memory. What is
   * there all the time is visited at least once; an entity that comes or goes meanwhile, or one of
   * whose groups does, may be; and an entity can be visited twice, if rarely. What other programs
   * keep under the same prefix or project is passed over.
   */
  void scan(Consumer<FeatureRow> consumer);

  /**
   * Deletes all features of one entity, of every group. Their versions are forgotten too: a write
   * that was still under way will be stored.
   *
   * @return whether there were any
   */
  boolean delete(Entity entity, String id);

  /**
   * Ends all connections; what is under way fails. Afterwards every method but this one throws an
   * {@link IllegalStateException}.
   */
  @Override
  void close();
}
