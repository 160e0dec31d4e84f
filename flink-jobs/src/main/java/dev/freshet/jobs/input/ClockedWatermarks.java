package dev.freshet.jobs.input;

import dev.freshet.jobs.input.EventWatermarks.Clocked;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Follows a source whose watermarks follow the wall clock ({@link EventWatermarks#live}). It emits
 * the same watermarks as the source would, at the beginning of each interval of the wall clock. All
 * sources thus emit together. A task that waits for several sources waits for the last one.
 * Otherwise each source's own timer would fire at any moment within a millisecond, in a thread of
 * its own.
 *
 * <p>Until the source has caught up with the clock, the operator only passes on the source's own
 * watermarks.
 *
 * @param <T> type of the stream's elements
 */
public final class ClockedWatermarks<T> extends AbstractStreamOperator<T>
    implements OneInputStreamOperator<T, T> {

  private static final long serialVersionUID = 1;

  /** A millisecond may begin between the source's reading of the clock and this operator's. */
  private static final long TOLERANCE = 1;

  private final long maxDelay;
  private final Duration interval;
  private final Clock clock;

  private transient MailboxExecutor mailbox;
  private transient AtomicBoolean isDue;
  private transient WallClockTicks.Ticking ticking;
  private transient boolean caughtUp;
  private transient long emitted;

  public ClockedWatermarks(Clocked clocked) {
    this(clocked, Clock.systemUTC());
  }

  ClockedWatermarks(Clocked clocked, Clock clock) {
    this.maxDelay = clocked.maxDelay();
    this.interval = clocked.interval();
    this.clock = clock;
  }

  @Override
  public void open() throws Exception {
    super.open();
    emitted = Long.MIN_VALUE;
    isDue = new AtomicBoolean();
    mailbox =
        getContainingTask()
            .getMailboxExecutorFactory()
            .createExecutor(getOperatorConfig().getChainIndex());
    ticking = WallClockTicks.shared().every(interval, this::tick);
  }

  @Override
  public void close() throws Exception {
    if (ticking != null) {
      ticking.close();
    }
    super.close();
  }

  /**
   * Runs in the clock's thread. One pending tick is enough, however many ticks the task has not
   * handled yet.
   */
  private void tick() {
    if (isDue.compareAndSet(false, true)) {
      try {
        mailbox.execute(this::advance, "watermark of the wall clock");
      } catch (RejectedExecutionException e) {
        LOG.debug("The task has ended, and nobody waits for its watermark", e);
      }
    }
  }

  void advance() throws Exception {
    isDue.set(false);
    if (caughtUp) {
      tell(EventWatermarks.at(clock.millis(), maxDelay));
    }
  }

  @Override
  public void processElement(StreamRecord<T> element) {
    output.collect(element);
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    long time = mark.getTimestamp();
    caughtUp |= time >= EventWatermarks.at(clock.millis(), maxDelay) - TOLERANCE;
    tell(time);
  }

  private void tell(long time) throws Exception {
    if (time > emitted) {
      emitted = time;
      super.processWatermark(new Watermark(time));
    }
  }
}
