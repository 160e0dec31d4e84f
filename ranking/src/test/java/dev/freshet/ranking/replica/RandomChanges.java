package dev.freshet.ranking.replica;

import dev.freshet.features.FeatureEvent;
import dev.freshet.ranking.event.ItemChange;
import dev.freshet.ranking.event.Visit;
import java.util.Random;
import java.util.TreeSet;

/** Random changes: of some items often, some late, with attributes {@code genre} and {@code x}. */
final class RandomChanges {
  private final Random random;
  private final int items;
  private final int step;
  private long time = 1_000_000;

  RandomChanges(Random random, int items, int step) {
    this.random = random;
    this.items = items;
    this.step = step;
  }

  /** Event time of the newest change so far. */
  long time() {
    return time;
  }

  String item() {
    return "item " + (int) (items * Math.pow(random.nextDouble(), 2));
  }

  ItemChange next() {
    time += random.nextInt(step);
    ItemChange change = new ItemChange();
    change.item = item();
    change.time = random.nextInt(20) == 0 ? time - random.nextInt(step) : time;
    change.firstSeen = change.time - random.nextInt(50);
    change.lastAction = random.nextInt(3) == 0 ? Long.MIN_VALUE : change.time;
    change.countTime = change.lastAction;
    change.deleted = random.nextInt(6) == 0;
    change.attributes = attributes();
    change.visits = new Visit[change.lastAction == Long.MIN_VALUE ? 0 : random.nextInt(3)];
    if (change.lastAction != Long.MIN_VALUE) {
      change.shortCount = 1 + random.nextInt(3);
      change.longCount = 1 + random.nextInt(4);
    }
    for (int visit = 0; visit < change.visits.length; visit++) {
      change.visits[visit] = new Visit();
      change.visits[visit].user = FeatureEvent.hash("u" + (change.time + visit) % 7);
      TreeSet<String> before = new TreeSet<>();
      for (int count = random.nextInt(13); count > 0; count--) {
        before.add(item());
      }
      before.remove(change.item);
      change.visits[visit].before = before.toArray(String[]::new);
    }
    return change;
  }

  private String[] attributes() {
    TreeSet<String> attributes = new TreeSet<>();
    for (int count = random.nextInt(4); count > 0; count--) {
      attributes.add("genre=g" + random.nextInt(2));
      attributes.add("x=ü" + random.nextInt(1_000));
    }
    if (random.nextInt(10) == 0) {
      for (int count = 0; count < 20; count++) {
        attributes.add("x=" + count);
      }
    }
    return attributes.toArray(String[]::new);
  }
}
