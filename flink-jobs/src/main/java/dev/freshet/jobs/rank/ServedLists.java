package dev.freshet.jobs.rank;

import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.list.PackedLists;
import dev.freshet.ranking.list.ServedList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;

/** A user's last list of each placement, kept until the user's next action labels it. */
final class ServedLists {

  /** By placement, packed by {@link #packed}. */
  private final MapState<String, byte[]> state;

  private final PackedLists packed = new PackedLists();

  /** Lists of the request at hand, which are kept once the earlier ones are labelled. */
  private final Map<String, byte[]> added = new HashMap<>();

  private final List<ServedList> taken = new ArrayList<>();

  ServedLists(MapState<String, byte[]> state) {
    this.state = state;
  }

  /** Adds a list, which {@link #commit} keeps. */
  void add(String placement, ServedList list) {
    added.put(placement, packed.pack(list));
  }

  /** Keeps the lists that were added in place of those of the same placements. */
  void commit() throws Exception {
    if (!added.isEmpty()) { // or an empty map would stay for every user
      state.putAll(added);
      added.clear();
    }
  }

  /**
   * Removes the lists that an action labels: those that were served before it. If the action names
   * the list that led to it, and that list is here, it labels no other: the user didn't look at the
   * others. A list after the action, which is late then, is not labelled by it.
   *
   * @return a list that the next call overwrites
   */
  List<ServedList> take(RankRequest action) throws Exception {
    taken.clear();
    boolean attributed = isAttributed(action);
    for (byte[] bytes : state.values()) {
      ServedList list = packed.unpack(bytes);
      if (action.time >= list.time
          && (!attributed || list.recommendationId.equals(action.recommendationId))) {
        taken.add(list);
      }
    }
    for (ServedList list : taken) {
      state.remove(list.placement);
    }
    return taken;
  }

  /** An action that names a list that is no longer kept follows all those that are. */
  private boolean isAttributed(RankRequest action) throws Exception {
    if (action.recommendationId == null) {
      return false;
    }
    for (byte[] list : state.values()) {
      if (packed.recommendationId(list).equals(action.recommendationId)) {
        return true;
      }
    }
    return false;
  }
}
