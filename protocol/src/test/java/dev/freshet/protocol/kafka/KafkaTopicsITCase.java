package dev.freshet.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.config.FreshetConfig;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.yaml.ConfigurationException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaTopicsITCase {

  @TempDir private Path folder;
  private EmbeddedKafka kafka;
  private FreshetConfig config;

  @BeforeEach
  void startKafka() throws Exception {
    kafka = EmbeddedKafka.start(folder);
    config = FreshetConfig.of(Map.of("kafka.bootstrap-servers", kafka.bootstrapServers()));
    for (String topic :
        List.of(
            "user-actions",
            "item-updates",
            "recommendation-requests",
            "recommendations",
            "shadow-recommendations",
            "evaluation")) {
      kafka.createTopic(topic, 2, Map.of());
    }
  }

  @AfterEach
  void stopKafka() {
    kafka.close();
  }

  @Test
  void tellsPartitionsAndHowLargeADeadLetterMayBe() throws Exception {
    kafka.createTopic("models", 1, Map.of());
    kafka.createTopic("dead-letters", 1, Map.of("max.message.bytes", "123456"));
    KafkaTopics topics = KafkaTopics.check(config);
    assertThat(topics.partitions("user-actions")).isEqualTo(2);
    assertThat(topics.maxDeadLetterBytes()).isEqualTo(123_456);
  }

  @Test
  void modelsHaveOnePartition() throws Exception {
    kafka.createTopic("models", 3, Map.of());
    kafka.createTopic("dead-letters", 1, Map.of());
    assertThatThrownBy(() -> KafkaTopics.check(config))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(
            "default of topics.models", "'models'", "has 3 partitions", "--partitions 1");
  }

  @Test
  void learningNeedsTopicsOfItsOwn() throws Exception {
    assertThatThrownBy(() -> KafkaTopics.checkForLearning(config))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(
            "there is no topic 'training-examples'",
            "--create --topic training-rounds --partitions 1 --config cleanup.policy=compact");
    kafka.createTopic("training-examples", 3, Map.of());
    kafka.createTopic("training-rounds", 1, Map.of());
    kafka.createTopic("models", 1, Map.of());
    kafka.createTopic("dead-letters", 1, Map.of());
    KafkaTopics topics = KafkaTopics.checkForLearning(config);
    assertThat(topics.partitions("training-examples")).isEqualTo(3);
  }

  @Test
  void roundsHaveOnePartition() {
    for (String topic : List.of("training-examples", "training-rounds", "dead-letters")) {
      kafka.createTopic(topic, 2, Map.of());
    }
    kafka.createTopic("models", 1, Map.of());
    assertThatThrownBy(() -> KafkaTopics.checkForLearning(config))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(
            "default of topics.training-rounds", "has 2 partitions", "the order of rounds");
  }

  @Test
  void allMissingTopicsAreTold() {
    assertThatThrownBy(() -> KafkaTopics.check(config))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(
            "there is no topic 'dead-letters'",
            "--create --topic dead-letters --partitions 1 --config max.message.bytes=",
            "there is no topic 'models'",
            "--create --topic models --partitions 1 --config cleanup.policy=compact");
  }
}
