package dev.freshet.jobs.input;

import java.io.Serializable;
import java.time.Clock;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * The clock of the product: it determines how far event time has come
 * (docs/adr/0001-watermark-as-the-clock.md). There is one generator per Kafka partition; Flink
 * takes the minimum of their watermarks.
 *
 * @param <T> type of a good record
 */
public final class EventWatermarks<T> implements WatermarkStrategy<Decoded<T>> {

  private static final long serialVersionUID = 1;

  /** Takes the event time from a good record. */
  public interface EventTime<T> extends Serializable {
    long of(T value);
  }

  /** The ways in which the watermark of a partition advances. */
  private enum By {
    WALL_CLOCK,
    WALL_CLOCK_AT_FIRST,
    DATA,
    THE_END,
    WHAT_IS_SETTLED,
    NOTHING
  }

  private final EventTime<T> eventTime;
  private final long maxDelay;
  private final By by;
  private final long start;

  /** The silence of {@link Live}, in ticks. */
  private final int quietTicks;

  /**
   * Whether Flink has created the generator for the reader as a whole, which it does before those
   * of the partitions. No record passes through that generator, and it must emit nothing: its
   * watermark would count at once, before the partitions are known. Each subtask has its own copy
   * of this object.
   */
  private transient boolean readerServed;

  /** The backlog that the partitions of the subtask share. */
  private transient Backlog backlog;

  private EventWatermarks(
      EventTime<T> eventTime, long maxDelay, By by, long start, int quietTicks) {
    this.eventTime = eventTime;
    this.maxDelay = maxDelay;
    this.by = by;
    this.start = start;
    this.quietTicks = quietTicks;
  }

  private EventWatermarks(EventTime<T> eventTime, long maxDelay, By by) {
    this(eventTime, maxDelay, by, Long.MIN_VALUE, 0);
  }

  private EventWatermarks(EventTime<T> eventTime, Clocked clocked, By by) {
    this(eventTime, clocked.maxDelay(), by, Long.MIN_VALUE, clocked.quietTicks());
  }

  /**
   * Settings of a watermark that follows the wall clock.
   *
   * @param maxDelay delay behind the wall clock, in milliseconds
   * @param interval interval between two ticks
   */
  public record Clocked(long maxDelay, Duration interval) {

    /** A silence of this many milliseconds means that there is no backlog. */
    private static final int QUIET_MILLIS = 500;

    /** A few ticks in a row may be late together. */
    private static final int FEWEST_QUIET_TICKS = 10;

    int quietTicks() {
      return Math.toIntExact(Math.max(FEWEST_QUIET_TICKS, QUIET_MILLIS / interval.toMillis()));
    }
  }

  /** Follows the wall clock, once a partition has caught up. */
  public static <T> EventWatermarks<T> live(EventTime<T> eventTime, Clocked clocked) {
    return new EventWatermarks<>(eventTime, clocked, By.WALL_CLOCK);
  }

  /**
   * Behaves as {@link #live} until the partitions have caught up, and from then on holds back no
   * other watermark. It is for input that must be known before anything else happens, and whose
   * later records may arrive at any time.
   */
  public static <T> EventWatermarks<T> liveAtFirst(EventTime<T> eventTime, Clocked clocked) {
    return new EventWatermarks<>(eventTime, clocked, By.WALL_CLOCK_AT_FIRST);
  }

  /**
   * Returns the watermark at a time. Everything before the time less the delay has come, but not
   * yet all of that millisecond.
   */
  static long at(long time, long maxDelay) {
    return time - maxDelay - 1;
  }

  /** Follows only the data, {@code maxDelay} ms behind. */
  public static <T> EventWatermarks<T> replay(EventTime<T> eventTime, long maxDelay) {
    return new EventWatermarks<>(eventTime, maxDelay, By.DATA);
  }

  /**
   * Emits nothing before the bounded input has ended; Flink itself then emits the end of time. It
   * is for input that must be known as a whole before anything else happens.
   */
  public static <T> EventWatermarks<T> atEnd(EventTime<T> eventTime) {
    return new EventWatermarks<>(eventTime, 0, By.THE_END);
  }

  /**
   * Follows the records: each gives the time up to which, inclusive, no later record changes
   * anything.
   *
   * @param settledUntil takes this time from a record; {@link Long#MIN_VALUE}: the record gives
   *     none
   * @param start the time up to which, known from the start, no record changes anything
   */
  public static <T> EventWatermarks<T> settled(EventTime<T> settledUntil, long start) {
    return new EventWatermarks<>(settledUntil, 0, By.WHAT_IS_SETTLED, start, 0);
  }

  /** Holds back no other watermark. It is for input outside the course of events. */
  public static <T> EventWatermarks<T> unheeded(EventTime<T> eventTime) {
    return new EventWatermarks<>(eventTime, 0, By.NOTHING);
  }

  @Override
  public TimestampAssigner<Decoded<T>> createTimestampAssigner(
      TimestampAssignerSupplier.Context context) {
    return (decoded, recordTime) ->
        decoded.deadLetter == null ? eventTime.of(decoded.value) : recordTime;
  }

