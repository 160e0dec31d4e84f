package dev.freshet.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;

/** Kafka. */
final class BrokerRole implements Role {

  private final EmbeddedKafka kafka;

  BrokerRole(Path folder) throws IOException {
    kafka = EmbeddedKafka.start(folder);
  }

  @Override
  public Object handle(String command, JsonNode arguments) {
    if (command.equals("address")) {
      return kafka.bootstrapServers();
    }
    throw new IllegalArgumentException("a broker can't " + command);
  }
}
