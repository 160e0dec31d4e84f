package dev.freshet.bench.jmh;

import dev.freshet.client.AvroTopicReader;
import dev.freshet.client.AvroTopicWriter;
import dev.freshet.config.FreshetConfig;
import dev.freshet.jobs.TrainingJob;
import dev.freshet.local.EmbeddedFlink;
import dev.freshet.local.EmbeddedStack;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import dev.freshet.schema.TrainingRound;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * How many examples a second the learning job takes: all examples are on the topic before it
 * starts, and it goes through its rounds as fast as it can, from Kafka to Kafka. Each parallelism
 * is measured on topics of its own, after a run that is not counted, for the JIT.
 *
 * <p>Arguments, all optional and in this order: examples (20000), candidates of each (100), rounds
 * (20).
 */
public final class TrainingThroughput {

  private static final int[] PARALLELISMS = {1, 2, 4};
  private static final int USERS = 1_000;
  private static final long ROUND_MILLIS = 60_000;

  /** In rounds since 1970: some time in 2025, as what is ahead of the clock is not believed. */
  private static final long FIRST_ROUND = 29_000_000;

  private static final long LOST_AFTER_MINUTES = 2;

  /** One value in so many is unknown. */
  private static final int UNKNOWN_SHARE = 20;

  /**
   * What is measured.
   *
   * @param examples in all rounds together, at least as many as rounds
   * @param candidates of an example
   * @param rounds at least 2
   */
  record Settings(int examples, int candidates, int rounds) {}

  private final Settings settings;
  private final EmbeddedStack stack;
  private int runs;

  private TrainingThroughput(Settings settings, EmbeddedStack stack) {
    this.settings = settings;
    this.stack = stack;
  }

  public static void main(String[] arguments) throws Exception {
    int[] given = Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
    int[] all = {20_000, 100, 20};
    System.arraycopy(given, 0, all, 0, given.length);
    measure(new Settings(all[0], all[1], all[2])).forEach(System.out::println);
  }

  /** Measures, and returns the lines of a report. */
  static List<String> measure(Settings settings) throws Exception {
    int most = Arrays.stream(PARALLELISMS).max().orElseThrow();
    try (EmbeddedStack stack = EmbeddedStack.start(most, part -> {})) {
      return new TrainingThroughput(settings, stack).run();
    }
  }

