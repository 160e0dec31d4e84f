package dev.freshet.protocol.kafka;

import org.apache.kafka.common.KafkaException;

/** Kafka cannot be reached or refuses; the message gives the cause and the remedy. */
public final class KafkaConnectionException extends KafkaException {

  private static final long serialVersionUID = 1;

  KafkaConnectionException(String message, Throwable cause) {
    super(message, cause);
  }
}
