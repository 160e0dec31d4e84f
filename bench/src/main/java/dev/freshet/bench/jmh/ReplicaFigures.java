package dev.freshet.bench.jmh;

import com.sun.management.ThreadMXBean;
import dev.freshet.jobs.rank.ChunkedOutput;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.replica.ReplicaImage;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What the replica takes of the heap, and how long it lets a change wait: as it grows, evicts and
 * writes itself into a checkpoint. Prints lines of tables.
 *
 * <p>Arguments: the numbers of items; 10,000, 100,000 and a million without them.
 */
public final class ReplicaFigures {

  /** Time is the thread's own, on a processor: the machine may have other things to do. */
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final List<Integer> ITEMS = List.of(10_000, 100_000, 1_000_000);

  private ReplicaFigures() {}

  public static void main(String[] arguments) throws IOException {
    List<Integer> items =
        arguments.length == 0 ? ITEMS : Arrays.stream(arguments).map(Integer::valueOf).toList();
    measure(items).forEach(System.out::println);
  }

  static List<String> measure(List<Integer> numbers) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(
        "| items | catalog alone, B/item | estimated | with neighbours, B/item | estimated |");
    lines.add("|---|---|---|---|---|");
    for (int items : numbers) {
      lines.add(memory(items));
    }
    lines.add("| added to | ns/item | B allocated/item | longest, µs | of it collecting, ms |");
    lines.add("|---|---|---|---|---|");
    for (int items : numbers) {
      lines.add(growth(items));
    }
    lines.add(
        "| bound | evictions | longest, ms | longest other, ms | added beyond, ns/item | copying,"
            + " ms | writing, ms |");
    lines.add("|---|---|---|---|---|---|---|");
    for (int items : numbers) {
      lines.add(eviction(items));
    }
    return lines;
  }

  private static String memory(int items) {
    long before = usedHeap();
    ItemReplica catalog = MeasuredReplica.ofCatalog(items, items).replica();
    long catalogBytes = usedHeap() - before;
    String line =
        String.format(
            Locale.ROOT, "| %,d | %d | %d |", items, catalogBytes / items, catalog.bytes() / items);
    catalog = null;
    before = usedHeap();
    ItemReplica sessions = MeasuredReplica.ofSessions(items, items).replica();
    long sessionBytes = usedHeap() - before;
    long entries = 0;
    for (int item = 0; item < sessions.numbers(); item++) {
      entries += sessions.covisits().size(item) + sessions.transitions().size(item);
    }
    return line
        + String.format(
            Locale.ROOT,
            " %d (%.1f neighbours) | %d |",
            sessionBytes / items,
            (double) entries / items,
            sessions.bytes() / items);
  }

  /** From a hundredth of the items on, in a JVM that has done it before. */
  private static String growth(int items) {
    MeasuredReplica.ofCatalog(items, items);
    MeasuredReplica measured = MeasuredReplica.ofCatalog(items / 100, items);
    long[] nanos = new long[items - items / 100];
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    long made = 0;
    long collecting = collectionMillis();
    long sum = 0;
    for (int item = items / 100; item < items; item++) {
      long beforeMaking = THREADS.getCurrentThreadAllocatedBytes();
      var change = measured.catalog(item);
      made += THREADS.getCurrentThreadAllocatedBytes() - beforeMaking;
      long start = THREADS.getCurrentThreadCpuTime();
      measured.replica().apply(change);
      nanos[item - items / 100] = THREADS.getCurrentThreadCpuTime() - start;
      sum += nanos[item - items / 100];
    }
    allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated - made;
    collecting = collectionMillis() - collecting;
    Arrays.sort(nanos);
    return String.format(
        Locale.ROOT,
        "| %,d | %d | %d | %d (99.99%%: %d) | %d |",
        items,
        sum / nanos.length,
        allocated / nanos.length,
        nanos[nanos.length - 1] / 1_000,
        nanos[nanos.length - 1 - nanos.length / 10_000] / 1_000,
        collecting);
  }

  private static String eviction(int items) throws IOException {
    MeasuredReplica measured = MeasuredReplica.ofSessions(items, items);
    ItemReplica replica = measured.replica();
    int added = items / 8;
    long longest = 0;
    long sum = 0;
    int evictions = 0;
    long longestOther = 0;
    for (int item = items; item < items + added; item++) {
      var change = measured.catalog(item);
      long before = replica.evictions();
      long start = THREADS.getCurrentThreadCpuTime();
      replica.apply(change);
      long nanos = THREADS.getCurrentThreadCpuTime() - start;
      sum += nanos;
      if (replica.evictions() > before) {
        evictions++;
        longest = Math.max(longest, nanos);
      } else {
        longestOther = Math.max(longestOther, nanos);
      }
    }
    long start = THREADS.getCurrentThreadCpuTime();
    ReplicaImage image = replica.image();
    long copying = THREADS.getCurrentThreadCpuTime() - start;
    start = THREADS.getCurrentThreadCpuTime();
    image.write(new ChunkedOutput(1 << 16, (bytes, length) -> {}));
    long writing = THREADS.getCurrentThreadCpuTime() - start;
    return String.format(
        Locale.ROOT,
        "| %,d | %d | %.1f | %.1f | %d | %d | %d |",
        items,
        evictions,
        longest / 1e6,
        longestOther / 1e6,
        sum / added,
        copying / 1_000_000,
        writing / 1_000_000);
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int turn = 0; turn < 3; turn++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  private static long collectionMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }
}
