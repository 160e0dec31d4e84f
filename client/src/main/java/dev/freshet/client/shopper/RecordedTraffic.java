package dev.freshet.client.shopper;

import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.UserAction;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * A recording of {@link Shoppers} in simulated time whom nothing was recommended to: something to
 * train on and to replay. The same arguments give the same bytes.
 *
 * @param items the catalog and the new items, in order of event time
 * @param actions in order of event time
 */
public record RecordedTraffic(List<ItemUpdate> items, List<UserAction> actions) {
  private static final List<String> ATTRIBUTES =
      List.of("title", "category", "line", "brand", "price_eur");

  public RecordedTraffic {
    items = List.copyOf(items);
    actions = List.copyOf(actions);
  }

  /**
   * @param actions how many actions
   * @param startMillis milliseconds since 1970-01-01T00:00:00Z
   * @param actionsPerSecond of all shoppers together, on average
   */
  public static RecordedTraffic generate(
      long seed, int actions, long startMillis, double actionsPerSecond) {
    return generate(Shoppers.Settings.of(seed, actionsPerSecond), actions, startMillis);
  }

  /** Generates traffic like the method above, with another number of users or items. */
  public static RecordedTraffic generate(
      Shoppers.Settings settings, int actions, long startMillis) {
    Shoppers shoppers = new Shoppers(settings, startMillis);
    List<ItemUpdate> items = new ArrayList<>(shoppers.catalog());
    List<UserAction> recorded = new ArrayList<>(actions);
    for (int i = 0; i < actions; i++) {
      Shoppers.Step step = shoppers.next(shoppers.nextDueMillis());
      items.addAll(step.newItems());
      recorded.add(step.action());
    }
    return new RecordedTraffic(items, recorded);
  }

  /**
   * Writes the actions as CSV: user_id, item_id, action, timestamp (milliseconds since
   * 1970-01-01T00:00:00Z), session, event_id.
   */
  public void writeActionsCsv(Path file) throws IOException {
    try (CSVPrinter csv =
        csv(file, "user_id", "item_id", "action", "timestamp", "session", "event_id")) {
      for (UserAction action : actions) {
        csv.printRecord(
            action.getUser(),
            action.getItem(),
            action.getAction(),
            action.getEventTime().toEpochMilli(),
            action.getSession(),
            action.getEventId());
      }
    }
  }

  /** Writes the actions as an Avro object container file of {@link UserAction}. */
  public void writeActionsAvro(Path file) throws IOException {
    try (DataFileWriter<UserAction> avro =
        new DataFileWriter<>(new SpecificDatumWriter<>(UserAction.class))) {
      avro.setCodec(CodecFactory.deflateCodec(CodecFactory.DEFAULT_DEFLATE_LEVEL));
      // A fixed one: the file's bytes are to depend on its content alone.
      avro.create(UserAction.getClassSchema(), Files.newOutputStream(file), new byte[16]);
      for (UserAction action : actions) {
        avro.append(action);
      }
    }
  }

  /**
   * Writes the items as CSV: item_id, timestamp (from when they are in the shop, milliseconds since
   * 1970-01-01T00:00:00Z), then an attribute a column; several values of one are parted by "|".
   */
  public void writeItemsCsv(Path file) throws IOException {
    List<String> header = new ArrayList<>(List.of("item_id", "timestamp"));
    header.addAll(ATTRIBUTES);
    try (CSVPrinter csv = csv(file, header.toArray(String[]::new))) {
      for (ItemUpdate item : items) {
        List<String> row = new ArrayList<>();
        row.add(item.getItem());
        row.add(Long.toString(item.getEventTime().toEpochMilli()));
        for (String attribute : ATTRIBUTES) {
          row.add(String.join("|", item.getAttributes().getOrDefault(attribute, List.of())));
        }
        csv.printRecord(row);
      }
    }
  }

  private static CSVPrinter csv(Path file, String... header) throws IOException {
    BufferedWriter writer = Files.newBufferedWriter(file);
    return new CSVPrinter(
        writer, CSVFormat.DEFAULT.builder().setHeader(header).setRecordSeparator('\n').get());
  }
}