  private List<String> run() throws Exception {
    learn(1);
    List<String> lines = new ArrayList<>();
    lines.add("| parallelism | examples/s | a round, median | rounds | examples learned from |");
    lines.add("|---|---|---|---|---|");
    for (int parallelism : PARALLELISMS) {
      lines.add(learn(parallelism).line(parallelism));
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "%,d examples of %d candidates with %d features; load of the machine %.1f",
            settings.examples,
            settings.candidates,
            RankingFeatures.NAMES.size(),
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    return lines;
  }

  /**
   * What a run showed.
   *
   * @param nanos from when all of the job was running until the last round was on its topic
   * @param roundNanos between a round and the next one
   * @param lists new lists in the rounds, without those that are held out
   */
  private record Outcome(int examples, long nanos, long[] roundNanos, long lists) {
    String line(int parallelism) {
      long[] sorted = roundNanos.clone();
      Arrays.sort(sorted);
      return String.format(
          Locale.ROOT,
          "| %d | %,.0f | %.0f ms | %d | %,d |",
          parallelism,
          examples * 1e9 / nanos,
          sorted[sorted.length / 2] / 1e6,
          roundNanos.length + 1,
          lists);
    }
  }

  private Outcome learn(int parallelism) throws Exception {
    runs++;
    Map<String, String> keys = new HashMap<>();
    keys.put("kafka.bootstrap-servers", stack.kafka());
    keys.put("redis.address", stack.redis());
    keys.put("time.mode", "replay");
    keys.put("learning.every", ROUND_MILLIS + "ms");
    keys.put("learning.max-delay", "0ms");
    keys.put("learning.lead", "0ms");
    keys.put("job.parallelism", String.valueOf(parallelism));
    for (String topic : FreshetConfig.defaults().topics().byKey().keySet()) {
      keys.put("topics." + topic, "run-" + runs + "-" + topic);
    }
    FreshetConfig config = FreshetConfig.of(keys);
    stack.createTopics(config);
    writeExamples(config.topics().trainingExamples());
    StreamExecutionEnvironment env =
        stack.flink().environment(TrainingJob.flinkConfiguration(config));
    TrainingJob.define(env, config);
    EmbeddedFlink.Job job = stack.flink().submit(env);
    try {
      job.awaitRunning();
      return readRounds(config.topics().trainingRounds());
    } finally {
      job.cancel();
    }
  }

  /**
   * The last round ends as event time passes it, on every partition: more users than those see to
   * it.
   */
  private void writeExamples(String topic) {
    SplittableRandom random = new SplittableRandom(1);
    long start = FIRST_ROUND * ROUND_MILLIS;
    long end = start + settings.rounds * ROUND_MILLIS;
    try (AvroTopicWriter writer = new AvroTopicWriter(KafkaConnection.plain(stack.kafka()), 5)) {
      for (int number = 0; number < settings.examples; number++) {
        long time = start + 1 + (end - start - 1) * number / settings.examples;
        write(writer, topic, number, random.nextInt(USERS), time, random);
      }
      for (int user = 0; user < USERS / 10; user++) {
        write(writer, topic, settings.examples + user, user, end + 1, random);
      }
      writer.flush();
    }
  }

  private void write(
      AvroTopicWriter writer,
      String topic,
      int number,
      int user,
      long time,
      SplittableRandom random) {
    int features = RankingFeatures.NAMES.size();
    ByteBuffer rows =
        ByteBuffer.allocate(settings.candidates * features * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    while (rows.hasRemaining()) {
      rows.putFloat(
          random.nextInt(UNKNOWN_SHARE) == 0 ? Float.NaN : (float) random.nextDouble(-1, 3));
    }
    int wanted = random.nextInt(settings.candidates);
    List<ExampleCandidate> candidates = new ArrayList<>(settings.candidates);
    for (int row = 0; row < settings.candidates; row++) {
      candidates.add(
          new ExampleCandidate(
              "item-" + random.nextInt(100_000),
              "popular",
              (float) random.nextDouble(),
              row + 1,
              1f,
              row == wanted ? 1f : 0f));
    }
    TrainingExample example =
        new TrainingExample(
            "list-" + number,
            "user-" + user,
            "home",
            Instant.ofEpochMilli(time - 1),
            Instant.ofEpochMilli(time),
            "1",
            RankingFeatures.NAMES,
            rows.flip(),
            candidates,
            candidates.get(wanted).getItem(),
            "view");
    writer.send(topic, example.getUser(), time, example);
  }

  private Outcome readRounds(String topic) throws Exception {
    long start = System.nanoTime();
    List<Long> ends = new ArrayList<>();
    long[] lists = new long[1];
    try (AvroTopicReader<TrainingRound> reader =
        new AvroTopicReader<>(KafkaConnection.plain(stack.kafka()), topic, TrainingRound.class)) {
      while (ends.size() < settings.rounds) {
        long last = ends.isEmpty() ? start : ends.get(ends.size() - 1);
        if (System.nanoTime() - last > TimeUnit.MINUTES.toNanos(LOST_AFTER_MINUTES)) {
          throw new IllegalStateException(
              "After %d of %d rounds none within %d minutes; the log says why"
                  .formatted(ends.size(), settings.rounds, LOST_AFTER_MINUTES));
        }
        reader.poll(
            round -> {
              // Number 0 is what the first round starts from.
              if (round.getRound() > 0) {
                ends.add(System.nanoTime());
                lists[0] += round.getLists();
              }
            });
      }
    }
    long[] between = new long[ends.size() - 1];
    for (int round = 0; round < between.length; round++) {
      between[round] = ends.get(round + 1) - ends.get(round);
    }
    return new Outcome(settings.examples, ends.get(ends.size() - 1) - start, between, lists[0]);
  }
}
