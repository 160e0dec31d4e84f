package dev.freshet.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.config.BundledCatalog;
import dev.freshet.config.FreshetConfig;
import dev.freshet.jobs.RecommendationJob;
import dev.freshet.jobs.flow.JobCounters;
import dev.freshet.jobs.rank.RankOperator;
import dev.freshet.local.EmbeddedFlink;
import dev.freshet.local.TimeSpan;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.ranking.feature.StoreFeatures;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink cluster with one job, the whole product or the floor. */
final class FlinkRole implements Role {

  private static final String USER_HISTORY = "user history";

  /** A counter for each source; the histogram of the same name is of the last lists alone. */
  private static final String CANDIDATES = "candidates";

  private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LONGEST_LAG_MILLIS = TimeUnit.DAYS.toMillis(30);

  private final Path folder;
  private final Events events;
  private final Recorder lagMillis = new Recorder(LONGEST_LAG_MILLIS, 3);
  private EmbeddedFlink flink;
  private Orders.Start start;
  private FreshetConfig config;
  private String checkpoint;
  private volatile EmbeddedFlink.Job job;
  private long lists;
  private long late;
  private long candidates;

  /** Of the last checkpoint, one from before a restart included; -1: there was none. */
  private long stateBytes = -1;

  FlinkRole(Path folder, Events events) {
    this.folder = folder;
    this.events = events;
  }

  @Override
  public Object handle(String command, JsonNode arguments) throws Exception {
    return switch (command) {
      case "start" -> start(ChildProcess.as(arguments, Orders.Start.class));
      case "look" -> look();
      case "collect" -> {
        System.gc();
        yield null;
      }
      case "halt" -> {
        halt();
        yield null;
      }
      case "resume" -> {
        submit();
        yield null;
      }
      default -> throw new IllegalArgumentException("Flink can't " + command);
    };
  }

  private Orders.Started start(Orders.Start ordered) throws Exception {
    start = ordered;
    config = FreshetConfig.of(ordered.keys());
    Configuration own = new Configuration();
    // A process that is stopped for minutes is not dead.
    own.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofDays(2));
    own.set(MetricOptions.REPORTERS_LIST, "bench");
    own.setString("metrics.reporter.bench.factory.class", JobMetrics.Factory.class.getName());
    flink = EmbeddedFlink.start(folder, ordered.slots(), own);
    submit();
    Thread sampler = new Thread(this::sample, "bench-sampler");
    sampler.setDaemon(true);
    sampler.start();
    int features =
        ordered.floor()
            ? 0
            : RankingFeatures.names(StoreFeatures.of(BundledCatalog.of(config))).size();
    return new Orders.Started(flink.dashboard(), features);
  }

  private void submit() throws Exception {
    Configuration settings = RecommendationJob.flinkConfiguration(config);
    // What fails is not to be measured.
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    start.stateBackend().choose(settings);
    StreamExecutionEnvironment env = flink.environment(settings);
    if (start.floor()) {
      FloorJob.define(env, config);
    } else {
      RecommendationJob.define(env, config);
    }
    lists = 0;
    late = 0;
    candidates = 0;
    EmbeddedFlink.Job submitted =
        checkpoint == null ? flink.submit(env) : flink.restore(env, checkpoint);
    job = submitted;
    submitted.awaitRunning();
    submitted
        .result()
        .thenAccept(
            result -> {
              if (job == submitted) {
                events.accept(
                    "failed",
                    "The Flink job ended: "
                        + result
                            .getSerializedThrowable()
                            .map(Throwable::toString)
                            .orElse("no cause is known"));
              }
            });
  }

  /** Takes a checkpoint and stops the job, to be resumed from it. */
  private void halt() throws Exception {
    checkpoint = job.checkpoint();
    stateBytes = job.checkpointBytes().orElse(stateBytes);
    EmbeddedFlink.Job halted = job;
    job = null;
    halted.cancel();
  }

  private void sample() {
    while (true) {
      LockSupport.parkNanos(SAMPLE_NANOS);
      JobMetrics.all()
          .of(RankOperator.NAME, RankOperator.WATERMARK_LAG, Gauge.class)
          .mapToLong(FlinkRole::value)
          .max()
          .ifPresent(lag -> lagMillis.recordValue(Math.max(0, Math.min(lag, LONGEST_LAG_MILLIS))));
    }
  }

  private static long value(Gauge<?> gauge) {
    return ((Number) gauge.getValue()).longValue();
  }

  private Orders.Done look() throws Exception {
    Histogram lag = lagMillis.getIntervalHistogram();
    long listsBefore = lists;
    long lateBefore = late;
    long candidatesBefore = candidates;
    lists = sum(RankOperator.NAME, JobCounters.RECOMMENDATIONS);
    late = sum(USER_HISTORY, JobCounters.LATE);
    candidates = sum(RankOperator.NAME, CANDIDATES);
    EmbeddedFlink.Job running = job;
    List<TimeSpan> checkpoints = List.of();
    if (running != null) {
      checkpoints = running.checkpoints();
      stateBytes = running.checkpointBytes().orElse(stateBytes);
    }
    return new Orders.Done(
        lists - listsBefore,
        late - lateBefore,
        lists == listsBefore
            ? Double.NaN
            : (double) (candidates - candidatesBefore) / (lists - listsBefore),
        mean("rank_us"),
        mean("onnx_us"),
        lag.getTotalCount() == 0 ? "" : Latency.encode(lag),
        sumOfGauges("replica_items"),
        sumOfGauges("replica_bytes"),
        stateBytes,
        checkpoints);
  }

  private static long sum(String operator, String counter) {
    return JobMetrics.all().of(operator, counter, Counter.class).mapToLong(Counter::getCount).sum();
  }

  private static long sumOfGauges(String gauge) {
    return JobMetrics.all()
        .of(RankOperator.NAME, gauge, Gauge.class)
        .mapToLong(FlinkRole::value)
        .sum();
  }

  private static double mean(String histogram) {
    return JobMetrics.all()
        .of(RankOperator.NAME, histogram, org.apache.flink.metrics.Histogram.class)
        .filter(each -> each.getCount() > 0)
        .mapToDouble(each -> each.getStatistics().getMean())
        .average()
        .orElse(Double.NaN);
  }
}
