package dev.freshet.ranking.replica;

import java.util.Arrays;

/**
 * The most recent sessions, and for each item those that it is in: what nearest neighbours are
 * found by. A session is a user's last distinct items; where users are click sessions, it is one.
 *
 * <p>Sessions are numbered in the order in which they begin, and a session lies in the slot that is
 * the last bits of its number: once as many newer ones have begun as there are slots, it is
 * overwritten. The number alone shows whether a reference is stale, so nothing has to be cleaned
 * up. (References keep 32 bits of the number: one that was not replaced while 2^32 sessions began
 * may be taken for fresh, which gives a poor neighbour, the same on every subtask.)
 */
public final class SessionLog implements ItemColumns {

  /** Items of a session that are remembered. */
  public static final int ITEMS_PER_SESSION = 20;

  /** Sessions that an item is known to be in. */
  public static final int SESSIONS_PER_ITEM = 128;

  private static final int MOST_SESSIONS = 1 << 26;
  private static final int FREE = -1;

  /** Length of a session's record: number of items, then the items, the last visited first. */
  private static final int RECORD = 1 + ITEMS_PER_SESSION;

  private static final int CHUNK_BITS = 10;
  private static final int CHUNK_SLOTS = 1 << CHUNK_BITS;

  private final int slots;
  private final LongColumn users;
  private final LongColumn lastTimes;
  private final int[][] records;

  /** Slot of a user's session by the user's hash, with linear probing. */
  private final int[] table;

  /** Sessions so far, which is the number of the next. */
  private long begun;

  private final RecencyLists sessionsOfItem;

  /** How often each item came into a session. */
  private final IntColumn sessionCounts;

  /**
   * @param sessions how many are kept, rounded up to a power of two
   */
  public SessionLog(int sessions) {
    if (sessions < 1 || sessions > MOST_SESSIONS) {
      throw new IllegalArgumentException(
          "From 1 to " + MOST_SESSIONS + " sessions can be kept: " + sessions);
    }
    slots = Math.max(1, Integer.highestOneBit(2 * sessions - 1));
    records = new int[(slots + CHUNK_SLOTS - 1) >>> CHUNK_BITS][];
    table = new int[2 * slots];
    Arrays.fill(table, FREE);
    users = new LongColumn(0);
    lastTimes = new LongColumn(0);
    sessionsOfItem = new RecencyLists(SESSIONS_PER_ITEM);
    sessionCounts = new IntColumn(0);
  }

  /** Copies all but the table, which is derived. */
  private SessionLog(SessionLog original) {
    slots = original.slots;
    begun = original.begun;
    users = original.users.copy();
    lastTimes = original.lastTimes.copy();
    records = Chunks.copy(original.records, int[]::clone);
    table = null;
    sessionsOfItem = original.sessionsOfItem.copy();
    sessionCounts = original.sessionCounts.copy();
  }

  @Override
  public void ensureItems(int items) {
    sessionsOfItem.ensure(items);
    sessionCounts.ensure(items);
  }

  /** How many sessions have begun. */
  public long begun() {
    return begun;
  }

  /** Slots are below this. */
  public int slots() {
    return slots;
  }

  /** How often the item came into a session, forgotten ones too. */
  public int sessionCount(int item) {
    return sessionCounts.get(item);
  }

  /**
   * Of each item, numbers of the sessions that visited it, the last to do so first. Some may be
   * {@link #stale}.
   */
  public RecencyLists sessionsOfItem() {
    return sessionsOfItem;
  }

  /** Whether a session has been overwritten since it was referred to. */
  public boolean stale(int session) {
    int age = (int) begun - 1 - session;
    return age < 0 || age >= slots;
  }

  public int slot(int session) {
    return session & (slots - 1);
  }

  /** The array with the session's items, the last visited first, at {@link #firstItem}. */
  public int[] record(int slot) {
    return records[slot >>> CHUNK_BITS];
  }

  public int firstItem(int slot) {
    return recordOffset(slot) + 1;
  }

  /** One past the session's last item. */
  public int endOfItems(int slot) {
    int at = recordOffset(slot);
    return at + 1 + record(slot)[at];
  }

  private static int recordOffset(int slot) {
    return (slot & (CHUNK_SLOTS - 1)) * RECORD;
  }

  /** Event time of the session's last visit. */
  public long lastTime(int slot) {
    return lastTimes.get(slot);
  }

  /** Slot of the user's session, or a negative number. */
  public int find(long user) {
    for (int at = home(user); ; at = next(at)) {
      int slot = table[at];
      if (slot == FREE || users.get(slot) == user) {
        return slot;
      }
    }
  }

  /**
   * Takes in a visit.
   *
   * @param user hash of the user
   * @param before items the user visited before, the last first: what a session that has to begin
   *     begins with
   */
  public void visit(long user, int item, int[] before, int beforeCount, long time) {
    int slot = find(user);
    if (slot == FREE) {
      slot = begin(user, time);
      for (int back = Math.min(beforeCount, ITEMS_PER_SESSION) - 1; back >= 0; back--) {
        put(slot, before[back]);
      }
    }
    put(slot, item);
    lastTimes.set(slot, Math.max(lastTimes.get(slot), time));
  }

