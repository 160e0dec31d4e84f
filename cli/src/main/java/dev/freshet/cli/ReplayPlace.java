package dev.freshet.cli;

import dev.freshet.cli.EmbeddedParts.ReplayStack;
import dev.freshet.client.FreshetHome;
import dev.freshet.config.FreshetConfig;
import dev.freshet.replay.run.JobRunner;
import dev.freshet.replay.run.RestJobRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a replay runs: in this process, on given servers, or on a Flink cluster. */
final class ReplayPlace {

  private static final String JOB_JAR = "freshet-job.jar";

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      description =
          "Kafka to use instead of the embedded one; topics of the replay's own are made there.")
  private String kafka;

  @Option(
      names = "--redis",
      paramLabel = "HOST:PORT",
      description = "Redis to use instead of the embedded one, with keys of the replay's own.")
  private String redis;

  @Mixin private KafkaPropertiesOption kafkaProperties;

  @Option(
      names = "--flink",
      paramLabel = "HOST:PORT",
      description =
          "REST address of a Flink cluster to run on instead of the embedded Flink; needs --kafka"
              + " and --redis, which the cluster must reach under the same addresses.")
  private String flink;

  @Option(
      names = "--job-jar",
      paramLabel = "FILE",
      description = "The job for --flink. Default: the freshet-job.jar of this version.")
  private Path jobJar;

  boolean givenKafka() {
    return kafka != null;
  }

  boolean givenRedis() {
    return redis != null;
  }

  /**
   * Starts what was not given.
   *
   * @param parallelism of the job
   * @throws CommandException if something is missing
   */
  ReplayStack start(int parallelism, Console console) throws Exception {
    if (flink == null) {
      if (jobJar != null) {
        throw new CommandException("--job-jar is for --flink.");
      }
      return EmbeddedParts.find()
          .orElseThrow(
              () ->
                  new CommandException(
                      "There is no Flink in this distribution: name a cluster with --flink"
                          + " HOST:PORT, or run ./freshet replay in a checkout."))
          .startReplay(
              parallelism, Optional.ofNullable(kafka), Optional.ofNullable(redis), console);
    }
    if (kafka == null || redis == null) {
      throw new CommandException(
          "--flink needs --kafka and --redis: addresses that both this machine and the cluster"
              + " reach.");
    }
    return new ClusterStack(kafka, redis, dashboard(), new RestJobRunner(flink, jobJar()));
  }

  private String dashboard() {
    return flink.contains("://") ? flink : "http://" + flink;
  }

  /**
   * Finds the jar: it is in lib in the distribution, and in Maven's target folder in a checkout.
   */
  private Path jobJar() {
    if (jobJar != null) {
      return jobJar;
    }
    List<Path> places =
        List.of(
            Path.of(System.getProperty("freshet.lib", "lib"), JOB_JAR),
            FreshetHome.project().resolve("flink-jobs").resolve("target").resolve(JOB_JAR));
    return places.stream()
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                new CommandException(
                    "There is no %s: build it with ./mvnw -DskipTests package, or name it with --job-jar."
                        .formatted(places.get(1))));
  }

  /** Addresses, and topics and keys of the replay's own on servers that were given. */
  Map<String, String> overrides(ReplayStack stack) {
    Map<String, String> overrides = new HashMap<>();
    overrides.put("kafka.bootstrap-servers", stack.kafka());
    overrides.put("redis.address", stack.redis());
    String own = "freshet-replay-" + Long.toString(System.currentTimeMillis(), 36);
    if (redis != null) {
      overrides.put("redis.key-prefix", own);
    }
    if (kafka != null) {
      kafkaProperties.addTo(overrides);
      for (String topic : FreshetConfig.defaults().topics().byKey().keySet()) {
        overrides.put("topics." + topic, own + "-" + topic);
      }
    }
    return overrides;
  }

  private record ClusterStack(String kafka, String redis, String dashboard, RestJobRunner cluster)
      implements ReplayStack {

    @Override
    public JobRunner runner() {
      return cluster;
    }

    @Override
    public void close() throws InterruptedException {
      cluster.close();
    }
  }
}
