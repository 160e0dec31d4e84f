package dev.freshet.features;

import dev.freshet.features.type.Accumulator;
import dev.freshet.features.type.GivenType;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Makes an entity's next packed value from the last one and what has happened since. The packed
 * value is all there is: the state of the job, what the store holds, and the partial result that
 * can be merged. To be used over and over, for one entity after the other; not thread-safe.
 */
public final class RowUpdater {
  private final FeatureGroup group;
  private final PackedRow row;
  private final PackedRow otherRow;
  private final Accumulator[] accumulators;
  private final Accumulator[] others;
  private final ByteWriter out = new ByteWriter();

  public RowUpdater(FeatureGroup group) {
    this.group = group;
    row = new PackedRow(group);
    otherRow = new PackedRow(group);
    accumulators = accumulators(group);
    others = accumulators(group);
  }

  private static Accumulator[] accumulators(FeatureGroup group) {
    return group.features().stream()
        .map(feature -> feature.aggregation().newAccumulator())
        .toArray(Accumulator[]::new);
  }

  /**
   * The value with some more events.
   *
   * @param packed the value so far, also one of another version of the catalog, of which it keeps
   *     what this one knows; null for none
   * @param events at least one, in {@link FeatureEvent#EVENT_ORDER}
   * @throws FeatureLayoutException if the value so far can't be read
   */
  public byte[] add(byte[] packed, List<FeatureEvent> events) {
    long newest = events.get(events.size() - 1).time;
    long sequence = events.size();
    if (packed != null) {
      row.parse(packed);
      newest = Math.max(newest, row.eventTime());
      sequence = sum(sequence, row.sequence());
    }
    out.clear();
    PackedRow.writeHeader(out, group, newest, sequence);
    for (int i = 0; i < accumulators.length; i++) {
      boolean stored = packed != null && row.has(i);
      int first = firstTaken(group.features().get(i), events);
      if (first >= 0) {
        add(i, stored, events, first, newest);
      } else if (stored) {
        writeEntry(i, newest - row.time(i), row);
      }
    }
    return out.toByteArray();
  }

  // No stream or iterator: this runs for every feature and event.
  private static int firstTaken(FeatureDefinition feature, List<FeatureEvent> events) {
    for (int i = 0; i < events.size(); i++) {
      if (feature.takes(events.get(i))) {
        return i;
      }
    }
    return -1;
  }

  /**
   * @param first the first event that the feature takes, known already: mostly it is the only one
   */
  private void add(int index, boolean stored, List<FeatureEvent> events, int first, long newest) {
    FeatureDefinition feature = group.features().get(index);
    Accumulator accumulator = accumulators[index];
    long time = Long.MIN_VALUE;
    if (stored) {
      row.read(index, accumulator);
      time = row.time(index);
    } else {
      accumulator.clear();
    }
    for (int i = first; i < events.size(); i++) {
      FeatureEvent event = events.get(i);
      if (i == first || feature.takes(event)) {
        if (time != Long.MIN_VALUE && isForgotten(feature, time, event.time)) {
          accumulator.clear();
        }
        accumulator.add(event);
        time = Math.max(time, event.time);
      }
    }
    write(index, accumulator, newest - time);
  }

  /** Whether a value has reached its TTL: the next event starts from an empty value. */
  static boolean isForgotten(FeatureDefinition feature, long eventTime, long now) {
    return isForgotten(feature.ttl(), eventTime, now);
  }

  static boolean isForgotten(long ttl, long eventTime, long now) {
    return ttl != Long.MAX_VALUE && now - eventTime > ttl;
  }

  private void write(int index, Accumulator accumulator, long age) {
    if (accumulator.isEmpty()) {
      return;
    }
    PackedRow.writeEntry(out, group.tag(index), age);
    int start = out.size();
    accumulator.write(out);
    out.insertLength(start);
  }

  /** Copies a feature that doesn't change. */
  private void writeEntry(int index, long age, PackedRow from) {
    PackedRow.writeEntry(out, group.tag(index), age);
    out.writeVarint(from.length(index));
    out.writeBytes(from.bytes(), from.offset(index), from.length(index));
  }

  /**
   * The value of all events of two values that have none in common. TTLs are not looked at: merging
   * is for parts of one stretch of events.
   *
   * @throws FeatureLayoutException if one of them can't be read
   * @throws IllegalStateException if both have a value that is given: there is no sum of those
   */
  public byte[] merge(byte[] one, byte[] other) {
    row.parse(one);
    otherRow.parse(other);
    long newest = Math.max(row.eventTime(), otherRow.eventTime());
    out.clear();
    PackedRow.writeHeader(out, group, newest, sum(row.sequence(), otherRow.sequence()));
    for (int i = 0; i < accumulators.length; i++) {
      if (row.has(i) && otherRow.has(i)) {
        row.read(i, accumulators[i]);
        otherRow.read(i, others[i]);
        accumulators[i].merge(others[i]);
        write(i, accumulators[i], newest - Math.max(row.time(i), otherRow.time(i)));
      } else if (row.has(i)) {
        writeEntry(i, newest - row.time(i), row);
      } else if (otherRow.has(i)) {
        writeEntry(i, newest - otherRow.time(i), otherRow);
      }
    }
    return out.toByteArray();
  }

  /**
   * The value of features that are given, not computed.
   *
   * @param version decides which of two values of an entity stays in the store
   * @param values by the feature's name; a feature that isn't there has no value
   * @throws IllegalArgumentException if the group has no such feature, or a value is of another
   *     type or length than the feature's
   */
  public byte[] given(FeatureVersion version, Map<String, ?> values) {
    for (String name : values.keySet()) {
      if (group.indexOf(name) < 0) {
        throw new IllegalArgumentException(
            "No feature '" + name + "' in the group " + group + " of the feature catalog");
      }
    }
    out.clear();
    PackedRow.writeHeader(out, group, version.eventTime(), version.sequence());
    for (int i = 0; i < accumulators.length; i++) {
      FeatureDefinition feature = group.features().get(i);
      if (values.containsKey(feature.name())) {
        if (!(accumulators[i] instanceof GivenType.Settable settable)) {
          throw new IllegalArgumentException(
              "Feature '" + feature.name() + "' of the group " + group + " is not given");
        }
        try {
          settable.set(values.get(feature.name()));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(
              "Feature '" + feature.name() + "' of the group " + group + ": " + e.getMessage(), e);
        }
        write(i, settable, 0);
      }
    }
    return out.toByteArray();
  }

  /** No entity has that many updates: such a sequence is a damaged one. */
  private static long sum(long sequence, long other) {
    long sum = sequence + other;
    if (sum < 0) {
      throw new FeatureLayoutException("a sequence beyond " + Long.MAX_VALUE);
    }
    return sum;
  }

  /**
   * The version of a packed value.
   *
   * @throws FeatureLayoutException if it is cut off or damaged
   */
  public static FeatureVersion version(byte[] packed) {
    return PackedRow.version(packed);
  }

  /** The newer of two packed values first. */
  public static final Comparator<byte[]> NEWEST_FIRST =
      Comparator.comparing(RowUpdater::version).reversed();
}
