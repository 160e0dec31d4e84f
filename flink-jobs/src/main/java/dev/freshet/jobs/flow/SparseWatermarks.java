package dev.freshet.jobs.flow;

import java.time.Duration;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Passes on all elements, but only the first watermark of each step of event time. Each watermark
 * wakes every task that receives it. Where no task waits for a watermark, one every millisecond is
 * unnecessary.
 *
 * @param <T> type of the stream's elements
 */
public final class SparseWatermarks<T> extends AbstractStreamOperator<T>
    implements OneInputStreamOperator<T, T> {

  private static final long serialVersionUID = 1;

  private final long step;
  private transient long passedOn;

  /**
   * @param step length of a step in event time, at least 1 ms
   */
  public SparseWatermarks(Duration step) {
    this.step = step.toMillis();
  }

  @Override
  public void open() throws Exception {
    super.open();
    passedOn = Long.MIN_VALUE;
  }

  @Override
  public void processElement(StreamRecord<T> element) {
    output.collect(element);
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    long time = mark.getTimestamp();
    if (passedOn == Long.MIN_VALUE
        || time == Long.MAX_VALUE
        || Math.floorDiv(time, step) > Math.floorDiv(passedOn, step)) {
      passedOn = time;
      super.processWatermark(mark);
    }
  }
}
