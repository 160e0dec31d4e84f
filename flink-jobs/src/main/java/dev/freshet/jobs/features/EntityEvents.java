package dev.freshet.jobs.features;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureGroup;
import dev.freshet.jobs.event.EntityEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** Tells each entity that an event concerns, as far as a feature of it looks at the event. */
public final class EntityEvents extends RichFlatMapFunction<FeatureEvent, EntityEvent> {

  private static final long serialVersionUID = 1;

  private final FeatureCatalog catalog;
  private transient List<FeatureGroup> groups;

  public EntityEvents(FeatureCatalog catalog) {
    this.catalog = catalog;
  }

  @Override
  public void open(OpenContext context) {
    groups = new ArrayList<>();
    for (Entity entity : catalog.entities()) {
      catalog.computed(entity).ifPresent(groups::add);
    }
  }

  @Override
  public void flatMap(FeatureEvent event, Collector<EntityEvent> out) {
    for (FeatureGroup group : groups) {
      if (group.takes(event)) {
        Optional<String> id = group.entity().idOf(event);
        if (id.isPresent()) {
          out.collect(new EntityEvent(group.entity().key(), id.get(), event));
        }
      }
    }
  }
}
