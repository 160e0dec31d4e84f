package dev.freshet.client.feature;

import dev.freshet.client.AvroTopicWriter;
import dev.freshet.config.BundledCatalog;
import dev.freshet.config.ConfiguredStore;
import dev.freshet.config.FreshetConfig;
import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureVersion;
import dev.freshet.features.redis.StoreLayout;
import dev.freshet.protocol.event.EventRules;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.protocol.event.ItemUpdateDecoder;
import dev.freshet.protocol.event.UserActionDecoder;
import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.UserAction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Checks the feature store against a record of events: what {@link OfflineFeatures} computes from
 * the record is to be what the job has written.
 */
public final class FeatureCheck {

  private static final int READ_BATCH = 500;

  /** Receives how far the check has come. */
  public interface Progress {

    /**
     * A part of the check has come so far.
     *
     * @param part what is done, a word; every one comes to its own total
     */
    void update(String part, String unit, long done, long total);
  }

  private final FreshetConfig config;
  private final FeatureCatalog catalog;
  private final OptionalLong asOf;
  private final Progress progress;

  /** An entity by kind and id. */
  private record Key(Entity entity, String id) {}

  /**
   * @param config by which the job ran
   * @param asOf epoch milliseconds as of which values are compared; empty: the newest event's time
   */
  public FeatureCheck(FreshetConfig config, OptionalLong asOf, Progress progress) {
    this.config = config;
    this.catalog = BundledCatalog.of(config);
    this.asOf = asOf;
    this.progress = progress;
  }

  /**
   * Checks against events that were all the job has read.
   *
   * @param actions all actions, {@code actionCount} of them
   */
  public ConsistencyReport ofRecording(
      List<ItemUpdate> items, Iterable<UserAction> actions, long actionCount) {
    EventRules rules = EventRules.of(config.events());
    Clock clock = Clock.systemUTC();
    var actionDecoder =
        new UserActionDecoder(rules, config.time().source(), catalog.contextEntries());
    var updateDecoder = new ItemUpdateDecoder(rules, config.time().source());
    Offline offline = new Offline();
    long total = items.size() + actionCount;
    long read = 0;
    for (ItemUpdate update : items) {
      updateDecoder
          .accept(update, AvroTopicWriter.recordTime(update.getEventTime()), clock)
          .ifPresentOrElse(offline::itemUpdate, offline::refused);
      progress.update("Reading", "events", ++read, total);
    }
    for (UserAction action : actions) {
      actionDecoder
          .accept(action, AvroTopicWriter.recordTime(action.getEventTime()), clock)
          .ifPresentOrElse(offline::action, offline::refused);
      progress.update("Reading", "events", ++read, total);
    }
    try (FeatureStore store = store()) {
      return new Comparing(offline, store).compare("the recorded events");
    }
  }

  /**
   * Checks against what is in the job's input topics now, while the job may go on.
   *
   * @param wait how long the store may take to catch up with the topics
   */
  public ConsistencyReport ofTopics(Duration wait) {
    Offline offline = new Offline();
    try (RecordedTopics topics = new RecordedTopics(config, catalog);
        FeatureStore store = store()) {
      long deleted = topics.deleted();
      long total = topics.remaining();
      topics.readToEnd(offline, read -> progress.update("Reading", "records", read, total));
      String record =
          "the topics %s and %s on %s"
              .formatted(
                  config.topics().userActions(),
                  config.topics().itemUpdates(),
                  config.kafka().bootstrapServers());
      return new Comparing(offline, store)
          .compare(
              deleted == 0 ? record : record + " without %,d deleted records".formatted(deleted),
              topics,
              wait);
    }
  }

