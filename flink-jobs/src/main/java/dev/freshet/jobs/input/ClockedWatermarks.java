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
 * Behind a source whose watermarks follow the wall clock ({@link EventWatermarks#live}), says the
 * same as it would, at the beginning of each interval of the wall clock and so together with all
 * other sources. A task that waits for several of them waits for the last one, and each source's
 * own timer goes off at any moment within a millisecond, in a thread of its own.
 *
 * <p>Until the source has caught up with the clock, only what it says itself counts.
 *
 * @param <T> of the stream
 */
public final class ClockedWatermarks<T> extends AbstractStreamOperator<T>
    implements OneInputStreamOperator<T, T> {

  private static final long serialVersionUID = 1;

  /** Between the source's look at the clock and this one's a millisecond may begin. */
  private static final long TOLERANCE = 1;

  private final long maxDelay;
  private final Duration interval;
  private final Clock clock;

  private transient MailboxExecutor mailbox;
  private transient AtomicBoolean isDue;
  private transient WallClockTicks.Ticking ticking;
  private transient boolean caughtUp;
  private transient long told;

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
    told = Long.MIN_VALUE;
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

  /** From the clock's thread. Of ticks that the task hasn't come to, one is enough. */
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
    if (time > told) {
      told = time;
      super.processWatermark(new Watermark(time));
    }
  }
}
