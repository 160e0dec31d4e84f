package dev.freshet.jobs.rank;

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

  @BeforeAll
  static void trustSchemas() {
    TrustedSchemas.register();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void whatIsRecommendedIsWhatTheDefinitionSays(int seed) throws Exception {
    RandomLog log = RandomLog.of(seed, 200);
    List<NaiveList> expected = log.expected();
    Random random = new Random(seed);
    Lists lists = SimulatedPipeline.run(log, random, 1);
    lists.check(expected);
    lists.checkSame(SimulatedPipeline.run(log, random, 2));
    lists.checkSame(SimulatedPipeline.run(log, random, 4));
    lists.checkSame(SimulatedPipeline.run(log, random, 1 + seed % 2, 4 - seed % 3));
  }
}
