package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;
import dev.freshet.features.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** {@code last-n}: a field of the newest events that have it, newest first. */
public final class LastNType implements FeatureType {
  private static final int USUAL_SIZE = 10;
  private static final int MAX_SIZE = 1_000;

  @Override
  public String name() {
    return "last-n";
  }

  @Override
  public String description() {
    return "A field of the newest actions that have it, newest first.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    return new LastN(
        parameters.requiredField("Name what is remembered, such as item."),
        parameters.wholeNumber("size", USUAL_SIZE, 1, MAX_SIZE),
        parameters.flag("distinct", false));
  }

  private record LastN(EventField field, int size, boolean distinct) implements Aggregation {
    @Override
    public ValueType valueType() {
      return ValueType.TEXTS;
    }

    @Override
    public boolean takes(FeatureEvent event) {
      return event.isAction() && field.count(event) > 0;
    }

    @Override
    public List<EventField> fields() {
      return List.of(field);
    }

    @Override
    public Accumulator newAccumulator() {
      return new Recent(this);
    }
  }

  /**
   * The newest entries, ordered by falling time, then falling tie-break, then rising text, by code
   * point: so are the texts of one event. The upper half of the tie-break is enough: where it is
   * the same for two events of one millisecond, the texts decide, so the order is still the same
   * everywhere.
   */
  private static final class Recent implements Accumulator {
    private static final int TIME = 0;
    private static final int TIE = 1;

    private final EventField field;
    private final int limit;
    private final boolean distinct;
    private final TextEntries entries = new TextEntries(2);

    Recent(LastN lastN) {
      field = lastN.field;
      limit = lastN.size;
      distinct = lastN.distinct;
    }

    @Override
    public void clear() {
      entries.clear();
    }

    @Override
    public boolean isEmpty() {
      return entries.size() == 0;
    }

    @Override
    public void add(FeatureEvent event) {
      if (isFull() && event.time < time(limit - 1)) {
        return;
      }
      long tie = event.tieBreak() >> Integer.SIZE;
      int count = field.count(event);
      for (int i = 0; i < count; i++) {
        entries.seek(field.text(event, i));
        put(event.time, tie);
      }
    }

    @Override
    public void merge(Accumulator other) {
      TextEntries from = ((Recent) other).entries;
      for (int i = 0; i < from.size(); i++) {
        entries.seek(from, i);
        put(from.numbers()[from.at(i) + TIME], from.numbers()[from.at(i) + TIE]);
      }
    }

    /** Puts the sought text where it belongs, if it does. */
    private void put(long time, long tie) {
      int place = 0;
      while (place < entries.size() && isAfter(place, time, tie)) {
        if (distinct && entries.compare(place) == 0) {
          return;
        }
        place++;
      }
      if (place == limit) {
        return;
      }
      if (distinct) {
        removeOlder(place);
      }
      if (isFull()) {
        entries.remove(limit - 1);
      }
      entries.insert(place);
      entries.numbers()[entries.at(place) + TIME] = time;
      entries.numbers()[entries.at(place) + TIE] = tie;
    }

    private void removeOlder(int place) {
      for (int i = place; i < entries.size(); i++) {
        if (entries.compare(i) == 0) {
          entries.remove(i);
          return;
        }
      }
    }

    /** Whether what is at a place stays before an entry with the sought text. */
    private boolean isAfter(int place, long time, long tie) {
      if (time(place) != time) {
        return time(place) > time;
      }
      long tieThere = entries.numbers()[entries.at(place) + TIE];
      return tieThere == tie ? entries.compare(place) >= 0 : tieThere > tie;
    }

    private boolean isFull() {
      return entries.size() == limit;
    }

    private long time(int index) {
      return entries.numbers()[entries.at(index) + TIME];
    }

    /** Number of entries; for each, the time back from the one before it, tie-break, and text. */
    @Override
    public void write(ByteWriter out) {
      out.writeVarint(entries.size());
      long before = 0;
      for (int i = 0; i < entries.size(); i++) {
        if (i == 0) {
          out.writeSigned(time(i));
        } else {
          out.writeVarint(before - time(i));
        }
        before = time(i);
        out.writeInt((int) entries.numbers()[entries.at(i) + TIE]);
        entries.write(i, out);
      }
    }

    @Override
    public void read(ByteReader in) {
      entries.clear();
      int count = in.readLength();
      if (count > limit) {
        throw new FeatureLayoutException(count + " entries where there are at most " + limit);
      }
      long time = 0;
      for (int i = 0; i < count; i++) {
        time = i == 0 ? in.readSigned() : time - in.readVarint();
        int tie = in.readInt();
        entries.append(in);
        entries.numbers()[entries.at(i) + TIME] = time;
        entries.numbers()[entries.at(i) + TIE] = tie;
      }
      in.requireEnd();
    }

    @Override
    public Object valueAt(long time) {
      if (isEmpty()) {
        return null;
      }
      List<String> texts = new ArrayList<>(entries.size());
      for (int i = 0; i < entries.size(); i++) {
        texts.add(entries.text(i));
      }
      return Collections.unmodifiableList(texts);
    }
  }
}