  @Override
  public WatermarkGenerator<Decoded<T>> createWatermarkGenerator(
      WatermarkGeneratorSupplier.Context context) {
    if (!readerServed) {
      readerServed = true;
      backlog = new Backlog();
      return new Silent<>();
    }
    return switch (by) {
      case WALL_CLOCK -> new Live<>(maxDelay, Clock.systemUTC(), backlog, quietTicks);
      case WALL_CLOCK_AT_FIRST ->
          new LiveAtFirst<>(maxDelay, Clock.systemUTC(), backlog, quietTicks);
      case DATA -> new Replay<>(maxDelay);
      case THE_END -> new Silent<>();
      case WHAT_IS_SETTLED -> new Settled<>(start);
      case NOTHING -> new Unheeded<>();
    };
  }

  /**
   * Counts the ticks since the reader last emitted an event of its backlog, of whichever partition.
   * While the reader reads one partition's backlog, it may not have reached the next one's yet.
   * That partition is not quiet; it waits for its turn.
   */
  static final class Backlog {
    private long ticks;
    private long lastSeen;
    private int partitions;

    /** Counts one more partition. */
    private void join() {
      partitions++;
    }

    private void tick() {
      ticks++;
    }

    private void seen() {
      lastSeen = ticks;
    }

    /** Returns the ticks of each partition: all partitions tick, one after the other. */
    private long ticksSinceSeen() {
      return (ticks - lastSeen) / Math.max(1, partitions);
    }
  }

  private static final class Silent<T> implements WatermarkGenerator<Decoded<T>> {
    @Override
    public void onEvent(Decoded<T> event, long time, WatermarkOutput output) {}

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {}
  }

  private static final class Unheeded<T> implements WatermarkGenerator<Decoded<T>> {
    @Override
    public void onEvent(Decoded<T> event, long time, WatermarkOutput output) {}

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      output.emitWatermark(Watermark.MAX_WATERMARK);
    }
  }

  private static final class Settled<T> implements WatermarkGenerator<Decoded<T>> {
    private long until;

    Settled(long start) {
      until = start;
    }

    @Override
    public void onEvent(Decoded<T> event, long time, WatermarkOutput output) {
      if (event.deadLetter == null) {
        until = Math.max(until, time);
      }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      output.emitWatermark(new Watermark(until));
    }
  }

  /** Follows the newest event time of a partition, less the delay. Dead letters do not count. */
  static class Replay<T> implements WatermarkGenerator<Decoded<T>> {

    final long maxDelay;
    private long newest = Long.MIN_VALUE;
    private long emitted = Long.MIN_VALUE;

    Replay(long maxDelay) {
      this.maxDelay = maxDelay;
    }

    @Override
    public void onEvent(Decoded<T> event, long time, WatermarkOutput output) {
      if (event.deadLetter == null) {
        newest = Math.max(newest, time);
      }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      if (newest != Long.MIN_VALUE) {
        emit(newest, output);
      }
    }

    final long newest() {
      return newest;
    }

    /**
     * Emits the watermark {@linkplain EventWatermarks#at at a time} if it is greater than the last
     * one.
     */
    final void emit(long time, WatermarkOutput output) {
      long watermark = at(time, maxDelay);
      if (watermark > emitted) {
        emitted = watermark;
        output.emitWatermark(new Watermark(watermark));
      }
    }
  }

  /** Follows the wall clock less the delay, as soon as the partition has caught up with it. */
  static class Live<T> extends Replay<T> {

    /** A partition has caught up when its newest event is less than this behind, in ms. */
    static final long CAUGHT_UP_LAG = 1_000;

    /**
     * A partition has also caught up when it emitted nothing for this many silences, whatever its
     * reader does. This bounds the wait.
     */
    static final int LONGEST_SILENCES = 60;

    private final Clock clock;
    private final Backlog backlog;
    private final int silence;
    private boolean caughtUp;
    private int quietTicks;

    /**
     * @param silence a partition has also caught up when it emitted nothing, and its reader nothing
     *     of a backlog, for so many ticks. Ticks are counted, not time, so that a pause is no
     *     silence.
     */
    Live(long maxDelay, Clock clock, Backlog backlog, int silence) {
      super(maxDelay);
      this.clock = clock;
      this.backlog = backlog;
      this.silence = silence;
      backlog.join();
    }

    @Override
    public void onEvent(Decoded<T> event, long time, WatermarkOutput output) {
      super.onEvent(event, time, output);
      if (!caughtUp) {
        quietTicks = 0;
        if (!isRecent(time)) {
          backlog.seen();
        }
      }
    }

    private boolean isRecent(long time) {
      return time > clock.millis() - maxDelay - CAUGHT_UP_LAG;
    }

    private boolean isQuiet() {
      return quietTicks >= LONGEST_SILENCES * silence
          || (quietTicks >= silence && backlog.ticksSinceSeen() >= silence);
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      backlog.tick();
      if (!caughtUp) {
        quietTicks++;
        caughtUp = isQuiet() || isRecent(newest());
      }
      if (caughtUp) {
        emitCaughtUp(clock.millis(), output);
      } else {
        super.onPeriodicEmit(output);
      }
    }

    void emitCaughtUp(long now, WatermarkOutput output) {
      emit(now, output);
    }
  }

  /** Emits the end of time as soon as the partition has caught up. */
  static final class LiveAtFirst<T> extends Live<T> {

    LiveAtFirst(long maxDelay, Clock clock, Backlog backlog, int silence) {
      super(maxDelay, clock, backlog, silence);
    }

    @Override
    void emitCaughtUp(long now, WatermarkOutput output) {
      output.emitWatermark(Watermark.MAX_WATERMARK);
    }
  }
}
