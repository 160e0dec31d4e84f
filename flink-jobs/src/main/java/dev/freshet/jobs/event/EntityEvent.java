package dev.freshet.jobs.event;

import dev.freshet.features.FeatureEvent;
import java.util.Comparator;

/** What an event means for one of the entities that it concerns. */
public class EntityEvent {

  /** As {@link FeatureEvent#EVENT_ORDER}. */
  public static final Comparator<EntityEvent> EVENT_ORDER =
      Comparator.comparing((EntityEvent event) -> event.event, FeatureEvent.EVENT_ORDER);

  /** Kind of entity, as in the catalog. */
  public String entity;

  public String id;
  public FeatureEvent event;

  public EntityEvent() {}

  public EntityEvent(String entity, String id, FeatureEvent event) {
    this.entity = entity;
    this.id = id;
    this.event = event;
  }

  /** What the stream is keyed by: no kind of entity has a colon in its name. */
  public String key() {
    return entity + ":" + id;
  }
}
