package dev.freshet.jobs.rank;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the sources of a run have to read, how far they may, as the test says, and how far they have
 * come. They know it by its name, for they are serialized, and events are not.
 */
final class Feed {

  private static final Map<String, Feed> RUNS = new ConcurrentHashMap<>();

  private final Map<Class<?>, List<? extends List<?>>> topics = new ConcurrentHashMap<>();

  private volatile double share = 1;
  private volatile int events;

  static Feed of(String run) {
    return RUNS.computeIfAbsent(run, name -> new Feed());
  }

  static void forget(String run) {
    RUNS.remove(run);
  }

  /** Says what there is of a type of event, by partition. */
  <T> void put(Class<T> type, List<List<T>> partitions) {
    topics.put(type, partitions);
  }

  @SuppressWarnings("unchecked") // as it was put
  <T> List<List<T>> partitions(Class<T> type) {
    return (List<List<T>>) topics.get(type);
  }

  /** Sources stop where they have read this share of each partition. */
  void stopAt(double share) {
    this.share = share;
  }

  boolean allows(int event, int size) {
    return event < share * size;
  }

  synchronized void read() {
    events++;
  }

  /** Events read so far, of all sources. */
  int events() {
    return events;
  }
}