  private FeatureStore store() {
    FeatureStore store = ConfiguredStore.of(config).open(catalog);
    try {
      store.ping();
      return store;
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /** Takes what the job would take. */
  private final class Offline implements RecordedTopics.Handler {
    private final OfflineFeatures features =
        new OfflineFeatures(catalog, config.events().dedupWindow(), config.watermark().maxDelay());
    private long refused;

    @Override
    public void action(FeatureEvent action) {
      features.add(action);
    }

    @Override
    public void itemUpdate(ItemEvent update) {
      features.add(update);
    }

    @Override
    public void refused() {
      refused++;
    }
  }

  /** Which entities the events concern that came after the record was read. */
  private final class Touched implements RecordedTopics.Handler {
    private final Set<Key> keys = new HashSet<>();

    @Override
    public void action(FeatureEvent action) {
      add(action);
    }

    @Override
    public void itemUpdate(ItemEvent update) {
      add(update.event);
    }

    private void add(FeatureEvent event) {
      for (Entity entity : catalog.entities()) {
        entity.idOf(event).ifPresent(id -> keys.add(new Key(entity, id)));
      }
    }

    @Override
    public void refused() {
      // Concerns no entity.
    }
  }

  /** One comparison of the store with what was computed. */
  private final class Comparing {
    private final OfflineFeatures features;
    private final long refused;
    private final FeatureStore store;
    private final long asOfTime;
    private final FeatureComparison comparison;
    private long compared;
    private long newer;

    Comparing(Offline offline, FeatureStore store) {
      features = offline.features;
      refused = offline.refused;
      this.store = store;
      long events = features.events();
      features.compute(done -> progress.update("Reckoning", "events", done, events));
      asOfTime = asOf.orElse(features.newestEventTime().orElse(Instant.EPOCH.toEpochMilli()));
      boolean asOfWrites = config.featureStore().layout() == StoreLayout.FEAST;
      comparison =
          new FeatureComparison(
              catalog, asOfWrites ? OptionalLong.empty() : OptionalLong.of(asOfTime));
    }

    ConsistencyReport compare(String record) {
      Set<Key> visited = new HashSet<>();
      store.scan(
          row -> {
            Key key = new Key(row.entity(), row.id());
            if (isComputed(row) && visited.add(key)) {
              compare(key, Optional.of(row));
            }
          });
      unvisited(visited).forEach(key -> compare(key, Optional.empty()));
      return report(record);
    }

    ConsistencyReport compare(String record, RecordedTopics topics, Duration wait) {
      Set<Key> visited = new HashSet<>();
      Map<Key, Optional<FeatureRow>> unsettled = new HashMap<>();
      store.scan(
          row -> {
            Key key = new Key(row.entity(), row.id());
            if (isComputed(row) && visited.add(key)) {
              if (version(Optional.of(row)).equals(expected(key))) {
                compare(key, Optional.of(row));
              } else {
                unsettled.put(key, Optional.of(row));
              }
            }
          });
      unvisited(visited).forEach(key -> unsettled.put(key, Optional.empty()));
      settle(unsettled, topics, wait);
      return report(record);
    }

    /** Waits for what the store lacks, and leaves alone what has got newer meanwhile. */
    private void settle(
        Map<Key, Optional<FeatureRow>> unsettled, RecordedTopics topics, Duration wait) {
      Touched touched = new Touched();
      long deadline = System.nanoTime() + wait.toNanos();
      Set<Key> behind = behind(unsettled);
      long total = behind.size();
      while (!behind.isEmpty() && System.nanoTime() < deadline) {
        progress.update("Waiting", "entities", total - behind.size(), total);
        topics.poll(touched); // takes a moment when nothing comes
        unsettled.putAll(read(behind));
        behind = behind(unsettled);
      }
      // Whatever the store had when it was read was in the topics before.
      topics.readToEnd(touched, read -> {});
      unsettled.forEach(
          (key, row) -> {
            if (isNewer(key, row) && touched.keys.contains(key)) {
              newer++;
            } else {
              compare(key, row);
            }
          });
    }

    private Set<Key> behind(Map<Key, Optional<FeatureRow>> rows) {
      Set<Key> behind = new HashSet<>();
      rows.forEach(
          (key, row) -> {
            Optional<FeatureVersion> expected = expected(key);
            Optional<FeatureVersion> stored = version(row);
            if (expected.isPresent()
                && (stored.isEmpty() || stored.get().compareTo(expected.get()) < 0)) {
              behind.add(key);
            }
          });
      return behind;
    }

    private boolean isNewer(Key key, Optional<FeatureRow> row) {
      Optional<FeatureVersion> expected = expected(key);
      Optional<FeatureVersion> stored = version(row);
      return stored.isPresent()
          && (expected.isEmpty() || stored.get().compareTo(expected.get()) > 0);
    }

    private Map<Key, Optional<FeatureRow>> read(Set<Key> keys) {
      Map<Entity, List<String>> ids = new EnumMap<>(Entity.class);
      keys.forEach(key -> ids.computeIfAbsent(key.entity(), e -> new ArrayList<>()).add(key.id()));
      Map<Key, Optional<FeatureRow>> rows = new HashMap<>();
      ids.forEach(
          (entity, all) -> {
            for (int from = 0; from < all.size(); from += READ_BATCH) {
              List<String> batch = all.subList(from, Math.min(all.size(), from + READ_BATCH));
              Map<String, FeatureRow> found = store.multiGet(entity, batch);
              batch.forEach(
                  id -> rows.put(new Key(entity, id), Optional.ofNullable(found.get(id))));
            }
          });
      return rows;
    }

    /** What others write is not checked. */
    private boolean isComputed(FeatureRow row) {
      return version(Optional.of(row)).isPresent();
    }

    private Optional<FeatureVersion> expected(Key key) {
      return version(features.row(key.entity(), key.id()));
    }

    private Optional<FeatureVersion> version(Optional<FeatureRow> row) {
      return row.flatMap(
          present ->
              catalog.computed(present.entity()).flatMap(group -> present.version(group.name())));
    }

    private List<Key> unvisited(Set<Key> visited) {
      List<Key> unvisited = new ArrayList<>();
      for (Entity entity : catalog.entities()) {
        for (String id : features.ids(entity)) {
          Key key = new Key(entity, id);
          if (!visited.contains(key)) {
            unvisited.add(key);
          }
        }
      }
      return unvisited;
    }

    private void compare(Key key, Optional<FeatureRow> stored) {
      comparison.compare(key.entity(), key.id(), features.row(key.entity(), key.id()), stored);
      progress.update("Comparing", "entities", ++compared, features.size());
    }

    private ConsistencyReport report(String record) {
      return new ConsistencyReport(
          catalog,
          record,
          asOfTime,
          features.actions(),
          features.itemUpdates(),
          features.duplicates(),
          refused,
          compared,
          newer,
          comparison.features());
    }
  }
}
