package dev.freshet.jobs.model;

import dev.freshet.protocol.model.ModelKeys;
import dev.freshet.protocol.model.ReceivedModel;
import dev.freshet.ranking.PublishedModels;
import dev.freshet.schema.ModelRecord;

/** Records of the topic {@code models}, for tests. */
public final class ReceivedModels {

  private ReceivedModels() {}

  /** As it is read from Kafka, with the right key. */
  public static ReceivedModel received(ModelRecord record) {
    ReceivedModel received = new ReceivedModel();
    received.time = PublishedModels.TIME.toEpochMilli();
    received.key = ModelKeys.of(record);
    received.record = record;
    return received;
  }
}
