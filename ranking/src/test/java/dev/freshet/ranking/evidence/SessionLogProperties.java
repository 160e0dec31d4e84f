package dev.freshet.ranking.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.ranking.NaiveSessions;
import dev.freshet.ranking.replica.SessionLog;
import dev.freshet.ranking.replica.Snapshots;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The log of sessions and its neighbours against {@link NaiveSessions}. */
class SessionLogProperties {

  private static final int VISITS = 1_200;
  private static final int CHECKED_EVERY = 150;
  private static final long HALF_LIFE = 400;

  private static SessionLog copy(SessionLog log, int slots, int items) throws IOException {
    SessionLog copy = new SessionLog(slots);
    byte[] written = Snapshots.written(log, items);
    Snapshots.read(written, copy, items);
    assertThat(Snapshots.written(copy, items)).isEqualTo(written);
    return copy;
  }

  /** Few users and many, few slots and many, so that everything overflows in some streams. */
  @Property(tries = 60)
  void theLogIsThatOfTheDefinition(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    int slots = new int[] {1, 8, 64, 1024}[random.nextInt(4)];
    int users = new int[] {3, 30, 1_000}[random.nextInt(3)];
    int items = new int[] {3, 30, 300}[random.nextInt(3)];
    SessionLog log = new SessionLog(slots);
    log.ensureItems(items);
    NaiveSessions<Long, Integer> naive = new NaiveSessions<>(slots);
    long time = 0;
    for (int visit = 1; visit <= VISITS; visit++) {
      long user = random.nextInt(users) * 0x9E3779B97F4A7C15L;
      int item = (int) (items * Math.pow(random.nextDouble(), 2));
      List<Integer> before = distinct(random, items, item);
      time += random.nextInt(3) - (random.nextInt(50) == 0 ? 20 : 0); // some are late
      log.visit(user, item, before.stream().mapToInt(each -> each).toArray(), before.size(), time);
      naive.visit(user, item, before, time);
      if (random.nextInt(100) == 0) {
        int[] evicted = random.ints(0, items).distinct().limit(2).toArray();
        log.forget(evicted);
        for (int each : evicted) {
          naive.forget(each);
        }
      }
      if (visit % CHECKED_EVERY == 0) {
        log = copy(log, slots, items);
        assertAlike(log, naive, items);
        assertNeighboursAlike(log, naive, user, distinct(random, items, item), time);
      }
    }
  }

  private static List<Integer> distinct(Random random, int items, int without) {
    List<Integer> list = new ArrayList<>();
    for (int draw = random.nextInt(11); draw > 0; draw--) {
      Integer item = random.nextInt(items);
      if (item != without && !list.contains(item)) {
        list.add(item);
      }
    }
    return list;
  }

  private static void assertAlike(SessionLog log, NaiveSessions<Long, Integer> naive, int items) {
    naive.ofUser.forEach(
        (user, session) -> {
          int slot = log.find(user);
          if (session.number <= log.begun() - 1 - log.slots()) {
            assertThat(slot).isNegative();
            return;
          }
          assertThat(slot).isEqualTo((int) (session.number % log.slots()));
          assertThat(log.lastTime(slot)).isEqualTo(session.lastTime);
          List<Integer> known = new ArrayList<>();
          for (int at = log.firstItem(slot); at < log.endOfItems(slot); at++) {
            known.add(log.record(slot)[at]);
          }
          assertThat(known).isEqualTo(session.items);
        });
    for (int item = 0; item < items; item++) {
      List<Long> known = new ArrayList<>();
      for (int at = 0; at < log.sessionsOfItem().size(item); at++) {
        known.add((long) log.sessionsOfItem().array(item)[log.sessionsOfItem().from(item) + at]);
      }
      assertThat(known).isEqualTo(naive.ofItem.getOrDefault(item, List.of()));
      assertThat(log.sessionCount(item)).isEqualTo(naive.counts.getOrDefault(item, 0));
    }
    assertThat(log.find(-1)).isNegative();
  }

  private static void assertNeighboursAlike(
      SessionLog log,
      NaiveSessions<Long, Integer> naive,
      long user,
      List<Integer> recent,
      long time) {
    Evidence evidence = new Evidence();
    int[] items = new int[recent.size()];
    for (int position = 0; position < items.length; position++) {
      items[position] = recent.get(position);
      evidence.see(items[position], position);
    }
    new NearestSessions(log, HALF_LIFE).gather(user, items, items.length, time, evidence);
    Map<Integer, NaiveSessions.Score> expected = naive.scores(user, recent, time, HALF_LIFE);
    int scored = 0;
    for (int row = 0; row < evidence.size(); row++) {
      NaiveSessions.Score score =
          expected.getOrDefault(evidence.item(row), new NaiveSessions.Score());
      assertThat(evidence.knnScore[row]).isCloseTo(score.score, within(1e-6));
      assertThat(evidence.knnNeighbours[row]).isEqualTo(score.neighbours);
      scored += score.neighbours > 0 ? 1 : 0;
    }
    assertThat(scored).isEqualTo(expected.size());
  }

  @Test
  void aReferenceIsStaleOnceItsSlotIsAnothers() {
    SessionLog log = new SessionLog(3); // room for four
    log.ensureItems(1);
    for (long user = 0; user < 5; user++) {
      log.visit(user, 0, new int[0], 0, 10);
    }
    assertThat(log.slots()).isEqualTo(4);
    assertThat(log.sessionsOfItem().size(0)).isEqualTo(5);
    assertThat(log.stale(0)).isTrue();
    for (int session = 1; session < 5; session++) {
      assertThat(log.stale(session)).isFalse();
    }
    assertThat(log.find(0)).isNegative();
    assertThat(log.find(4)).isZero();
  }

  @Test
  void anotherNumberOfSessionsThanThatOfTheCheckpointIsRefused() throws IOException {
    byte[] bytes = Snapshots.written(new SessionLog(8), 0);
    assertThatThrownBy(() -> Snapshots.read(bytes, new SessionLog(16), 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("8 sessions")
        .hasMessageContaining("16");
    assertThatThrownBy(() -> new SessionLog(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