  private int begin(long user, long time) {
    int slot = slot((int) begun);
    if (begun >= slots) {
      removeFromTable(slot);
    } else {
      ensureSlot(slot);
    }
    begun++;
    users.set(slot, user);
    lastTimes.set(slot, time);
    record(slot)[recordOffset(slot)] = 0;
    addToTable(slot);
    return slot;
  }

  private void ensureSlot(int slot) {
    users.ensure(slot + 1);
    lastTimes.ensure(slot + 1);
    if (records[slot >>> CHUNK_BITS] == null) {
      records[slot >>> CHUNK_BITS] = new int[Math.min(slots, CHUNK_SLOTS) * RECORD];
    }
  }

  private void put(int slot, int item) {
    int[] record = record(slot);
    int first = firstItem(slot);
    int size = record[first - 1];
    int at = 0;
    while (at < size && record[first + at] != item) {
      at++;
    }
    if (at == size) {
      sessionCounts.set(item, sessionCounts.get(item) + 1);
      if (size == ITEMS_PER_SESSION) {
        at--;
      } else {
        record[first - 1]++;
      }
    }
    System.arraycopy(record, first, record, first + 1, at);
    record[first] = item;
    sessionsOfItem.put(item, session(slot));
  }

  /** Number of the session in a slot: the last to begin that ends in the slot's bits. */
  private int session(int slot) {
    int last = (int) begun - 1;
    return last - slot(last - slot);
  }

  private void addToTable(int slot) {
    int at = home(users.get(slot));
    while (table[at] != FREE) {
      at = next(at);
    }
    table[at] = slot;
  }

  /** Closes the gap, so that no search ends too early. */
  private void removeFromTable(int slot) {
    int gap = home(users.get(slot));
    while (table[gap] != slot) {
      gap = next(gap);
    }
    for (int at = next(gap); table[at] != FREE; at = next(at)) {
      int home = home(users.get(table[at]));
      if (distance(home, at) >= distance(gap, at)) {
        table[gap] = table[at];
        gap = at;
      }
    }
    table[gap] = FREE;
  }

  private int home(long user) {
    return (int) (user ^ (user >>> 32)) & (table.length - 1);
  }

  private int next(int at) {
    return (at + 1) & (table.length - 1);
  }

  private int distance(int from, int to) {
    return (to - from) & (table.length - 1);
  }

  @Override
  public void forget(int[] evicted) {
    boolean everywhere = false;
    for (int item : evicted) {
      int size = sessionsOfItem.size(item);
      if (sessionsOfItem.isFull(item)) {
        everywhere = true; // it may be in sessions that its list has given up
      } else if (size > 0) {
        int[] sessions = sessionsOfItem.array(item);
        int from = sessionsOfItem.from(item);
        for (int at = from; at < from + size; at++) {
          if (!stale(sessions[at])) {
            remove(slot(sessions[at]), item);
          }
        }
      }
      sessionsOfItem.clear(item);
      sessionCounts.clear(item);
    }
    if (everywhere) {
      removeEverywhere(evicted);
    }
  }

  private void remove(int slot, int item) {
    int[] record = record(slot);
    int end = endOfItems(slot);
    for (int at = firstItem(slot); at < end; at++) {
      if (record[at] == item) {
        System.arraycopy(record, at + 1, record, at, end - at - 1);
        record[firstItem(slot) - 1]--;
        return;
      }
    }
  }

  private void removeEverywhere(int[] evicted) {
    int[] sorted = evicted.clone();
    Arrays.sort(sorted);
    for (int slot = 0; slot < Math.min(begun, slots); slot++) {
      int[] record = record(slot);
      int to = firstItem(slot);
      for (int at = to; at < endOfItems(slot); at++) {
        if (Arrays.binarySearch(sorted, record[at]) < 0) {
          record[to++] = record[at];
        }
      }
      record[firstItem(slot) - 1] = to - firstItem(slot);
    }
  }

  /** Does nothing: {@link #forget} has removed all references to evicted items. */
  @Override
  public void purge(int item) {}

  @Override
  public long bytes() {
    long chunks = 0;
    for (int[] chunk : records) {
      chunks += chunk == null ? 0 : HeapSize.array(chunk.length, Integer.BYTES);
    }
    return chunks
        + HeapSize.array(records.length, HeapSize.REFERENCE)
        + HeapSize.array(table.length, Integer.BYTES)
        + users.bytes()
        + lastTimes.bytes()
        + sessionsOfItem.bytes()
        + sessionCounts.bytes();
  }

  /** A deep copy, in which no session can be found. */
  SessionLog frozen() {
    return new SessionLog(this);
  }

  /** Hash of the user whose session it is. */
  long user(int slot) {
    return users.get(slot);
  }

  /** Sets how many sessions have begun, of a log that is empty. */
  void restoreBegun(long sessions) {
    begun = sessions;
  }

  /** Sets a session with some items, which must be put into its record next. */
  void restoreSession(int slot, long user, long lastTime, int items) {
    ensureSlot(slot);
    users.set(slot, user);
    lastTimes.set(slot, lastTime);
    record(slot)[recordOffset(slot)] = items;
    addToTable(slot);
  }

  void restoreSessionCount(int item, int sessions) {
    sessionCounts.set(item, sessions);
  }
}
