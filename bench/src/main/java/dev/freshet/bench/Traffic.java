package dev.freshet.bench;

import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.UserAction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Actions of a fixed number of users on a fixed number of items, always by the same laws. Users act
 * evenly, in sessions. Cheap: no tables, so that a million items cost nothing and the generator
 * isn't what is measured. The same settings give the same actions.
 */
final class Traffic {

  /**
   * @param users how many act
   * @param items how many there are
   * @param wandering true: items are as popular as log-uniform numbers make them (Zipf with
   *     exponent 1), and half of the actions stay near the item before; every user may come to
   *     every item, so two items may meet that never did before, for very long. A session is eight
   *     actions. False: every user stays with twenty items and likes them alike, so that soon
   *     nothing new happens any more; a session is half an hour
   * @param seed of everything drawn
   */
  record Settings(int users, int items, boolean wandering, long seed) {
    Settings {
      if (users < 1 || items < 1) {
        throw new IllegalArgumentException("at least one user and one item are needed");
      }
    }
  }

  private static final long SESSION_MILLIS = 30 * 60_000;
  private static final int NEIGHBOURHOOD = 20;
  private static final int CATEGORIES = 50;
  private static final int BRANDS = 200;
  private static final double NEAR = 0.5;

  private final Settings settings;
  private final SplittableRandom random;
  private final int[] lastItem;
  private final int[] actions;
  private final double logItems;

  Traffic(Settings settings) {
    this.settings = settings;
    this.random = new SplittableRandom(settings.seed());
    this.lastItem = new int[settings.users()];
    this.actions = new int[settings.users()];
    this.logItems = Math.log(settings.items() + 1.0);
  }

  /** The next action, of the user whose turn it is. */
  UserAction next(String eventId, long timeMillis) {
    return act(random.nextInt(settings.users()), eventId, timeMillis);
  }

  /** The next action of a user. */
  UserAction act(int user, String eventId, long timeMillis) {
    int done = actions[user]++;
    int item = settings.wandering() ? wander(user, done > 0) : near(home(user));
    lastItem[user] = item;
    double kind = random.nextDouble();
    String action = kind < 0.85 ? "view" : kind < 0.95 ? "cart" : "purchase";
    return UserAction.newBuilder()
        .setEventId(eventId)
        .setUser("u" + user)
        .setItem("i" + item)
        .setAction(action)
        .setSession("u" + user + "-" + session(done, timeMillis))
        .setEventTime(Instant.ofEpochMilli(timeMillis))
        .setValue(action.equals("view") ? null : (double) price(item))
        .setContext(Map.of("device", "phone"))
        .build();
  }

  private long session(int done, long timeMillis) {
    return settings.wandering() ? done / History.SESSION_ACTIONS : timeMillis / SESSION_MILLIS;
  }

  private int wander(int user, boolean before) {
    return before && random.nextDouble() < NEAR ? near(lastItem[user]) : popular();
  }

  /** The neighbourhood that a user stays in: each has as many users as any other, or one more. */
  private int home(int user) {
    int neighbourhoods = (settings.items() + NEIGHBOURHOOD - 1) / NEIGHBOURHOOD;
    return user % neighbourhoods * NEIGHBOURHOOD;
  }

  private int popular() {
    return Math.min(settings.items() - 1, (int) Math.exp(random.nextDouble() * logItems) - 1);
  }

  private int near(int item) {
    int first = item - item % NEIGHBOURHOOD;
    return first + random.nextInt(Math.min(NEIGHBOURHOOD, settings.items() - first));
  }

  private static int price(int item) {
    return 5 + item * 31 % 500;
  }

  /** What the catalog says of an item. */
  ItemUpdate item(int item, long timeMillis) {
    return ItemUpdate.newBuilder()
        .setEventId("catalog-" + item)
        .setItem("i" + item)
        .setEventTime(Instant.ofEpochMilli(timeMillis))
        .setAttributes(
            Map.of(
                "category", List.of("category " + item / NEIGHBOURHOOD % CATEGORIES),
                "brand", List.of("brand " + item * 7L % BRANDS),
                "price_eur", List.of(Integer.toString(price(item)))))
        .build();
  }
}
