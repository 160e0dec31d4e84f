package dev.freshet.jobs.event;

import dev.freshet.ranking.event.ItemChange;
import dev.freshet.schema.ModelRecord;

/** What every ranking subtask is told. Exactly one of the two is there. */
public class RankUpdate {

  /** What changed about an item. */
  public ItemChange item;

  /** A model that was published, or a plan: checked. */
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
