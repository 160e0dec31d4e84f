package dev.freshet.features;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/**
 * A bounded near-cache of what a store has of one kind of entity, in the form that its user wants.
 * It never makes the caller wait: what isn't cached is fetched by a thread of its own, everything
 * that was asked for meanwhile in one round trip. Entities of which nothing is stored are cached
 * too; failures are not.
 *
 * <p>Thread-safe.
 *
 * @param <V> what is made of an entity's features, once, when they are fetched
 */
public final class FeatureCache<V> implements AutoCloseable {
  private static final int MAX_BATCH = 500;

  private record Question<V>(String id, CompletableFuture<V> answer) {}

  private final FeatureStore store;
  private final Entity entity;
  private final Function<FeatureRow, V> form;
  private final AsyncCache<String, V> cache;
  private final LinkedBlockingQueue<Question<V>> questions = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  /**
   * @param store is not closed with the cache
   * @param form makes of a row, or of null if nothing is stored, what is cached; only ever called
   *     by one thread; gives no null
   * @param maxEntities how many are kept: beyond, those that are asked for least make room
   * @param maxAge how old an answer may be: after that it is fetched again
   */
  public FeatureCache(
      FeatureStore store,
      Entity entity,
      Function<FeatureRow, V> form,
      long maxEntities,
      Duration maxAge) {
    this.store = store;
    this.entity = entity;
    this.form = form;
    cache =
        Caffeine.newBuilder()
            .maximumSize(maxEntities)
            .expireAfterWrite(maxAge)
            .recordStats()
            .executor(Runnable::run)
            .buildAsync();
    thread = new Thread(this::answer, "feature-cache-" + entity);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * The features of an entity: at once when they are cached, otherwise when the store has answered.
   * A {@link FeatureStoreException} completes the future if it can't be reached. Don't complete or
   * cancel the future: others may wait for it.
   */
  public CompletableFuture<V> get(String id) {
    return cache.get(
        id,
        (key, executor) -> {
          CompletableFuture<V> answer = new CompletableFuture<>();
          if (closed) {
            answer.cancel(false);
          } else {
            questions.add(new Question<>(key, answer));
          }
          return answer;
        });
  }

  /** Hits, misses and evictions so far. */
  public CacheStats stats() {
    return cache.synchronous().stats();
  }

  /** Entities that are cached, about. */
  public long size() {
    return cache.synchronous().estimatedSize();
  }

  /** What is still being fetched is cancelled. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }

  private void answer() {
    List<Question<V>> batch = new ArrayList<>();
    try {
      while (!closed) {
        batch.add(questions.take());
        questions.drainTo(batch, MAX_BATCH - 1);
        fetch(batch);
        batch.clear();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
    questions.drainTo(batch);
    batch.forEach(question -> question.answer.completeExceptionally(new CancellationException()));
  }

  private void fetch(List<Question<V>> batch) {
    Map<String, CompletableFuture<V>> answers = new LinkedHashMap<>();
    // An entity that was evicted while it was being fetched may have been asked for again.
    List<Question<V>> repeated = new ArrayList<>();
    for (Question<V> question : batch) {
      if (answers.putIfAbsent(question.id, question.answer) != null) {
        repeated.add(question);
      }
    }
    try {
      Map<String, FeatureRow> rows = store.multiGet(entity, answers.keySet());
      answers.forEach((id, answer) -> answer.complete(form.apply(rows.get(id))));
      repeated.forEach(question -> question.answer.complete(answers.get(question.id).join()));
    } catch (FeatureStoreException | FeatureLayoutException | IllegalArgumentException e) {
      batch.forEach(question -> question.answer.completeExceptionally(e));
    }
  }
}
