package dev.freshet.ranking.source;

import dev.freshet.ranking.evidence.EvidenceKind;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.replica.ItemIndex;
import dev.freshet.ranking.replica.ItemReplica;
import java.util.List;
import java.util.Set;

/**
 * Items that share a value of an attribute with the user's last items, the most popular first,
 * whichever value they share.
 */
final class SameAttributeSource implements CandidateSource {

  /** Before the attribute's name in the configuration. */
  static final String PREFIX = "same-";

  /** How many of the last items are regarded. */
  private static final int REACH = 3;

  /** How many values are followed: more than any item has that says something. */
  private static final int MOST_VALUES = 32;

  private final String attributeName;
  private final int[] values = new int[MOST_VALUES];

  /** How far the list of each value has been followed. */
  private final int[] ranks = new int[MOST_VALUES];

  private int valueCount;

  SameAttributeSource(String attributeName) {
    this.attributeName = attributeName;
  }

  @Override
  public Set<EvidenceKind> needs() {
    return Set.of(EvidenceKind.RECENT_ITEMS);
  }

  @Override
  public List<String> attributes() {
    return List.of(attributeName);
  }

  @Override
  public void propose(RankingContext context, int quota, CandidateSet candidates) {
    ItemReplica replica = context.replica();
    int attribute = replica.attribute(attributeName);
    if (attribute == ItemIndex.ABSENT) {
      throw new IllegalStateException(
          "The replica of items doesn't keep the attribute '"
              + attributeName
              + "' that the source "
              + PREFIX
              + attributeName
              + " asks for");
    }
    collectValues(context, replica, attribute);
    for (int item = next(replica, attribute);
        item != ItemIndex.ABSENT;
        item = next(replica, attribute)) {
      if (!isRecent(context, item) && !candidates.propose(item)) {
        return;
      }
    }
  }

  private void collectValues(RankingContext context, ItemReplica replica, int attribute) {
    valueCount = 0;
    for (int position = 0; position < reach(context); position++) {
      int item = context.recentItem(position);
      if (item != ItemIndex.ABSENT) {
        for (int place = 0; place < replica.valuesOf(attribute, item); place++) {
          add(replica.value(attribute, item, place));
        }
      }
    }
  }

  private void add(int value) {
    for (int place = 0; place < valueCount; place++) {
      if (values[place] == value) {
        return;
      }
    }
    if (valueCount < MOST_VALUES) {
      values[valueCount] = value;
      ranks[valueCount] = 0;
      valueCount++;
    }
  }

  /** The most popular item of all lists that wasn't taken yet. */
  private int next(ItemReplica replica, int attribute) {
    int best = ItemIndex.ABSENT;
    for (int place = 0; place < valueCount; place++) {
      if (ranks[place] < replica.size(attribute, values[place])) {
        int item = replica.item(attribute, values[place], ranks[place]);
        if (best == ItemIndex.ABSENT || replica.isMorePopular(item, best)) {
          best = item;
        }
      }
    }
    // All lists have the same order: an item of several is at the head of each.
    for (int place = 0; best != ItemIndex.ABSENT && place < valueCount; place++) {
      if (ranks[place] < replica.size(attribute, values[place])
          && replica.item(attribute, values[place], ranks[place]) == best) {
        ranks[place]++;
      }
    }
    return best;
  }

  private static int reach(RankingContext context) {
    return Math.min(REACH, context.recentItems());
  }

  private static boolean isRecent(RankingContext context, int item) {
    for (int position = 0; position < reach(context); position++) {
      if (context.recentItem(position) == item) {
        return true;
      }
    }
    return false;
  }
}
