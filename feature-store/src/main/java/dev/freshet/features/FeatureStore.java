package dev.freshet.features;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Where features are kept for whoever asks: by entity and id, as of the last write, read as of any
 * later time.
 *
 * <p>A write carries the whole value of a group and its {@link FeatureVersion}. One atomic step on
 * the server keeps the newer of the stored and the written value, so writes may be repeated,
 * delayed and come from several writers in any order: a value never goes back.
 *
 * <p>Thread-safe. Every method throws {@link FeatureStoreException} if the store cannot be reached
 * or refuses, and {@link FeatureLayoutException} if what is stored can't be read. An entity of
 * which the catalog has no features, an empty id and an id that isn't valid Unicode (half a
 * surrogate pair) are {@link IllegalArgumentException}s.
 */
public interface FeatureStore extends AutoCloseable {

  /** The features that are read and written. */
  FeatureCatalog catalog();

  /** Returns if the store answers and accepts the credentials. */
  void ping();

  /**
   * Writes a batch in one round trip. Each write is applied if the store has no value of the group
   * or an older one, on its own and atomically.
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

  /** {@link #multiGet} without waiting: the exceptions above complete the future. */
  CompletableFuture<Map<String, FeatureRow>> multiGetAsync(Entity entity, Collection<String> ids);

  /**
   * Visits everything that is stored, in no order, with a bounded part of it in memory. What is
   * there all the time is visited at least once, and what comes or goes meanwhile may be; an entity
   * can be visited twice, if rarely.
   */
  void scan(Consumer<FeatureRow> consumer);

  /**
   * Deletes all features of one entity, of every group. Their versions are forgotten too: a write
   * that was still under way will be stored.
   *
   * @return whether there were any
   */
  boolean delete(Entity entity, String id);

  @Override
  void close();
}
