package dev.freshet.client.shopper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.client.shopper.DemoStatistics.FollowedAction;
import dev.freshet.client.shopper.DemoStatistics.Snapshot;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.UserAction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DemoStatisticsTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;

  // Anything but zero: nanoTime has no fixed origin and may be negative.
  private static final long START = -17 * SECOND;

  private static DemoStatistics statistics() {
    return new DemoStatistics(START, OptionalDouble::empty);
  }

  private static UserAction action(String id, String user, String item) {
    return UserAction.newBuilder()
        .setEventId(id)
        .setUser(user)
        .setItem(item)
        .setAction("view")
        .setEventTime(Instant.EPOCH)
        .build();
  }

  private static Recommendation answer(String eventId, String user, String... items) {
    return TransitionRecommender.answer(action(eventId, user, "any"), Arrays.asList(items));
  }

  /** Keeps everything and counts from the beginning each time. */
  private static final class Naive {
    private final List<Long> sent = new ArrayList<>();
    private final List<Long> received = new ArrayList<>();
    private final List<long[]> latencies = new ArrayList<>();

    static double perSecond(List<Long> times, long now) {
      long windowStart = START + Math.max(0, (now - START) / (100 * MILLI) - 49) * 100 * MILLI;
      long count = times.stream().filter(time -> time >= windowStart && time <= now).count();
      return count / Math.max(1, (now - windowStart) / 1e9);
    }

    OptionalDouble percentile(double percentile, long now) {
      long windowStart = START + Math.max(0, (now - START) / SECOND - 9) * SECOND;
      long[] inWindow =
          latencies.stream()
              .filter(latency -> latency[0] >= windowStart)
              .mapToLong(latency -> latency[1])
              .sorted()
              .toArray();
      if (inWindow.length == 0) {
        return OptionalDouble.empty();
      }
      int place = (int) Math.ceil(percentile / 100 * inWindow.length);
      return OptionalDouble.of(inWindow[Math.max(1, place) - 1] / 1e6);
    }
  }

  @Property(tries = 50)
  void agreesWithANaiveCount(@ForAll long seed) {
    Random random = new Random(seed);
    DemoStatistics statistics = statistics();
    Naive naive = new Naive();
    Map<String, UserAction> lastActions = new HashMap<>();
    Map<String, List<String>> lists = new HashMap<>();
    List<Boolean> evaluations = new ArrayList<>();
    long now = START;
    for (int i = 0; i < 3_000; i++) {
      // Bursts and silences.
      now += (long) (random.nextInt(40) == 0 ? 8 * SECOND * random.nextDouble() : 4 * MILLI);
      UserAction action = action("e" + i, "u" + random.nextInt(20), "i" + random.nextInt(15));
      UserAction before = lastActions.put(action.getUser(), action);
      if (before != null) {
        evaluations.add(lists.get(before.getEventId()).contains(action.getItem()));
      }
      statistics.sent(action, now);
      naive.sent.add(now);
      long latency = (long) (MILLI * Math.exp(2 * random.nextGaussian()));
      String[] list = random.ints(12, 0, 15).mapToObj(item -> "i" + item).toArray(String[]::new);
      lists.put(action.getEventId(), Arrays.asList(list).subList(0, 10));
      long at = now + latency;
      statistics.received(answer(action.getEventId(), action.getUser(), list), at);
      naive.received.add(at);
      naive.latencies.add(new long[] {at, latency});
      now = at;
      if (i % 100 == 0) {
        compare(statistics.snapshot(now), naive, evaluations, now);
      }
    }
    compare(statistics.snapshot(now + 3 * SECOND), naive, evaluations, now + 3 * SECOND);
    compare(statistics.snapshot(now + 60 * SECOND), naive, evaluations, now + 60 * SECOND);
  }

  private static void compare(Snapshot now, Naive naive, List<Boolean> evaluations, long nanos) {
    assertThat(now.actions()).isEqualTo(naive.sent.size());
    assertThat(now.recommendations()).isEqualTo(naive.received.size());
    assertThat(now.unanswered()).isZero();
    assertThat(now.actionsPerSecond()).isCloseTo(Naive.perSecond(naive.sent, nanos), within(1e-9));
    assertThat(now.recommendationsPerSecond())
        .isCloseTo(Naive.perSecond(naive.received, nanos), within(1e-9));
    assertThat(now.evaluated()).isEqualTo(evaluations.size());
    assertThat(now.hitRateSinceStart()).isEqualTo(share(evaluations));
    assertThat(now.hitRate())
        .isEqualTo(
            share(
                evaluations.subList(Math.max(0, evaluations.size() - 2_000), evaluations.size())));
    close(now.p50Millis(), naive.percentile(50, nanos));
    close(now.p99Millis(), naive.percentile(99, nanos));
  }

  private static OptionalDouble share(List<Boolean> hits) {
    return hits.stream().mapToDouble(hit -> hit ? 1 : 0).average();
  }

  /** The histogram keeps two digits, and whole microseconds. */
  private static void close(OptionalDouble actual, OptionalDouble expected) {
    assertThat(actual.isPresent()).isEqualTo(expected.isPresent());
    if (expected.isPresent()) {
      double value = expected.getAsDouble();
      assertThat(actual.getAsDouble()).isCloseTo(value, within(0.011 * value + 0.002));
    }
  }

  @Test
  void anActionBeforeTheAnswerToTheOneBeforeItIsEvaluatedWhenTheAnswerComes() {
    DemoStatistics statistics = statistics();
    statistics.sent(action("1", "u", "a"), START);
    statistics.sent(action("2", "u", "b"), START + MILLI);
    assertThat(statistics.snapshot(START + MILLI).evaluated()).isZero();
    statistics.received(answer("1", "u", "x", "b"), START + 2 * MILLI);
    Snapshot now = statistics.snapshot(START + 3 * MILLI);
    assertThat(now.evaluated()).isEqualTo(1);
    assertThat(now.hitRate()).hasValue(1);
    assertThat(now.unanswered()).isEqualTo(1);
    assertThat(now.followed()).extracting(FollowedAction::predicted).containsExactly(false, true);
  }

  @Test
  void onlyTheFirstTenItemsCount() {
    DemoStatistics statistics = statistics();
    statistics.sent(action("1", "u", "a"), START);
    statistics.received(
        answer("1", "u", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"), START);
    statistics.sent(action("2", "u", "11"), START);
    assertThat(statistics.snapshot(START).hitRate()).hasValue(0);
  }

  @Test
  void equalScoresAndNanDoNotFlatter() {
    for (float score : new float[] {1, Float.NaN}) {
      DemoStatistics statistics = statistics();
      statistics.sent(action("1", "u", "a"), START);
      Recommendation answer =
          answer("1", "u", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
      answer.getItems().forEach(item -> item.setScore(score));
      statistics.received(answer, START);
      statistics.sent(action("2", "u", "1"), START);
      assertThat(statistics.snapshot(START).hitRate()).hasValue(0);
      assertThat(statistics.snapshot(START).followed())
          .extracting(FollowedAction::predicted)
          .containsExactly(false, false);
    }
  }

  @Test
  void anActionWithoutAnItemIsNotEvaluatedButItsListIs() {
    DemoStatistics statistics = statistics();
    statistics.sent(action("1", "u", "a"), START);
    statistics.received(answer("1", "u", "x"), START);
    statistics.sent(action("2", "u", null), START);
    statistics.received(answer("2", "u", "y"), START);
    statistics.sent(action("3", "u", "y"), START);
    Snapshot now = statistics.snapshot(START);
    assertThat(now.evaluated()).isEqualTo(1);
    assertThat(now.hitRate()).hasValue(1);
  }

  @Test
  void aRepeatedRecommendationCountsOnce() {
    DemoStatistics statistics = statistics();
    statistics.sent(action("1", "u", "a"), START);
    statistics.received(answer("1", "u", "b"), START + 5 * MILLI);
    statistics.received(answer("1", "u", "b"), START + 9 * SECOND);
    Snapshot now = statistics.snapshot(START + 9 * SECOND);
    assertThat(now.recommendations()).isEqualTo(1);
    assertThat(now.repetitions()).isEqualTo(1);
    assertThat(now.p99Millis().getAsDouble()).isCloseTo(5, within(0.1));
    assertThat(now.firstRecommendationNanos()).hasValue(5 * MILLI);
  }

  @Test
  void aFollowedUserMakesRoomAfterAWhileWithoutActions() {
    DemoStatistics statistics = statistics();
    for (int i = 0; i < 10; i++) {
      statistics.sent(action("a" + i, "anna", "i" + i), START + i * SECOND);
      statistics.sent(action("b" + i, "bert", "i" + i), START + i * SECOND);
      statistics.received(answer("a" + i, "anna", "i" + (i + 1)), START + i * SECOND);
    }
    Snapshot now = statistics.snapshot(START + 10 * SECOND);
    assertThat(now.followedUser()).isEqualTo("anna");
    assertThat(now.followed())
        .hasSize(DemoStatistics.FOLLOWED_ACTIONS)
        .last()
        .isEqualTo(new FollowedAction("view", "i9", false, true, List.of("i10")));
    assertThat(now.followed()).allMatch(FollowedAction::predicted);
    statistics.sent(action("c", "bert", "i"), START + 30 * SECOND);
    assertThat(statistics.snapshot(START + 30 * SECOND).followedUser()).isEqualTo("bert");
    assertThat(statistics.snapshot(START + 30 * SECOND).followed()).hasSize(1);
  }

  @Test
  void deadLettersClicksAndTheWatermarkLagAreTold() {
    Supplier<OptionalDouble> lag = () -> OptionalDouble.of(3.5);
    DemoStatistics statistics = new DemoStatistics(START, lag);
    UserAction click = action("1", "u", "a");
    click.setRecommendationId("r");
    statistics.sent(click, START);
    statistics.deadLetter();
    statistics.deadLetter();
    Snapshot now = statistics.snapshot(START);
    assertThat(now.clicks()).isEqualTo(1);
    assertThat(now.deadLetters()).isEqualTo(2);
    assertThat(now.watermarkLagMillis()).hasValue(3.5);
  }
}
