package dev.freshet.client.feature;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.RowUpdater;
import dev.freshet.protocol.event.ItemEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/**
 * The features that a record of events should have led to, computed in memory in one pass without
 * Flink. The store is checked against them. Drops repeated actions, orders the rest by event time,
 * gives each action its item's attributes as of then, and packs the rows with {@link RowUpdater}.
 *
 * <p>Used in two steps: {@code add} everything that the job would take, in the order in which it
 * came, then {@link #compute}. In memory are all events, a few hundred bytes each. For one thread.
 */
public final class OfflineFeatures {

  private static final int PROGRESS_EVERY = 1_024;

  private final FeatureCatalog catalog;
  private final long dedupWindow;
  private final long maxDelay;
  private final Map<String, SeenIds> seen = new HashMap<>();

  /** One object for each name, not one for each event. */
  private final Map<String, String> names = new HashMap<>();

  private final List<FeatureEvent> events = new ArrayList<>();
  private final Map<Entity, Computed> computed = new EnumMap<>(Entity.class);
  private long actions;
  private long itemUpdates;
  private long duplicates;
  private boolean done;

  /** What is worked out of one kind of entity. */
  private static final class Computed {
    private final FeatureGroup group;
    private final RowUpdater updater;
    private final Map<String, byte[]> rows = new HashMap<>();

    Computed(FeatureGroup group) {
      this.group = group;
      updater = new RowUpdater(group);
    }
  }

  /** What the catalog says of an item. */
  private record Item(String[] attributes, boolean deleted) {}

  /**
   * @param dedupWindow {@code events.dedup-window}
   * @param maxDelay {@code watermark.max-delay}
   */
  public OfflineFeatures(FeatureCatalog catalog, Duration dedupWindow, Duration maxDelay) {
    this.catalog = catalog;
    this.dedupWindow = dedupWindow.toMillis();
    this.maxDelay = maxDelay.toMillis();
    for (Entity entity : catalog.entities()) {
      catalog.computed(entity).ifPresent(group -> computed.put(entity, new Computed(group)));
    }
  }

  /** Adds an action that the job's rules accept, unless the user's action of its id was there. */
  public void add(FeatureEvent action) {
    requireOpen();
    if (!seen.computeIfAbsent(action.user, user -> new SeenIds()).admit(action)) {
      duplicates++;
      return;
    }
    actions++;
    action.user = shared(action.user);
    action.item = shared(action.item);
    action.action = shared(action.action);
    action.recommendationId = null; // no feature depends on it, and all events are in memory
    events.add(action);
  }

  /** Adds what the catalog says of an item. */
  public void add(ItemEvent update) {
    requireOpen();
    itemUpdates++;
    update.event.item = shared(update.event.item);
    events.add(update.event);
  }

  private String shared(String name) {
    return name == null ? null : names.computeIfAbsent(name, first -> first);
  }

  private void requireOpen() {
    if (done) {
      throw new IllegalStateException("everything must be added before compute()");
    }
  }

  /**
   * Computes the features of all entities.
   *
   * @param progress receives now and then how many of the {@link #events} are done
   */
  public void compute(LongConsumer progress) {
    requireOpen();
    done = true;
    seen.clear();
    events.sort(FeatureEvent.EVENT_ORDER);
    Map<String, Item> items = new HashMap<>();
    Item unknown = new Item(new String[0], false);
    long count = 0;
    for (FeatureEvent event : events) {
      if (!event.isAction()) {
        items.put(event.item, new Item(event.attributes, event.deleted));
      } else if (event.item != null) {
        Item item = items.getOrDefault(event.item, unknown);
        event.attributes = item.attributes();
        event.deleted = item.deleted();
      }
      computed.values().forEach(features -> apply(event, features));
      if (++count % PROGRESS_EVERY == 0) {
        progress.accept(count);
      }
    }
    progress.accept(count);
  }

  private static void apply(FeatureEvent event, Computed features) {
    Optional<String> id = features.group.entity().idOf(event);
    if (id.isEmpty() || !features.group.takes(event)) {
      return;
    }
    byte[] row = features.rows.get(id.get());
    if (row != null && isForgotten(row, features.group, event.time)) {
      row = null;
    }
    features.rows.put(id.get(), features.updater.add(row, List.of(event)));
  }

  /** The job drops a row of which nothing can be said any more. */
  private static boolean isForgotten(byte[] row, FeatureGroup group, long time) {
    return group.retention() != Long.MAX_VALUE
        && time - RowUpdater.version(row).eventTime() > group.retention();
  }

  /** The ids of the entities of a kind that have features. */
  public Iterable<String> ids(Entity entity) {
    return computed.containsKey(entity)
        ? Collections.unmodifiableSet(computed.get(entity).rows.keySet())
        : List.of();
  }

  /** The features of one entity, if it has any. */
  public Optional<FeatureRow> row(Entity entity, String id) {
    Computed features = computed.get(entity);
    byte[] row = features == null ? null : features.rows.get(id);
    return row == null
        ? Optional.empty()
        : Optional.of(new FeatureRow(catalog, entity, id, Map.of(features.group.name(), row)));
  }

  /** The events in their order, actions with their items' attributes. */
  List<FeatureEvent> joined() {
    return Collections.unmodifiableList(events);
  }

  /** How many entities have features. */
  public long size() {
    return computed.values().stream().mapToLong(features -> features.rows.size()).sum();
  }

  /** Event time of the newest event; empty if there is none. */
  public OptionalLong newestEventTime() {
    return events.stream().mapToLong(event -> event.time).max();
  }

  /** Actions and item updates that were added, without {@link #duplicates}. */
  public long events() {
    return events.size();
  }

  /** Actions that were added, without {@link #duplicates}. */
  public long actions() {
    return actions;
  }

  /** Item updates that were added. */
  public long itemUpdates() {
    return itemUpdates;
  }

  /** Actions that were left out because the user's action of the same id had come before. */
  public long duplicates() {
    return duplicates;
  }

  /**
   * The event ids of a user that count as seen. The job forgets them by timers of its watermark,
   * for which the user's own newest action stands here: {@code dedup-window} after the action at
   * the earliest, and then all that have passed.
   */
  private final class SeenIds {
    private final Map<String, Long> until = new HashMap<>();
    private long newest = Long.MIN_VALUE;
    private long nextPrune = Long.MAX_VALUE;

    boolean admit(FeatureEvent action) {
      newest = Math.max(newest, action.time);
      long watermark = newest - maxDelay - 1;
      while (nextPrune <= watermark) {
        prune(nextPrune);
      }
      if (until.containsKey(action.eventId)) {
        return false;
      }
      long end = Math.max(action.time, watermark) + dedupWindow;
      until.put(action.eventId, end);
      if (nextPrune == Long.MAX_VALUE) {
        nextPrune = end;
      }
      return true;
    }

    private void prune(long time) {
      nextPrune = Long.MAX_VALUE;
      for (Iterator<Long> ends = until.values().iterator(); ends.hasNext(); ) {
        long end = ends.next();
        if (end <= time) {
          ends.remove();
        } else {
          nextPrune = nextPrune == Long.MAX_VALUE ? end : Math.max(nextPrune, end);
        }
      }
    }
  }
}
