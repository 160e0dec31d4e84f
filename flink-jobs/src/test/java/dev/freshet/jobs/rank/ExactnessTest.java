package dev.freshet.jobs.rank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.schema.TrustedSchemas;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The operators recommend what the {@link NaiveRecommender} does, item by item, over random logs:
 * at any parallelism, whatever the interleaving, and across a restore. Among themselves the runs
 * agree bit by bit.
 */
class ExactnessTest {

  private static final int EVENTS = 200;

  @BeforeAll
  static void trustSchemas() {
    TrustedSchemas.register();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void whatIsRecommendedIsWhatTheDefinitionSays(int seed) throws Exception {
    check(RandomLog.of(seed, EVENTS), seed);
  }

  /**
   * What a late event finds depends on how far each subtask has come. Here all of them have come to
   * the same watermark and have nothing else to do, so that even late is the same everywhere; and
   * an answer goes before the effect of its own action, which could be the other way round.
   */
  @ParameterizedTest
  @ValueSource(ints = {20, 21, 22, 23, 24, 25, 26, 27})
  void lateEventsAreAnsweredWithWhatIsKnownAndCountForWhatComesAfter(int seed) throws Exception {
    check(RandomLog.withLateEvents(seed, EVENTS), seed);
  }

  private static void check(RandomLog log, int seed) throws Exception {
    NaiveRecommender naive = log.naive();
    List<NaiveList> expected = naive.recommend(log.byWatermark());
    assertThat(naive.evictions() > 0).isEqualTo(seed % 2 == 1);
    Random random = new Random(seed);
    Lists lists = SimulatedPipeline.run(log, random, 1);
    lists.check(expected);
    lists.checkSame(SimulatedPipeline.run(log, random, 2));
    lists.checkSame(SimulatedPipeline.run(log, random, 4));
    lists.checkSame(SimulatedPipeline.run(log, random, 1 + seed % 2, 4 - seed % 3));
  }

  /**
   * Without a delay the order of arrival is the order, if one subtask sees it and is done with an
   * event before the next one comes; with several there is none.
   */
  @ParameterizedTest
  @ValueSource(ints = {40, 41, 42, 43})
  void rankedOnArrivalAListIsMadeFromWhatArrivedBefore(int seed) throws Exception {
    RandomLog log = RandomLog.of(seed, EVENTS);
    SimulatedPipeline.runOnArrival(log, new Random(seed))
        .check(log.naive().recommend(log.onArrival()));
  }
}
