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
 * Hands a key's elements on in event-time order, whatever order they arrived in: each waits until
 * the watermark has passed its time, then all of one time are handed on together, sorted. A late
 * one, behind the watermark, is handed on at once. With {@link EventOrder#ON_ARRIVAL} nothing
 * waits.
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

  /** The order of elements; equal times must be told apart by something that does not change. */
  protected abstract Comparator<T> comparator();

  /** Event time of an element, in milliseconds since the epoch. */
  protected abstract long time(T element);

  /** Whether to take the element at all; called once for each, on arrival. */
  protected boolean admit(T element, Context context) throws Exception {
    return true;
  }

  /**
   * Handles the elements of one event time.
   *
   * @param elements in order, at least one
   * @param late whether they came behind the watermark
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
