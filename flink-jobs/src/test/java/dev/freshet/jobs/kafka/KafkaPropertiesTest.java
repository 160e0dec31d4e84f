package dev.freshet.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.config.FreshetConfig;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class KafkaPropertiesTest {

  private static final String IN_FLIGHT = "max.in.flight.requests.per.connection";

  private static FreshetConfig config(String key, String value) {
    return FreshetConfig.of(Map.of(key, value));
  }

  @Test
  void liveOnlyWhatSomeoneWaitsForGoesOutAtOnce() {
    FreshetConfig live = config("time.mode", "live");

    assertThat(KafkaProperties.producer(live)).containsEntry("linger.ms", "0");
    assertThat(KafkaProperties.unhurriedProducer(live)).containsEntry("linger.ms", "50");
  }

  @Test
  void inAReplayNobodyWaits() {
    FreshetConfig replay = config("time.mode", "replay");

    assertThat(KafkaProperties.unhurriedProducer(replay))
        .isEqualTo(KafkaProperties.producer(replay))
        .containsEntry("linger.ms", "5");
  }

  @Test
  void howManyRequestsAreUnderWayIsTheUsersToSay() {
    Properties unsaid = KafkaProperties.producer(FreshetConfig.defaults());
    Properties said = KafkaProperties.producer(config("kafka.properties." + IN_FLIGHT, "5"));

    assertThat(unsaid).containsEntry(IN_FLIGHT, "2");
    assertThat(said).containsEntry(IN_FLIGHT, "5");
  }
}
