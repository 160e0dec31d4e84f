package dev.freshet.jobs.flow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Handles a key's elements in event-time order, whatever order they arrived in. Each element waits
 * until the watermark has passed its time; then all elements of that time are handled together,
 * sorted. A late element, behind the watermark, is handled at once. With {@link
 * EventOrder#ON_ARRIVAL} no element waits.
 *
 * @param <T> element, a POJO
 * @param <O> output
 */
public abstract class EventOrderedFunction<T, O> extends KeyedProcessFunction<String, T, O> {

  private final Class<T> type;
  private final EventOrder eventOrder;
  private transient MapState<Long, List<T>> waiting;
  private transient Comparator<T> comparator;

  protected EventOrderedFunction(Class<T> type, EventOrder eventOrder) {
    this.type = type;
    this.eventOrder = eventOrder;
  }

  /**
   * Returns the order of elements. It must distinguish elements of equal time by something that
   * does not change.
   */
  protected abstract Comparator<T> comparator();

  /** Returns the event time of an element, in milliseconds since the epoch. */
  protected abstract long time(T element);

  /** Returns whether to take the element at all. It is called once for each element, on arrival. */
  protected boolean admit(T element, Context context) throws Exception {
    return true;
  }

  /**
   * Handles the elements of one event time.
   *
   * @param elements in order, at least one
   * @param late whether they arrived behind the watermark
   */
  protected abstract void handle(
      long time, List<T> elements, boolean late, Context context, Collector<O> out)
      throws Exception;

  @Override
  public void open(OpenContext context) throws Exception {
    comparator = comparator();
    waiting =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "waiting", Types.LONG, Types.LIST(TypeInformation.of(type))));
  }

  @Override
  public void processElement(T element, Context context, Collector<O> out) throws Exception {
    if (!admit(element, context)) {
      return;
    }
    long time = time(element);
    if (eventOrder == EventOrder.ON_ARRIVAL) {
      handle(time, List.of(element), false, context, out);
    } else if (time <= context.timerService().currentWatermark()) {
      handle(time, List.of(element), true, context, out);
    } else {
      List<T> sameTime = waiting.get(time);
      if (sameTime == null) {
        sameTime = new ArrayList<>(1);
        context.timerService().registerEventTimeTimer(time);
      }
      sameTime.add(element);
      waiting.put(time, sameTime);
    }
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<O> out) throws Exception {
    List<T> due = waiting.get(time);
    if (due != null) {
      waiting.remove(time);
      due.sort(comparator);
      handle(time, due, false, context, out);
    }
  }
}
