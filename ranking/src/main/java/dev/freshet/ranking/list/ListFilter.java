package dev.freshet.ranking.list;

import dev.freshet.features.FeatureEvent;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.list.Placement.Exclusion;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.source.ItemFilter;
import java.util.Set;

/** Which items a placement may show to a user. Reused from request to request. */
public final class ListFilter implements ItemFilter {

  private final ItemReplica replica;
  private final Set<Exclusion> exclusions;
  private final AttributeRule[] required;
  private final AttributeRule[] forbidden;
  private final HashSet64 excluded = new HashSet64();

  public ListFilter(ItemReplica replica, Placement placement) {
    this.replica = replica;
    this.exclusions = placement.excluded();
    this.required = AttributeRule.of(replica, placement.required());
    this.forbidden = AttributeRule.of(replica, placement.forbidden());
  }

  /** Takes in what this user must not be shown. */
  public void prepare(RankRequest request) {
    excluded.clear();
    for (AttributeRule rule : required) {
      rule.prepare();
    }
    for (AttributeRule rule : forbidden) {
      rule.prepare();
    }
    if (exclusions.contains(Exclusion.SEEN)) {
      addAll(request.seen);
    }
    if (exclusions.contains(Exclusion.BOUGHT)) {
      addAll(request.bought);
    }
    if (exclusions.contains(Exclusion.SEEN_IN_SESSION)) {
      for (int place = 0; place < request.seenInSession; place++) {
        excluded.add(request.seen[place]);
      }
    }
    if (exclusions.contains(Exclusion.CURRENT) && request.item != null) {
      excluded.add(FeatureEvent.hash(request.item));
    }
  }

  private void addAll(long[] hashes) {
    for (long hash : hashes) {
      excluded.add(hash);
    }
  }

  @Override
  public boolean allows(int item) {
    if (replica.deleted(item) || replica.evicted(item)) {
      return false;
    }
    if (!excluded.isEmpty() && excluded.contains(replica.hash(item))) {
      return false;
    }
    for (AttributeRule rule : required) {
      if (!rule.matches(item)) {
        return false;
      }
    }
    for (AttributeRule rule : forbidden) {
      if (rule.matches(item)) {
        return false;
      }
    }
    return true;
  }
}
