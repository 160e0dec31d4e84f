package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;
import dev.freshet.features.ValueType;
import dev.freshet.features.aggregate.DecayedSums;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The texts of a field with the greatest decayed counts. */
final class DecayedTexts extends FrequentTexts {

  /**
   * What is counted, and what is shown of it.
   *
   * @param size texts of a value, at most
   * @param capacity texts that are counted, at most
   * @param halfLife milliseconds
   * @param weights what an action counts, by its kind; 1 for others
   * @param shares whether values are divided by the sum of all that are counted
   */
  record Settings(
      EventField field,
      int size,
      int capacity,
      long halfLife,
      Map<String, Double> weights,
      boolean shares)
      implements Aggregation {

    @Override
    public ValueType valueType() {
      return ValueType.WEIGHTS;
    }

    @Override
    public boolean takes(FeatureEvent event) {
      return event.isAction() && weight(event) > 0 && field.count(event) > 0;
    }

    private double weight(FeatureEvent event) {
      Double weight = weights.get(event.action);
      return weight == null ? 1 : weight;
    }

    @Override
    public List<EventField> fields() {
      return List.of(field);
    }

    @Override
    public Accumulator newAccumulator() {
      return new DecayedTexts(this);
    }
  }

  private static final int MAX_SHIFT = 127;
  private static final int VARINT_BITS = 7;

  private final Settings settings;
  private final DecayedSums sums;

  /** Epoch of all sums: that of the newest event. */
  private long epoch = Long.MIN_VALUE;

  private DecayedTexts(Settings settings) {
    super(settings.field, settings.capacity, DecayedSums.WORDS);
    this.settings = settings;
    sums = new DecayedSums(settings.halfLife);
  }

  @Override
  public void clear() {
    super.clear();
    epoch = Long.MIN_VALUE;
  }

  @Override
  boolean weigh(FeatureEvent event, long[] toWeight) {
    long ofEvent = sums.epoch(event.time);
    advance(ofEvent);
    if (ofEvent < epoch - 1) {
      return false;
    }
    sums.set(toWeight, event.time, settings.weight(event), epoch);
    return true;
  }

  @Override
  void align(FrequentTexts other) {
    advance(((DecayedTexts) other).epoch);
  }

  private void advance(long to) {
    if (isEmpty()) {
      epoch = Math.max(epoch, to);
    }
    if (to <= epoch) {
      return;
    }
    long[] all = entries.numbers();
    for (int i = 0; i < entries.size(); i++) {
      DecayedSums.advance(all, entries.at(i), to - epoch);
    }
    epoch = to;
    removeZeros();
  }

  @Override
  void load(FrequentTexts other, int index, long[] toWeight) {
    TextEntries from = other.entries;
    System.arraycopy(from.numbers(), from.at(index), toWeight, 0, DecayedSums.WORDS);
    DecayedSums.advance(toWeight, 0, epoch - ((DecayedTexts) other).epoch);
  }

  @Override
  void add(long[] to, int at, long[] more) {
    DecayedSums.add(to, at, more, 0);
  }

  @Override
  int compare(long[] one, int at, long[] other, int otherAt) {
    return DecayedSums.compare(one, at, other, otherAt);
  }

  @Override
  void writeHead(ByteWriter out) {
    out.writeSigned(epoch);
  }

  @Override
  void readHead(ByteReader in) {
    epoch = in.readSigned();
  }

  @Override
  void writeWeight(ByteWriter out, long[] from, int at) {
    writeNumber(out, from[at], from[at + 1]);
    writeNumber(out, from[at + 2], from[at + 3]);
  }

  @Override
  void readWeight(ByteReader in, long[] to, int at) {
    readNumber(in, to, at);
    readNumber(in, to, at + 2);
  }

  /**
   * 0, or 1 + how many zero bits it ends with, then the rest as an unsigned LEB128 number: the bits
   * between the oldest event's and the newest's, and no others.
   */
  private static void writeNumber(ByteWriter out, long highWord, long lowWord) {
    if ((highWord | lowWord) == 0) {
      out.writeByte(0);
      return;
    }
    int zeros =
        lowWord == 0
            ? Long.SIZE + Long.numberOfTrailingZeros(highWord)
            : Long.numberOfTrailingZeros(lowWord);
    out.writeByte(1 + zeros);
    long high = zeros >= Long.SIZE ? 0 : highWord >>> zeros;
    long low;
    if (zeros >= Long.SIZE) {
      low = highWord >>> (zeros - Long.SIZE);
    } else {
      low = zeros == 0 ? lowWord : lowWord >>> zeros | highWord << (Long.SIZE - zeros);
    }
    while (high != 0) {
      out.writeByte((int) (low | 0x80));
      low = low >>> VARINT_BITS | high << (Long.SIZE - VARINT_BITS);
      high >>>= VARINT_BITS;
    }
    out.writeVarint(low);
  }

  private static void readNumber(ByteReader in, long[] to, int at) {
    int zeros = (in.readByte() & 0xff) - 1;
    to[at] = 0;
    to[at + 1] = 0;
    if (zeros < 0) {
      return;
    }
    int shift = zeros;
    byte next;
    do {
      if (shift > MAX_SHIFT) {
        throw new FeatureLayoutException("a sum of more than 128 bits");
      }
      next = in.readByte();
      long bits = next & 0x7f;
      if (shift >= Long.SIZE) {
        to[at] |= bits << (shift - Long.SIZE);
      } else {
        to[at + 1] |= bits << shift;
        to[at] |= shift == 0 ? 0 : bits >>> (Long.SIZE - shift);
      }
      shift += VARINT_BITS;
    } while (next < 0);
  }

  @Override
  public Object valueAt(long time) {
    if (isEmpty()) {
      return null;
    }
    long[] numbers = entries.numbers();
    double all = 0;
    for (int i = 0; settings.shares && i < entries.size(); i++) {
      all += DecayedSums.undecayed(numbers, entries.at(i));
    }
    int[] ranked = ranked();
    Map<String, Double> value = new LinkedHashMap<>();
    for (int i = 0; i < Math.min(settings.size, entries.size()); i++) {
      int at = entries.at(ranked[i]);
      value.put(
          entries.text(ranked[i]),
          settings.shares
              ? DecayedSums.undecayed(numbers, at) / all
              : sums.at(numbers, at, epoch, time));
    }
    return Collections.unmodifiableMap(value);
  }
}
