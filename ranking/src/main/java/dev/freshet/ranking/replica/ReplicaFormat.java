package dev.freshet.ranking.replica;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The format of a replica's snapshot: for each structure, what is written and, beside it, how it is
 * read. Derived data is not written. Structures that are read into must be empty.
 *
 * <p>Facts, stored numbers and attributes are written by name: those that the reading replica does
 * not keep are skipped, and those that the snapshot does not have stay empty until the item's next
 * change. Any other difference needs another {@link #VERSION}.
 */
final class ReplicaFormat {

  static final int VERSION = 7;

  private static final int NO_TEXT = 0;
  private static final int LATIN_1 = 1;
  private static final int UTF_16 = 2;

  private ReplicaFormat() {}

  // The whole.

  static void write(DataOutput out, ReplicaImage image) throws IOException {
    int numbers = image.numbers();
    out.writeByte(VERSION);
    writeIndex(out, image.index());
    writeFacts(out, image.facts(), image.storedNames(), numbers);
    writeAttributes(out, image.attributes(), numbers);
    writeMoment(out, image.moment());
    writeNeighbours(out, image.visits().transitions(), numbers);
    writeNeighbours(out, image.visits().covisits(), numbers);
    writeSessions(out, image.visits().sessions(), numbers);
    writeVectors(out, image.visits().vectors(), numbers);
  }

  /**
   * Reads what {@link #write} wrote into the structures of an empty replica.
   *
   * @return where the replica stood
   */
  static ReplicaImage.Moment read(DataInput in, ItemReplica replica) throws IOException {
    int version = in.readByte();
    if (version != VERSION) {
      throw new IOException(
          "The checkpoint's item replica has format "
              + version
              + "; this version reads format "
              + VERSION
              + ". Restore with the version that wrote it, or start without state.");
    }
    readIndex(in, replica.index());
    int numbers = replica.numbers();
    replica.ensureItems(numbers);
    readFacts(in, replica.itemFacts(), replica.storedNames(), numbers);
    readAttributes(in, replica.attributes(), numbers);
    ReplicaImage.Moment moment = readMoment(in);
    readNeighbours(in, replica.transitions(), numbers);
    readNeighbours(in, replica.covisits(), numbers);
    readSessions(in, replica.sessions(), numbers);
    readVectors(in, replica.vectors(), numbers);
    return moment;
  }

  // Names: count, then each.

  private static void writeNames(DataOutput out, List<String> names) throws IOException {
    out.writeInt(names.size());
    for (String name : names) {
      out.writeUTF(name);
    }
  }

  private static List<String> readNames(DataInput in) throws IOException {
    List<String> names = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      names.add(in.readUTF());
    }
    return names;
  }

  // Facts: names of facts, names of stored numbers, then for each item the values of both.

  private static void writeFacts(
      DataOutput out, ItemFacts facts, List<String> storedNames, int items) throws IOException {
    List<String> names = new ArrayList<>();
    List<LongColumn> written = new ArrayList<>();
    for (ItemFact fact : ItemFact.values()) {
      if (fact.isWritten()) {
        names.add(fact.name());
        written.add(facts.column(fact));
      }
    }
    LongColumn[] columns = written.toArray(LongColumn[]::new);
    writeNames(out, names);
    writeNames(out, storedNames);
    for (int item = 0; item < items; item++) {
      for (LongColumn column : columns) {
        out.writeLong(column.get(item));
      }
      out.writeBoolean(facts.deleted(item));
      for (int place = 0; place < facts.storedPerItem(); place++) {
        out.writeFloat(facts.stored(item, place));
      }
    }
  }

  private static void readFacts(DataInput in, ItemFacts facts, List<String> storedNames, int items)
      throws IOException {
    List<String> names = readNames(in);
    LongColumn[] columns = new LongColumn[names.size()]; // null: not kept any more
    for (ItemFact fact : ItemFact.values()) {
      if (names.contains(fact.name())) {
        columns[names.indexOf(fact.name())] = facts.column(fact);
      }
    }
    int[] places = readNames(in).stream().mapToInt(storedNames::indexOf).toArray();
    for (int item = 0; item < items; item++) {
      for (LongColumn column : columns) {
        long value = in.readLong();
        if (column != null) {
          column.set(item, value);
        }
      }
      facts.setDeleted(item, in.readBoolean());
      for (int place : places) {
        float number = in.readFloat();
        if (place >= 0) {
          facts.setStored(item, place, number);
        }
      }
    }
  }

  // Texts with their numbers, then the numbers that are free.

  static void writeIndex(DataOutput out, ItemIndex index) throws IOException {
    out.writeInt(index.numbers());
    for (int number = 0; number < index.numbers(); number++) {
      writeText(out, index.id(number));
    }
    out.writeInt(index.releasedCount());
    for (int place = 0; place < index.releasedCount(); place++) {
      out.writeInt(index.released(place));
    }
  }

  static void readIndex(DataInput in, ItemIndex index) throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      index.restore(readText(in));
    }
    for (int left = in.readInt(); left > 0; left--) {
      index.release(in.readInt());
    }
  }

  private static void writeText(DataOutput out, String text) throws IOException {
    if (text == null) {
      out.writeByte(NO_TEXT);
    } else if (HeapSize.isLatin1(text)) {
      out.writeByte(LATIN_1);
      out.writeInt(text.length());
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    } else {
      // Not as UTF-8, which has no place for half a surrogate pair.
      out.writeByte(UTF_16);
      out.writeInt(text.length());
      out.writeChars(text);
    }
  }

  private static String readText(DataInput in) throws IOException {
    byte encoding = in.readByte();
    if (encoding == NO_TEXT) {
      return null;
    }
    int length = in.readInt();
    if (encoding == LATIN_1) {
      byte[] bytes = new byte[length];
      in.readFully(bytes);
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
    char[] chars = new char[length];
    for (int at = 0; at < length; at++) {
      chars[at] = in.readChar();
    }
    return new String(chars);
  }

  // Attributes: count, then of each its name, its values, and the values of each item.

  private static void writeAttributes(DataOutput out, List<ItemAttribute> attributes, int items)
      throws IOException {
    out.writeInt(attributes.size());
    for (ItemAttribute attribute : attributes) {
      out.writeUTF(attribute.name());
      writeIndex(out, attribute.values());
      for (int item = 0; item < items; item++) {
        int count = attribute.count(item);
        out.writeInt(count);
        for (int place = 0; place < count; place++) {
          out.writeInt(attribute.value(item, place));
        }
      }
    }
  }

  private static void readAttributes(DataInput in, ItemAttribute[] attributes, int items)
      throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      String name = in.readUTF();
      ItemAttribute attribute = null; // not kept any more
      for (ItemAttribute each : attributes) {
        attribute = each.name().equals(name) ? each : attribute;
      }
      readIndex(in, attribute == null ? new ItemIndex() : attribute.values());
      int[] values = new int[0];
      for (int item = 0; item < items; item++) {
        int count = in.readInt();
        values = count > values.length ? new int[count] : values;
        for (int place = 0; place < count; place++) {
          values[place] = in.readInt();
        }
        if (attribute != null) {
          attribute.restore(item, values, count);
        }
      }
    }
  }

  // Where the replica stood.

  private static void writeMoment(DataOutput out, ReplicaImage.Moment moment) throws IOException {
    out.writeLong(moment.latestChange());
    out.writeLong(moment.evictions());
    out.writeInt(moment.purged());
    out.writeInt(moment.leaving().length);
    for (int item : moment.leaving()) {
      out.writeInt(item);
    }
    out.writeLong(moment.shortLandmark());
    out.writeLong(moment.longLandmark());
    out.writeLong(moment.neighbourLandmark());
  }

  private static ReplicaImage.Moment readMoment(DataInput in) throws IOException {
    long latestChange = in.readLong();
    long evictions = in.readLong();
    int purged = in.readInt();
    int[] leaving = new int[in.readInt()];
    for (int place = 0; place < leaving.length; place++) {
      leaving[place] = in.readInt();
    }
    return new ReplicaImage.Moment(
        latestChange, evictions, purged, leaving, in.readLong(), in.readLong(), in.readLong());
  }

  // Neighbours: of each item the total, how many there are, then each with its weight.

  static void writeNeighbours(DataOutput out, NeighbourLists lists, int items) throws IOException {
    for (int item = 0; item < items; item++) {
      int size = lists.size(item);
      out.writeDouble(lists.total(item));
      out.writeInt(size);
      if (size > 0) {
        int[] neighbours = lists.neighbours(item);
        double[] weights = lists.weights(item);
        int from = lists.from(item);
        for (int at = from; at < from + size; at++) {
          out.writeInt(neighbours[at]);
          out.writeDouble(weights[at]);
        }
      }
    }
  }

  static void readNeighbours(DataInput in, NeighbourLists lists, int items) throws IOException {
    lists.ensureItems(items);
    for (int item = 0; item < items; item++) {
      double total = in.readDouble();
      int size = in.readInt();
      lists.restore(item, total, size);
      if (size > 0) {
        int[] neighbours = lists.neighbours(item);
        double[] weights = lists.weights(item);
        int from = lists.from(item);
        for (int at = from; at < from + size; at++) {
          neighbours[at] = in.readInt();
          weights[at] = in.readDouble();
        }
      }
    }
  }

  // Sessions: how many are kept and have begun, each; how many each item was in, and which.

  static void writeSessions(DataOutput out, SessionLog log, int items) throws IOException {
    out.writeInt(log.slots());
    out.writeLong(log.begun());
    for (int slot = 0; slot < Math.min(log.begun(), log.slots()); slot++) {
      int end = log.endOfItems(slot);
      out.writeLong(log.user(slot));
      out.writeLong(log.lastTime(slot));
      out.writeInt(end - log.firstItem(slot));
      for (int at = log.firstItem(slot); at < end; at++) {
        out.writeInt(log.record(slot)[at]);
      }
    }
    for (int item = 0; item < items; item++) {
      out.writeInt(log.sessionCount(item));
    }
    writeLists(out, log.sessionsOfItem(), items);
  }

  static void readSessions(DataInput in, SessionLog log, int items) throws IOException {
    log.ensureItems(items);
    int slots = in.readInt();
    if (slots != log.slots()) {
      throw new IOException(
          "The checkpoint keeps "
              + slots
              + " sessions and the configuration says "
              + log.slots()
              + ". Restore with as many as it was written with, or start without state.");
    }
    log.restoreBegun(in.readLong());
    for (int slot = 0; slot < Math.min(log.begun(), slots); slot++) {
      long user = in.readLong();
      long lastTime = in.readLong();
      log.restoreSession(slot, user, lastTime, in.readInt());
      int end = log.endOfItems(slot);
      for (int at = log.firstItem(slot); at < end; at++) {
        log.record(slot)[at] = in.readInt();
      }
    }
    for (int item = 0; item < items; item++) {
      log.restoreSessionCount(item, in.readInt());
    }
    readLists(in, log.sessionsOfItem(), items);
  }

  // Vectors: of each item the exponent and, unless the vector is zero, its floats; the buckets.

  static void writeVectors(DataOutput out, ItemVectors vectors, int items) throws IOException {
    for (int item = 0; item < items; item++) {
      int exponent = vectors.exponent(item);
      out.writeInt(exponent);
      if (exponent != ItemVectors.ZERO) {
        float[] values = vectors.values(item);
        int from = ItemVectors.from(item);
        for (int at = from; at < from + ItemVectors.DIMENSIONS; at++) {
          out.writeFloat(values[at]);
        }
      }
    }
    writeLists(out, vectors.buckets(), ItemVectors.ALL_BUCKETS);
  }

  static void readVectors(DataInput in, ItemVectors vectors, int items) throws IOException {
    vectors.ensureItems(items);
    for (int item = 0; item < items; item++) {
      int exponent = in.readInt();
      if (exponent != ItemVectors.ZERO) {
        float[] values = vectors.values(item);
        int from = ItemVectors.from(item);
        for (int at = from; at < from + ItemVectors.DIMENSIONS; at++) {
          values[at] = in.readFloat();
        }
        vectors.restore(item, exponent);
      }
    }
    readLists(in, vectors.buckets(), ItemVectors.ALL_BUCKETS);
  }

  // Lists of numbers: the length of each, then its numbers.

  private static void writeLists(DataOutput out, RecencyLists lists, int count) throws IOException {
    for (int list = 0; list < count; list++) {
      int size = lists.size(list);
      out.writeShort(size);
      if (size > 0) {
        int[] values = lists.array(list);
        int from = lists.from(list);
        for (int at = from; at < from + size; at++) {
          out.writeInt(values[at]);
        }
      }
    }
  }

  private static void readLists(DataInput in, RecencyLists lists, int count) throws IOException {
    lists.ensure(count);
    for (int list = 0; list < count; list++) {
      int size = in.readShort();
      if (size > 0) {
        lists.restore(list, size);
        int[] values = lists.array(list);
        int from = lists.from(list);
        for (int at = from; at < from + size; at++) {
          values[at] = in.readInt();
        }
      }
    }
  }
}
