package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What the newest event says; of two of the same time, the one with the greater {@link
 * FeatureEvent#tieBreak}. Subclasses are what is kept of it.
 */
abstract class Newest implements Accumulator {
  private boolean empty = true;
  private long time;
  private long tieBreak;

  @Override
  public final void clear() {
    empty = true;
  }

  @Override
  public final boolean isEmpty() {
    return empty;
  }

  @Override
  public final void add(FeatureEvent event) {
    if (!empty && event.time < time) {
      return;
    }
    long tie = event.tieBreak();
    if (isOlderThan(event.time, tie)) {
      set(event.time, tie);
      take(event);
    }
  }

  @Override
  public final void merge(Accumulator other) {
    Newest from = (Newest) other;
    if (!from.empty && isOlderThan(from.time, from.tieBreak)) {
      set(from.time, from.tieBreak);
      take(from);
    }
  }

  private boolean isOlderThan(long otherTime, long otherTie) {
    return empty || otherTime > time || (otherTime == time && otherTie > tieBreak);
  }

  private void set(long newTime, long newTie) {
    empty = false;
    time = newTime;
    tieBreak = newTie;
  }

  @Override
  public final void write(ByteWriter out) {
    out.writeSigned(time);
    out.writeLong(tieBreak);
    writeContent(out);
  }

  @Override
  public final void read(ByteReader in) {
    set(in.readSigned(), in.readLong());
    readContent(in);
    in.requireEnd();
  }

  @Override
  public final Object valueAt(long readTime) {
    return empty ? null : value();
  }

  @Override
  public final double numberAt(long readTime) {
    return empty ? Double.NaN : number();
  }

  abstract void take(FeatureEvent event);

  /** Takes what another, of the same class, has. */
  abstract void take(Newest other);

  abstract void writeContent(ByteWriter out);

  abstract void readContent(ByteReader in);

  /** The value; null if the newest event has none. */
  abstract Object value();

  /** The value as a number; NaN if the newest event has none. */
  double number() {
    throw new UnsupportedOperationException(getClass() + " is not a number");
  }

  /** A field's texts. */
  static final class Texts extends Newest {
    private final EventField field;
    private final boolean all;
    private final TextEntries texts = new TextEntries(0);

    /**
     * @param all whether the value is all of the texts, or the first one
     */
    Texts(EventField field, boolean all) {
      this.field = field;
      this.all = all;
    }

    @Override
    void take(FeatureEvent event) {
      texts.clear();
      int count = field.count(event);
      for (int i = 0; i < (all ? count : Math.min(1, count)); i++) {
        texts.seek(field.text(event, i));
        texts.insert(i);
      }
    }

    @Override
    void take(Newest other) {
      TextEntries from = ((Texts) other).texts;
      texts.clear();
      for (int i = 0; i < from.size(); i++) {
        texts.seek(from, i);
        texts.insert(i);
      }
    }

    @Override
    void writeContent(ByteWriter out) {
      out.writeVarint(texts.size());
      for (int i = 0; i < texts.size(); i++) {
        texts.write(i, out);
      }
    }

    @Override
    void readContent(ByteReader in) {
      texts.clear();
      for (int left = in.readLength(); left > 0; left--) {
        texts.append(in);
      }
    }

    @Override
    Object value() {
      if (texts.size() == 0) {
        return null;
      }
      if (!all) {
        return texts.text(0);
      }
      List<String> value = new ArrayList<>(texts.size());
      for (int i = 0; i < texts.size(); i++) {
        value.add(texts.text(i));
      }
      return Collections.unmodifiableList(value);
    }
  }

  /** A field as a number. */
  static final class Number extends Newest {
    private final EventField field;
    private double number;

    Number(EventField field) {
      this.field = field;
    }

    @Override
    void take(FeatureEvent event) {
      number = field.number(event);
    }

    @Override
    void take(Newest other) {
      number = ((Number) other).number;
    }

    /** No bytes for no number. */
    @Override
    void writeContent(ByteWriter out) {
      if (!Double.isNaN(number)) {
        out.writeDouble(number);
      }
    }

    @Override
    void readContent(ByteReader in) {
      number = in.hasRemaining() ? in.readDouble() : Double.NaN;
    }

    @Override
    Object value() {
      return Double.isNaN(number) ? null : (Object) number;
    }

    @Override
    double number() {
      return number;
    }
  }

  /** A small number that is worked out from an event; negative for none. */
  abstract static class Small extends Newest {
    private long number;

    abstract long of(FeatureEvent event);

    @Override
    final void take(FeatureEvent event) {
      number = of(event);
    }

    @Override
    final void take(Newest other) {
      number = ((Small) other).number;
    }

    @Override
    final void writeContent(ByteWriter out) {
      out.writeSigned(number);
    }

    @Override
    final void readContent(ByteReader in) {
      number = in.readSigned();
    }

    @Override
    final Object value() {
      return number < 0 ? null : (Object) number;
    }

    @Override
    final double number() {
      return number < 0 ? Double.NaN : number;
    }
  }

  /** Which of some places the field's texts have: 1 there, and 0 in all others. */
  static final class Places extends Newest {
    private final EventField field;
    private final List<String> texts;
    private final boolean other;
    private final boolean[] taken;

    /** Whether the newest event has the field at all. */
    private boolean present;

    /**
     * @param texts one place each
     * @param other whether the last place is that of all other texts
     */
    Places(EventField field, List<String> texts, boolean other) {
      this.field = field;
      this.texts = texts;
      this.other = other;
      taken = new boolean[texts.size() + (other ? 1 : 0)];
    }

    @Override
    void take(FeatureEvent event) {
      clearPlaces();
      int count = field.count(event);
      present = count > 0;
      for (int i = 0; i < count; i++) {
        int place = texts.indexOf(field.text(event, i));
        if (place >= 0) {
          taken[place] = true;
        } else if (other) {
          taken[texts.size()] = true;
        }
      }
    }

    @Override
    void take(Newest newer) {
      Places from = (Places) newer;
      present = from.present;
      System.arraycopy(from.taken, 0, taken, 0, taken.length);
    }

    private void clearPlaces() {
      for (int i = 0; i < taken.length; i++) {
        taken[i] = false;
      }
    }

    /** Writes nothing if the field is absent; otherwise how many places are taken, and which. */
    @Override
    void writeContent(ByteWriter out) {
      if (!present) {
        return;
      }
      int count = 0;
      for (boolean place : taken) {
        count += place ? 1 : 0;
      }
      out.writeVarint(count);
      for (int i = 0; i < taken.length; i++) {
        if (taken[i]) {
          out.writeVarint(i);
        }
      }
    }

    @Override
    void readContent(ByteReader in) {
      clearPlaces();
      present = in.hasRemaining();
      for (int left = present ? in.readLength() : 0; left > 0; left--) {
        long place = in.readVarint();
        if (place < 0 || place >= taken.length) {
          throw new FeatureLayoutException("place " + place + " of " + taken.length);
        }
        taken[(int) place] = true;
      }
    }

    @Override
    Object value() {
      if (!present) {
        return null;
      }
      double[] value = new double[taken.length];
      for (int i = 0; i < value.length; i++) {
        value[i] = taken[i] ? 1 : 0;
      }
      return value;
    }
  }
}
