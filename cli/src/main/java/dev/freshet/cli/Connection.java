package dev.freshet.cli;

import dev.freshet.client.RunningStack;
import dev.freshet.config.FreshetConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a command finds the Freshet that it looks at: options of several commands. */
final class Connection {

  private static final Path USUAL_FILE = Path.of("freshet.yaml");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration file. Default: a running demo, else ./freshet.yaml.")
  private Path file;

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      description = "Kafka's bootstrap servers, over those of the configuration.")
  private String kafka;

  @Mixin private KafkaPropertiesOption kafkaProperties;

  @Option(
      names = "--redis",
      paramLabel = "HOST:PORT",
      description = "Address of Redis, over that of the configuration.")
  private String redis;

  @Option(
      names = "--key-prefix",
      paramLabel = "PREFIX",
      description =
          "What the keys in Redis begin with, over that of the configuration: a replay with --redis"
              + " tells its own.")
  private String keyPrefix;

  /** Whether there is any hint where Freshet is, other than the defaults. */
  boolean isGiven() {
    return file != null
        || kafka != null
        || Files.exists(USUAL_FILE)
        || RunningStack.find().isPresent();
  }

  FreshetConfig config() {
    Map<String, String> overrides = new HashMap<>();
    Optional<RunningStack> running = file == null ? RunningStack.find() : Optional.empty();
    running.ifPresent(
        stack -> {
          overrides.put("kafka.bootstrap-servers", stack.kafka());
          overrides.put("redis.address", stack.redis());
        });
    if (kafka != null) {
      overrides.put("kafka.bootstrap-servers", kafka);
    }
    kafkaProperties.addTo(overrides);
    if (redis != null) {
      overrides.put("redis.address", redis);
    }
    if (keyPrefix != null) {
      overrides.put("redis.key-prefix", keyPrefix);
    }
    if (file != null) {
      return FreshetConfig.load(file, System.getenv(), overrides);
    }
    if (running.isEmpty() && Files.exists(USUAL_FILE)) {
      return FreshetConfig.load(USUAL_FILE, System.getenv(), overrides);
    }
    return FreshetConfig.of(overrides);
  }
}
