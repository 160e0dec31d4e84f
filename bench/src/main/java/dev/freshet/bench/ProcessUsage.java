package dev.freshet.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GcInfo;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.freshet.local.TimeSpan;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** What this JVM takes of the machine, from one call to the next. Thread safe. */
final class ProcessUsage {

  private static final Path STATUS = Path.of("/proc/self/status");

  /**
   * What a process took.
   *
   * @param seconds by the wall clock
   * @param cpuSeconds of all its threads
   * @param allocatedBytes on the heap, by the threads that lived at the end
   * @param pauses of the garbage collector, as they began
   * @param heapAfterGcBytes the least that was in use after a collection; -1: there was none
   * @param residentBytes memory of the process; -1: the system does not report it
   */
  record Taken(
      double seconds,
      double cpuSeconds,
      long allocatedBytes,
      List<TimeSpan> pauses,
      long heapAfterGcBytes,
      long residentBytes) {

    double cpuPerSecond() {
      return cpuSeconds / seconds;
    }

    long longestPauseMillis() {
      return pauses.stream().mapToLong(TimeSpan::millis).max().orElse(0);
    }
  }

  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
  private final Set<String> heapPools = new HashSet<>();
  private final Map<Long, Long> allocatedByThread = new HashMap<>();
  private final long jvmStartMillis = ManagementFactory.getRuntimeMXBean().getStartTime();
  private long allocated;
  private long startNanos;
  private long startCpuNanos;
  private final List<TimeSpan> pauses = new ArrayList<>();
  private long heapAfterGc;

  ProcessUsage() {
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP) {
        heapPools.add(pool.getName());
      }
    }
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      if (collector instanceof NotificationEmitter emitter) {
        emitter.addNotificationListener((gc, unused) -> collected(gc), null, null);
      }
    }
    take();
  }

  private synchronized void collected(Notification notification) {
    if (!notification
        .getType()
        .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
      return;
    }
    GarbageCollectionNotificationInfo info =
        GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData());
    GcInfo gc = info.getGcInfo();
    long used = 0;
    for (Map.Entry<String, MemoryUsage> pool : gc.getMemoryUsageAfterGc().entrySet()) {
      used += heapPools.contains(pool.getKey()) ? pool.getValue().getUsed() : 0;
    }
    heapAfterGc = heapAfterGc < 0 ? used : Math.min(heapAfterGc, used);
    // What goes on beside the program is no pause.
    if (!info.getGcName().contains("Concurrent") && !info.getGcName().endsWith("Cycles")) {
      pauses.add(new TimeSpan(jvmStartMillis + gc.getStartTime(), gc.getDuration()));
    }
  }

  private void countAllocated() {
    long[] ids = threads.getAllThreadIds();
    long[] bytes = threads.getThreadAllocatedBytes(ids);
    for (int thread = 0; thread < ids.length; thread++) {
      if (bytes[thread] >= 0) {
        Long before = allocatedByThread.put(ids[thread], bytes[thread]);
        allocated += bytes[thread] - (before == null ? 0 : before);
      }
    }
  }

  /** What was taken since the last call. */
  synchronized Taken take() {
    countAllocated();
    long now = System.nanoTime();
    long cpu = system.getProcessCpuTime();
    Taken taken =
        new Taken(
            (now - startNanos) / (double) TimeUnit.SECONDS.toNanos(1),
            (cpu - startCpuNanos) / (double) TimeUnit.SECONDS.toNanos(1),
            allocated,
            List.copyOf(pauses),
            heapAfterGc,
            residentBytes());
    startNanos = now;
    startCpuNanos = cpu;
    allocated = 0;
    pauses.clear();
    heapAfterGc = -1;
    return taken;
  }

  private static long residentBytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
        }
      }
    } catch (IOException e) {
      return -1; // not Linux
    }
    return -1;
  }
}
