package dev.freshet.replay.reader;

import dev.freshet.schema.DeadLetter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/** Turns rejected records into dead letters, and counts them. */
final class Rejects {
  private final Instant readTime = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private final Consumer<DeadLetter> deadLetters;
  private final Map<UnreadableReason, Long> counts = new EnumMap<>(UnreadableReason.class);

  Rejects(Consumer<DeadLetter> deadLetters) {
    this.deadLetters = deadLetters;
  }

  void reject(Path file, RecordPosition record, UnreadableRecordException why) {
    counts.merge(why.reason(), 1L, Long::sum);
    deadLetters.accept(
        new DeadLetter(
            why.reason().name(),
            record.place() + ": " + why.getMessage(),
            file.getFileName().toString(),
            -1,
            record.offset(),
            readTime,
            null,
            ByteBuffer.wrap(record.raw())));
  }

  Map<UnreadableReason, Long> counts() {
    return counts;
  }
}
