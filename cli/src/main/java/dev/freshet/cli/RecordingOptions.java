package dev.freshet.cli;

import dev.freshet.config.FreshetConfig;
import dev.freshet.protocol.event.EventRules;
import dev.freshet.replay.reader.ColumnMapping;
import dev.freshet.replay.reader.EventTimeUnit;
import dev.freshet.replay.reader.FileFormat;
import dev.freshet.replay.reader.ItemsFile;
import dev.freshet.replay.reader.MetarankEvents;
import dev.freshet.replay.reader.ReadOptions;
import dev.freshet.replay.reader.RecordedEvents;
import dev.freshet.replay.reader.Recording;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ItemUpdate;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How files of recorded events are read: options of several commands. */
final class RecordingOptions {

  @Option(
      names = "--items",
      paramLabel = "FILE",
      description = "Catalog of items, csv or jsonl: the item's id and its attributes.")
  private Path items;

  @Option(
      names = "--items-map",
      paramLabel = "FIELD=COLUMN",
      description =
          "Which columns of --items hold item and, if any, time. Default: the usual names.")
  private String itemsMap;

  @Option(
      names = "--format",
      paramLabel = "csv|jsonl|avro|metarank",
      description =
          "Format of the events; metarank: Metarank's, with items and the lists that were shown."
              + " Default: by the file's name.")
  private String format;

  @Option(
      names = "--map",
      paramLabel = "FIELD=COLUMN",
      description =
          "Which columns hold user, item, time, action, id, session and value, such as"
              + " user=uid,time=ts. Default: the usual names.")
  private String map;

  @Option(
      names = "--time-unit",
      paramLabel = "s|ms|iso",
      description = "Unit of the time column. Default: guessed, and told.")
  private String timeUnit;

  @Option(
      names = "--default-action",
      paramLabel = "ACTION",
      defaultValue = "view",
      description = "Kind of the actions of records that don't say. Default: ${DEFAULT-VALUE}.")
  private String defaultAction;

  /**
   * Reads the files and says what they were taken for.
   *
   * @param console where that is said
   */
  Recording read(List<Path> files, PrintWriter console) throws IOException {
    List<DeadLetter> unreadable = new ArrayList<>();
    if (MetarankEvents.FORMAT.equalsIgnoreCase(format)) {
      return readMetarank(files, unreadable, console);
    }
    ReadOptions options =
        new ReadOptions(
            Optional.ofNullable(format).map(FileFormat::parse),
            map == null ? ColumnMapping.usual() : ColumnMapping.parse(map),
            Optional.ofNullable(timeUnit).map(EventTimeUnit::parse),
            defaultAction);
    RecordedEvents actions = RecordedEvents.read(files, options, unreadable::add);
    actions.notes().forEach(console::println);
    List<ItemUpdate> updates = new ArrayList<>();
    readItems(actions, updates, unreadable);
    console.printf(
        Locale.ROOT,
        "Read %,d actions, %,d items, %,d records that cannot be read%n",
        actions.size(),
        updates.size(),
        unreadable.size());
    return new Recording(actions, updates, unreadable);
  }

  private Recording readMetarank(List<Path> files, List<DeadLetter> unreadable, PrintWriter console)
      throws IOException {
    if (map != null || timeUnit != null) {
      throw new CommandException(
          "--map and --time-unit are for files of other formats: with --format metarank the fields"
              + " have their names.");
    }
    MetarankEvents events = MetarankEvents.read(files, unreadable::add);
    events.actions().notes().forEach(console::println);
    List<ItemUpdate> updates = new ArrayList<>(events.items());
    readItems(events.actions(), updates, unreadable);
    console.printf(
        Locale.ROOT,
        "Read %,d actions, %,d rankings, %,d items, %,d records that cannot be read%n",
        events.actions().size(),
        events.rankings().size(),
        updates.size(),
        unreadable.size());
    return new Recording(events.actions(), updates, unreadable, events.rankings());
  }

  private void readItems(
      RecordedEvents actions, List<ItemUpdate> updates, List<DeadLetter> unreadable)
      throws IOException {
    if (items != null) {
      ItemsFile.read(
          items,
          Optional.empty(),
          itemsMap == null ? ColumnMapping.usual() : ColumnMapping.parse(itemsMap),
          Optional.empty(),
          beforeFirst(actions),
          updates::add,
          unreadable::add);
    }
  }

  /** The catalog holds from just before the first action that the job will take. */
  private static Instant beforeFirst(RecordedEvents actions) {
    EventRules rules = EventRules.of(FreshetConfig.defaults().events());
    Clock clock = Clock.systemUTC();
    return actions
        .firstEventTime(action -> rules.accept(action, clock))
        .map(first -> first.minusMillis(1))
        .orElse(Instant.EPOCH);
  }
}
