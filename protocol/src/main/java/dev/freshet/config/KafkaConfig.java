package dev.freshet.config;

import dev.freshet.yaml.Secret;
import dev.freshet.yaml.Suggestion;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * How Kafka is reached.
 *
 * @param bootstrapServers host:port of some brokers, separated by commas
 * @param properties further client properties, such as {@code security.protocol}, for every client
 *     of the job; never printed, since some are passwords
 * @param groupId the consumer group whose offsets are committed
 */
public record KafkaConfig(String bootstrapServers, Map<String, Secret> properties, String groupId)
    implements Section, Serializable {
  /** Properties that are refused, and what to do instead. */
  static final Map<String, String> SET_BY_THE_JOB =
      Map.ofEntries(
          Map.entry("bootstrap.servers", "Use kafka.bootstrap-servers."),
          Map.entry("group.id", "Use kafka.group-id."),
          Map.entry("acks", "Remove it: sink.delivery decides."),
          Map.entry("enable.idempotence", "Remove it: sink.delivery decides."),
          Map.entry("transactional.id", "Remove it: sink.delivery decides."),
          Map.entry("client.id", "Use job.name."),
          Map.entry("client.id.prefix", "Use job.name."),
          Map.entry("linger.ms", "Remove it: time.mode decides between latency and throughput."),
          Map.entry("batch.size", "Remove it: time.mode decides between latency and throughput."),
          Map.entry("fetch.min.bytes", "Remove it: a record is read as soon as it is there."),
          Map.entry("max.request.size", "Remove it: a dead letter must hold a whole record."),
          Map.entry(
              "transaction.timeout.ms", "Remove it: it must outlast a checkpoint and a restart."),
          Map.entry(
              "partition.discovery.interval.ms",
              "Remove it: restart the job when a topic gets more partitions."),
          Map.entry("isolation.level", "Remove it: only committed records are read."),
          Map.entry("auto.offset.reset", "Remove it: the job decides where reading starts."),
          Map.entry("enable.auto.commit", "Remove it: offsets are committed with checkpoints."),
          Map.entry("key.serializer", "Remove it: the job writes the records."),
          Map.entry("value.serializer", "Remove it: the job writes the records."),
          Map.entry("key.deserializer", "Remove it: the job reads the records."),
          Map.entry("value.deserializer", "Remove it: the job reads the records."));

  public KafkaConfig {
    properties = Section.inOrder(properties);
  }

  static KafkaConfig defaults() {
    return new KafkaConfig("localhost:9092", Map.of(), "freshet");
  }

  /** The properties and the servers, to start a client's properties from. */
  public Properties clientProperties() {
    Properties all = new Properties();
    properties.forEach((key, value) -> all.setProperty(key, value.reveal()));
    all.setProperty("bootstrap.servers", bootstrapServers);
    return all;
  }

  @Override
  public void check(Check check) {
    check.require(
        Stream.of(bootstrapServers.split(",", -1))
            .allMatch(server -> Check.isHostAndPort(server.strip())),
        "is not a list of host:port",
        "Write for example broker-1:9092,broker-2:9092.",
        "bootstrap-servers");
    check.require(
        groupId.length() <= 249, "is too long", "Write at most 249 characters.", "group-id");
    Set<String> known = new TreeSet<>(ConsumerConfig.configNames());
    known.addAll(ProducerConfig.configNames());
    for (String property : properties.keySet()) {
      String key = "properties." + property;
      check.require(
          !SET_BY_THE_JOB.containsKey(property),
          "is set by the job itself",
          SET_BY_THE_JOB.getOrDefault(property, ""),
          key);
      // Interceptors and login modules bring keys of their own, so only a near miss is wrong.
      Optional<String> meant =
          known.contains(property) ? Optional.empty() : Suggestion.closest(property, known);
      check.require(
          meant.isEmpty(),
          "is not a property of a Kafka client",
          "Did you mean " + meant.orElse("") + "?",
          key);
    }
  }
}
