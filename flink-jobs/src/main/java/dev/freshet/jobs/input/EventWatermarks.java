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
 * The clock of the product: how far event time has come (docs/adr/0001-watermark-as-the-clock.md).
 * One generator per Kafka partition; Flink takes the least of them.
 *
 * @param <T> what a good record is
 */
public final class EventWatermarks<T> implements WatermarkStrategy<Decoded<T>> {

  private static final long serialVersionUID = 1;

  /** Takes the event time from a good record. */
  public interface EventTime<T> extends Serializable {
    long of(T value);
  }

  /** What moves the watermark of a partition. */
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

  /** As of {@link Live}. */
  private final int quietTicks;

  /**
   * Flink makes the generator for the reader as a whole before those of the partitions. No record
   * ever goes through the former, and it must stay silent: what it said would count at once, before
   * the partitions are known. Each subtask has its own copy of this object.
   */
  private transient boolean readerServed;

  /** What the partitions of the subtask share. */
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
   * What there is to know of a watermark that follows the wall clock.
   *
   * @param maxDelay how far it is held behind, in milliseconds
   * @param interval between two ticks
   */
  public record Clocked(long maxDelay, Duration interval) {

    /** Silence of so many milliseconds says that there is no backlog. */
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
   * As {@link #live} until the partitions have caught up; from then on holds up nobody's watermark:
   * for what must be known before anything else happens, and later comes whenever it comes.
   */
  public static <T> EventWatermarks<T> liveAtFirst(EventTime<T> eventTime, Clocked clocked) {
    return new EventWatermarks<>(eventTime, clocked, By.WALL_CLOCK_AT_FIRST);
  }

  /**
   * The watermark at a time: all up to the time less the delay has come, of that millisecond not
   * all.
   */
  static long at(long time, long maxDelay) {
    return time - maxDelay - 1;
  }

  /** Follows the data alone, {@code maxDelay} ms behind. */
  public static <T> EventWatermarks<T> replay(EventTime<T> eventTime, long maxDelay) {
    return new EventWatermarks<>(eventTime, maxDelay, By.DATA);
  }

  /**
   * Nothing before the bounded input has ended, then the end of time, which Flink tells by itself:
   * for what must be known as a whole before anything else happens.
   */
  public static <T> EventWatermarks<T> atEnd(EventTime<T> eventTime) {
    return new EventWatermarks<>(eventTime, 0, By.THE_END);
  }

  /**
   * Follows what records tell: up to when, that time included, none will say anything of.
   *
   * @param settledUntil takes this from a record; {@link Long#MIN_VALUE}: it tells nothing
   * @param start up to when nothing will be said from the start
   */
  public static <T> EventWatermarks<T> settled(EventTime<T> settledUntil, long start) {
    return new EventWatermarks<>(settledUntil, 0, By.WHAT_IS_SETTLED, start, 0);
  }

  /** Holds up nobody's watermark: for what is told aside from the course of events. */
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
   * How many ticks ago the reader last gave an event of its backlog, whichever partition it was of.
   * While it reads one partition's backlog it may not have come to the next one's yet, which is
   * then not quiet but waits its turn.
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

    /** All partitions tick, one after the other. */
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

  /** The newest event time of a partition, less the delay. Dead letters have no say. */
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

    /** Tells that all up to a time, less the delay, has come. */
    final void emit(long time, WatermarkOutput output) {
      long watermark = at(time, maxDelay);
      if (watermark > emitted) {
        emitted = watermark;
        output.emitWatermark(new Watermark(watermark));
      }
    }
  }

  /** The wall clock less the delay, as soon as the partition has caught up with it. */
  static class Live<T> extends Replay<T> {

    /** A partition has caught up when its newest event is less than this behind, in ms. */
    static final long CAUGHT_UP_LAG = 1_000;

    /**
     * Or when it gave nothing for so many times the ticks that are a silence, whatever its reader
     * does: no one waits for ever.
     */
    static final int LONGEST_SILENCES = 60;

    private final Clock clock;
    private final Backlog backlog;
    private final int silence;
    private boolean caughtUp;
    private int quietTicks;

    /**
     * @param silence a partition has caught up, too, when it gave nothing for so many ticks, nor
     *     its reader anything of a backlog: ticks, not time, so that a pause is no silence
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

  /** The end of time, as soon as the partition has caught up. */
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
