package dev.freshet.ranking.replica;

import dev.freshet.features.aggregate.ForwardDecay;
import java.util.List;

/**
 * What visits teach of items: which follow which, which are visited together, in which sessions
 * they are, and a vector of each.
 */
final class VisitColumns {

  /** Items that can follow an item directly. */
  static final int TRANSITIONS_PER_ITEM = 120;

  private final ItemIndex index;
  private final NeighbourLists transitions;
  private final NeighbourLists covisits;
  private final SessionLog sessions;
  private final ItemVectors vectors;
  private final List<ItemColumns> columns;
  private ForwardDecay decay;

  VisitColumns(ReplicaSettings settings, ItemIndex index, ItemFacts facts, Eviction eviction) {
    this(
        index,
        new NeighbourLists(TRANSITIONS_PER_ITEM, eviction.evicted()),
        new NeighbourLists(ItemReplica.COVISITS_PER_ITEM, eviction.evicted()),
        new SessionLog(settings.sessions()),
        new ItemVectors(facts.column(ItemFact.DIRECTION)),
        new ForwardDecay(settings.halfLives().neighbours()));
  }

  private VisitColumns(
      ItemIndex index,
      NeighbourLists transitions,
      NeighbourLists covisits,
      SessionLog sessions,
      ItemVectors vectors,
      ForwardDecay decay) {
    this.index = index;
    this.transitions = transitions;
    this.covisits = covisits;
    this.sessions = sessions;
    this.vectors = vectors;
    this.columns = List.of(transitions, covisits, sessions, vectors);
    this.decay = decay;
  }

  /** A deep copy of what a snapshot contains, which answers nothing else. */
  VisitColumns frozen() {
    return new VisitColumns(
        index, transitions.frozen(), covisits.frozen(), sessions.frozen(), vectors.frozen(), decay);
  }

  NeighbourLists transitions() {
    return transitions;
  }

  NeighbourLists covisits() {
    return covisits;
  }

  SessionLog sessions() {
    return sessions;
  }

  ItemVectors vectors() {
    return vectors;
  }

  void ensureItems(int count) {
    for (ItemColumns column : columns) {
      column.ensureItems(count);
    }
  }

  /** Weight of a visit at an event time, which {@link #advanceTo} must have reached. */
  double weight(long time) {
    return decay.weight(time);
  }

  /** Multiplied with a weight, gives the decayed count at a time. */
  double factor(long time) {
    return decay.read(1, time);
  }

  long landmark() {
    return decay.landmark();
  }

  void restore(ForwardDecay decayBefore) {
    decay = decayBefore;
  }

  /**
   * Learns from a visit.
   *
   * @param earlier the items before it, most recent first
   * @param reach how many of them there are
   * @param user hash of the user
   */
  void visit(int item, int[] earlier, int reach, long user, long time, double weight) {
    double pairWeight = weight;
    for (int back = 0; back < reach; back++) {
      if (back == 0) {
        transitions.add(earlier[back], item, weight);
      }
      covisits.add(earlier[back], item, pairWeight);
      covisits.add(item, earlier[back], pairWeight);
      pairWeight *= ItemReplica.COVISIT_STEP;
    }
    sessions.visit(user, item, earlier, reach, time);
    addContext(item, earlier, reach, weight);
  }

  private void addContext(int item, int[] earlier, int reach, double weight) {
    int indexVector = ItemVectors.indexVector(index.hash(item));
    double pairWeight = weight;
    for (int back = 0; back < reach; back++) {
      int other = earlier[back];
      vectors.add(item, ItemVectors.indexVector(index.hash(other)), pairWeight);
      vectors.add(other, indexVector, pairWeight);
      vectors.settle(other);
      pairWeight *= ItemReplica.COVISIT_STEP;
    }
    if (reach > 0) {
      vectors.settle(item);
    }
  }

  /** Moves the landmark of the decay if a time needs it. */
  void advanceTo(long time) {
    int exponent = decay.advance(time);
    if (exponent != 0) {
      int numbers = index.numbers();
      transitions.scale(exponent, numbers);
      covisits.scale(exponent, numbers);
      vectors.scale(exponent, numbers);
    }
  }

  /** Items were evicted; see {@link ItemColumns#forget}. */
  void forget(int[] evicted) {
    for (ItemColumns column : columns) {
      column.forget(evicted);
    }
  }

  /** See {@link ItemColumns#purge}. */
  void purge(int item) {
    for (ItemColumns column : columns) {
      column.purge(item);
    }
  }

  long bytes() {
    long bytes = 0;
    for (ItemColumns column : columns) {
      bytes += column.bytes();
    }
    return bytes;
  }
}
