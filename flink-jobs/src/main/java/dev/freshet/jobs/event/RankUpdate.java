package dev.freshet.jobs.event;

import dev.freshet.ranking.event.ItemChange;
import dev.freshet.schema.ModelRecord;

/** An update that every ranking subtask receives. Exactly one of the two fields is set. */
public class RankUpdate {

  /** The change of an item. */
  public ItemChange item;

  /** A published model, or a plan. It has been checked. */
  public ModelRecord model;

  public RankUpdate() {}

  public static RankUpdate of(ItemChange change) {
    RankUpdate update = new RankUpdate();
    update.item = change;
    return update;
  }

  public static RankUpdate of(ModelRecord model) {
    RankUpdate update = new RankUpdate();
    update.model = model;
    return update;
  }
}
