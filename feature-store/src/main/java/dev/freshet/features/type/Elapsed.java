package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;

/**
 * Milliseconds since the newest event, or since the oldest. As of a time before it, 0: never a
 * negative duration. Its bytes are the event's time.
 */
final class Elapsed implements Accumulator {
  private final boolean sinceNewest;
  private boolean empty = true;
  private long start;

  Elapsed(boolean sinceNewest) {
    this.sinceNewest = sinceNewest;
  }

  @Override
  public void clear() {
    empty = true;
  }

  @Override
  public boolean isEmpty() {
    return empty;
  }

  @Override
  public void add(FeatureEvent event) {
    take(event.time);
  }

  @Override
  public void merge(Accumulator other) {
    Elapsed from = (Elapsed) other;
    if (!from.empty) {
      take(from.start);
    }
  }

  private void take(long time) {
    if (empty || (sinceNewest ? time > start : time < start)) {
      start = time;
    }
    empty = false;
  }

  @Override
  public void write(ByteWriter out) {
    out.writeSigned(start);
  }

  @Override
  public void read(ByteReader in) {
    start = in.readSigned();
    in.requireEnd();
    empty = false;
  }

  @Override
  public Object valueAt(long time) {
    return empty ? null : Math.max(0, time - start);
  }

  @Override
  public double numberAt(long time) {
    return empty ? Double.NaN : Math.max(0, time - start);
  }
}
