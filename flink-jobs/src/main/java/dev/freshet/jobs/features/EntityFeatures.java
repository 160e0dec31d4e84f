package dev.freshet.jobs.features;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.RowUpdater;
import dev.freshet.jobs.event.EntityEvent;
import dev.freshet.jobs.event.FeatureUpdate;
import dev.freshet.jobs.flow.EventOrder;
import dev.freshet.jobs.flow.EventOrderedFunction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.util.Collector;

/**
 * Keyed by entity: keeps the features that the catalog defines. The state is the packed value that
 * goes to the store. An entity of which nothing can be said any more, as all its features' windows
 * and TTLs have passed, is forgotten.
 */
public final class EntityFeatures extends EventOrderedFunction<EntityEvent, FeatureUpdate> {

  private static final long serialVersionUID = 1;

  private final FeatureCatalog catalog;

  /** By kind of entity, as in the catalog. */
  private transient Map<String, Computed> computed;

  private transient ValueState<byte[]> rows;

  /** When the entity will next be looked at for whether it can be forgotten; null for never. */
  private transient ValueState<Long> nextCheck;

  private record Computed(RowUpdater updater, long retention) {}

  public EntityFeatures(FeatureCatalog catalog, EventOrder eventOrder) {
    super(EntityEvent.class, eventOrder);
    this.catalog = catalog;
  }

  @Override
  public void open(OpenContext context) throws Exception {
    super.open(context);
    computed = new HashMap<>();
    for (Entity entity : catalog.entities()) {
      catalog
          .computed(entity)
          .ifPresent(
              group ->
                  computed.put(
                      entity.key(), new Computed(new RowUpdater(group), group.retention())));
    }
    rows =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    "row", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    nextCheck = getRuntimeContext().getState(new ValueStateDescriptor<>("next-check", Types.LONG));
  }

  @Override
  protected Comparator<EntityEvent> comparator() {
    return EntityEvent.EVENT_ORDER;
  }

  @Override
  protected long time(EntityEvent event) {
    return event.event.time;
  }

  @Override
  protected void handle(
      long time,
      List<EntityEvent> events,
      boolean late,
      Context context,
      Collector<FeatureUpdate> out)
      throws Exception {
    EntityEvent first = events.get(0);
    Computed features = computed.get(first.entity);
    if (features == null) {
      return; // it waited when the job was restored with a catalog that has no such entity
    }
    List<FeatureEvent> seen = new ArrayList<>(events.size());
    for (EntityEvent event : events) {
      seen.add(event.event);
    }
    byte[] row = features.updater().add(rows.value(), seen);
    rows.update(row);
    if (features.retention() != Long.MAX_VALUE && nextCheck.value() == null) {
      checkAt(forgetTime(row, features.retention()), context);
    }
    out.collect(new FeatureUpdate(first.entity, first.id, row));
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<FeatureUpdate> out)
      throws Exception {
    Long check = nextCheck.value();
    if (check != null && check <= time) {
      nextCheck.clear();
      String key = context.getCurrentKey();
      // The catalog may be another one than when the check was set.
      Computed features = computed.get(key.substring(0, key.indexOf(':')));
      if (features == null || forgetTime(rows.value(), features.retention()) <= time) {
        rows.clear();
      } else if (features.retention() != Long.MAX_VALUE) {
        checkAt(forgetTime(rows.value(), features.retention()), context);
      }
    }
    super.onTimer(time, context, out);
  }

  private void checkAt(long time, Context context) throws Exception {
    nextCheck.update(time);
    context.timerService().registerEventTimeTimer(time);
  }

  /** The first time at which the row has nothing to say, if nothing more happens. */
  private static long forgetTime(byte[] row, long retention) {
    long newest = RowUpdater.version(row).eventTime();
    return newest > Long.MAX_VALUE - 1 - retention ? Long.MAX_VALUE : newest + retention + 1;
  }
}
