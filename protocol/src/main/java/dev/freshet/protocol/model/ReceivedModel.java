package dev.freshet.protocol.model;

import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ModelRecord;

/** A record of the topic {@code models} as it was read; whether it is any good is not known yet. */
public class ReceivedModel {

  /** The record's time in Kafka, in epoch milliseconds: its event time. */
  public long time;

  /** The record's offset in Kafka. */
  public long offset;

  /** The record's key; null if it had none. */
  public String key;

  public ModelRecord record;

  /** What becomes of it if it is refused: all but reason and error, which may be begun. */
  public DeadLetter letter;

  public ReceivedModel() {}
}
