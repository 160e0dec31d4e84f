package dev.freshet.client.shopper;

import dev.freshet.client.shopper.Shop.Item;
import dev.freshet.client.shopper.Shop.Shelf;
import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.UserAction;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/**
 * A simulated shop's traffic: shoppers with tastes that drift, who come back for sessions in which
 * they view, put into the cart and purchase; similar and complementary items; new items; and clicks
 * on what was recommended to them.
 *
 * <p>The load is open: {@link #nextDueMillis()} returns when the next action is due (a Poisson
 * process of the given rate), whatever happened to the earlier ones. Played live:
 *
 * <pre>{@code
 * Shoppers shoppers = new Shoppers(Shoppers.Settings.of(42, 200), clock.millis());
 * shoppers.catalog().forEach(items::send);
 * while (running) {
 *   waitUntil(shoppers.nextDueMillis());
 *   Shoppers.Step step = shoppers.next(clock.millis());
 *   step.newItems().forEach(items::send);
 *   actions.send(step.action());
 * }
 * }</pre>
 *
 * and in simulated time {@code next(shoppers.nextDueMillis())}.
 *
 * <p>Deterministic: the same settings, start and {@link #observe observed} recommendations (between
 * the same steps) give the same actions, and what one shopper is shown does not change what another
 * one does. The time stamps given to {@link #next} decide nothing. Thread-safe, so that one thread
 * can act and another observe.
 */
public final class Shoppers {
  /**
   * @param seed the same seed gives the same shop and the same shoppers
   * @param users how many shoppers there are, at least 1
   * @param items how many items the shop has at the start, at least 120
   * @param actionsPerSecond of all shoppers together, on average
   */
  public record Settings(long seed, int users, int items, double actionsPerSecond) {
    public Settings {
      if (users < 1) {
        throw new IllegalArgumentException("at least one user is needed, not " + users);
      }
      if (!(actionsPerSecond > 0) || Double.isInfinite(actionsPerSecond)) {
        throw new IllegalArgumentException(
            "the rate must be a positive number of actions per second, not " + actionsPerSecond);
      }
    }

    /** 2,000 shoppers and 3,000 items. */
    public static Settings of(long seed, double actionsPerSecond) {
      return new Settings(seed, 2_000, 3_000, actionsPerSecond);
    }
  }

  /**
   * An action, and the items that came into the shop since the one before it: to be published
   * first.
   */
  public record Step(List<ItemUpdate> newItems, UserAction action) {}

  /** Kinds of action, as {@link UserAction} names them. */
  public static final String VIEW = "view";

  public static final String CART = "cart";
  public static final String PURCHASE = "purchase";

  /** Think time that sessions have where there are enough shoppers for the rate, in seconds. */
  private static final double THINK_SECONDS = 15;

  /** At most this share of the shoppers is in a session at a time; above it they think faster. */
  private static final double LARGEST_ACTIVE_SHARE = 0.25;

  private static final double MEAN_SESSION_ACTIONS = 8;
  private static final int ACTIONS_PER_NEW_ITEM = 400;
  private static final int NEWEST_ITEMS = 20;
  private static final int REMEMBERED_VIEWS = 20;
  private static final double[] TASTE = {0.5, 0.25, 0.15, 0.1};

  /** Chance that a shopper looks at the recommendations at all before choosing what comes next. */
  private static final double LOOKS_AT_RECOMMENDATIONS = 0.5;

  private static final List<String> DEVICES =
      List.of("phone", "phone", "phone", "desktop", "tablet");

  private final Settings settings;
  private final long startMillis;
  private final String run;
  private final Shop shop;
  private final List<ItemUpdate> catalog = new ArrayList<>();
  private final Map<String, Integer> itemNumbers = new HashMap<>();
  private final Deque<Integer> newest = new ArrayDeque<>();
  private final List<User> users = new ArrayList<>();
  private final Map<String, User> usersById = new HashMap<>();
  private final Shelf usersByActivity = new Shelf();

  /** Sessions under way, by when their next action is planned. */
  private final PriorityQueue<Session> sessions = new PriorityQueue<>();

  private final double thinkMillis;

  /**
   * Decides when an action happens and which shopper acts; what a shopper does is decided by the
   * shopper's own generator.
   */
  private final Random schedule;

  private double dueMillis;
  private long steps;
  private long sessionsOpened;

  /**
   * @param startMillis when the traffic starts: event time of the catalog, milliseconds since
   *     1970-01-01T00:00:00Z
   */
  public Shoppers(Settings settings, long startMillis) {
    this.settings = settings;
    this.startMillis = startMillis;
    this.run = Long.toString(settings.seed(), 36) + "-" + Long.toString(startMillis, 36);
    this.schedule = generator(-1);
    this.shop = new Shop(settings.items(), generator(-2));
    for (int number = 0; number < shop.size(); number++) {
      Item item = shop.item(number);
      itemNumbers.put(item.id(), number);
      catalog.add(update(item, startMillis));
    }
    Random tastes = generator(-3);
    for (int number = 0; number < settings.users(); number++) {
      User user = new User(number, String.format(Locale.ROOT, "u%04d", number), generator(number));
      user.favour(tastes, shop);
      users.add(user);
      usersById.put(user.id, user);
      usersByActivity.add(number, StrictMath.pow(number + 1, -0.5));
    }
    double wanted = settings.actionsPerSecond() * THINK_SECONDS;
    int active = (int) Math.max(1, Math.min(wanted, settings.users() * LARGEST_ACTIVE_SHARE));
    this.thinkMillis = active / settings.actionsPerSecond() * 1000;
    this.dueMillis = startMillis;
    advance();
    for (int i = 0; i < active; i++) {
      openSession(startMillis + schedule.nextDouble() * thinkMillis);
    }
  }

  /** The items that the shop has at the start, to be published before the first action. */
  public List<ItemUpdate> catalog() {
    return List.copyOf(catalog);
  }

  /** When the next action is due, in milliseconds since 1970-01-01T00:00:00Z. */
  public synchronized long nextDueMillis() {
    return (long) dueMillis;
  }

  /**
   * The next action.
   *
   * @param nowMillis its event time, in milliseconds since 1970-01-01T00:00:00Z: live the present
   *     time, in simulated time {@link #nextDueMillis()}
   */
  public synchronized Step next(long nowMillis) {
    steps++;
    List<ItemUpdate> arrived = List.of();
    if (schedule.nextInt(ACTIONS_PER_NEW_ITEM) == 0) {
      arrived = List.of(newItem(nowMillis));
    }
    Session session = sessions.remove();
    UserAction action = session.act(nowMillis);
    session.actionsLeft--;
    // Drawn in any case, so that what shoppers do doesn't change the schedule.
    double pause = thinkTime();
    if (session.actionsLeft > 0) {
      session.plannedMillis = dueMillis + pause;
      sessions.add(session);
    } else {
      session.user.inSession = false;
      openSession(dueMillis + pause);
    }
    advance();
    return new Step(arrived, action);
  }

  /**
   * Tells what was shown to a shopper, whose next view may be a click on it: more likely the higher
   * the item stands, and only if it is related to what the shopper is looking at or is to the
   * shopper's taste. Unknown users and items are ignored.
   */
  public synchronized void observe(Recommendation shown) {
    User user = usersById.get(shown.getUser());
    if (user != null
        && (user.shown == null || !shown.getEventTime().isBefore(user.shown.getEventTime()))) {
      user.shown = shown;
    }
  }

  /**
   * All at once every shopper takes to other categories, slow sellers become best sellers, and
   * other items are wanted together.
   */
  public synchronized void shiftTastes() {
    shop.changeFashion();
    for (User user : users) {
      user.favour(user.random, shop);
    }
  }

  /** Name of an item for people, such as "Trail Runner 12 (shoes)"; its id where it is unknown. */
  public synchronized String title(String item) {
    Integer number = itemNumbers.get(item);
    if (number == null) {
      return item;
    }
    return shop.item(number).title() + " (" + shop.categoryName(shop.item(number)) + ")";
  }

  private ItemUpdate newItem(long nowMillis) {
    Item item = shop.add();
    itemNumbers.put(item.id(), item.number());
    newest.addFirst(item.number());
    if (newest.size() > NEWEST_ITEMS) {
      newest.removeLast();
    }
    return update(item, nowMillis);
  }

  private ItemUpdate update(Item item, long nowMillis) {
    return ItemUpdate.newBuilder()
        .setEventId(run + "-" + item.id())
        .setItem(item.id())
        .setEventTime(Instant.ofEpochMilli(nowMillis))
        .setAttributes(shop.attributes(item))
        .build();
  }

  private void advance() {
    dueMillis -= StrictMath.log(1 - schedule.nextDouble()) * 1000 / settings.actionsPerSecond();
  }

  /** Log-normal with mean {@link #thinkMillis}, in milliseconds. */
  private double thinkTime() {
    double sigma = 0.8;
    return thinkMillis * StrictMath.exp(sigma * schedule.nextGaussian() - sigma * sigma / 2);
  }

  private void openSession(double plannedMillis) {
    User user = users.get(usersByActivity.draw(schedule));
    while (user.inSession) {
      user = users.get((user.number + 1) % users.size());
    }
    user.inSession = true;
    int actions =
        1 + (int) (-StrictMath.log(1 - schedule.nextDouble()) * (MEAN_SESSION_ACTIONS - 0.5));
    sessions.add(new Session(user, actions, plannedMillis, sessionsOpened++));
  }

  /** A generator of its own for each purpose and shopper: none disturbs another. */
  private Random generator(long stream) {
    // SplitMix64's finalizer: neighbouring seeds would start java.util.Random alike.
    long mixed = settings.seed() + stream * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return new Random(mixed ^ (mixed >>> 31));
  }

  private static final class User {
    private final int number;
    private final String id;
    private final Random random;
    private final int[] categories = new int[TASTE.length];
    private final Deque<Integer> viewed = new ArrayDeque<>();
    private final Set<Integer> purchased = new HashSet<>();
    private int brand;
    private boolean inSession;
    private int sessions;
    private Recommendation shown;

    User(int number, String id, Random random) {
      this.number = number;
      this.id = id;
      this.random = random;
    }

    void favour(Random tastes, Shop shop) {
      for (int i = 0; i < categories.length; i++) {
        categories[i] = tastes.nextInt(shop.categoryCount());
      }
      brand = tastes.nextInt(shop.brandCount());
    }

    /** Between two sessions a taste may gain on another, or a new one may take the last place. */
    void drift(Shop shop) {
      double chance = random.nextDouble();
      if (chance < 0.1) {
        int i = random.nextInt(categories.length - 1);
        int swapped = categories[i];
        categories[i] = categories[i + 1];
        categories[i + 1] = swapped;
      } else if (chance < 0.15) {
        categories[categories.length - 1] = random.nextInt(shop.categoryCount());
      }
    }

    int drawCategory() {
      double chance = random.nextDouble();
      int i = 0;
      while (i < TASTE.length - 1 && chance >= TASTE[i]) {
        chance -= TASTE[i];
        i++;
      }
      return categories[i];
    }

    /** How much the shopper cares for a category, from 0 to 1. */
    double taste(int category) {
      double taste = 0;
      for (int i = 0; i < TASTE.length; i++) {
        taste += categories[i] == category ? TASTE[i] : 0;
      }
      return taste;
    }
  }

  private final class Session implements Comparable<Session> {
    private final User user;
    private final String id;
    private final String device;
    private final long opened;

    /** What this visit is about; most browsing stays within it. */
    private final int purpose;

    private final Deque<Integer> cart = new ArrayDeque<>();
    private int actionsLeft;
    private double plannedMillis;
    private int current = -1;
    private String last = "";
    private boolean recommended;

    Session(User user, int actions, double plannedMillis, long opened) {
      this.user = user;
      this.actionsLeft = actions;
      this.plannedMillis = plannedMillis;
      this.opened = opened;
      user.drift(shop);
      this.id = user.id + "-" + user.sessions++;
      this.device = DEVICES.get(user.random.nextInt(DEVICES.size()));
      this.purpose = user.drawCategory();
    }

    @Override
    public int compareTo(Session other) {
      int byTime = Double.compare(plannedMillis, other.plannedMillis);
      return byTime != 0 ? byTime : Long.compare(opened, other.opened);
    }

    UserAction act(long nowMillis) {
      UserAction.Builder action =
          UserAction.newBuilder()
              // Padded, so that ids order as the actions do within a millisecond.
              .setEventId(run + String.format(Locale.ROOT, "-%09d", steps))
              .setUser(user.id)
              .setSession(id)
              .setEventTime(Instant.ofEpochMilli(nowMillis))
              .setContext(Map.of("device", device));
      if (checksOut()) {
        int bought = cart.removeFirst();
        user.purchased.add(bought);
        current = bought;
        last = PURCHASE;
        action.setValue((double) shop.item(bought).price());
      } else if (last.equals(VIEW) && puts(current)) {
        cart.addLast(current);
        last = CART;
        action.setValue((double) shop.item(current).price());
      } else {
        int clicked = click();
        recommended = clicked >= 0;
        if (recommended) {
          action.setRecommendationId(user.shown.getRecommendationId());
        }
        view(recommended ? clicked : choose());
      }
      user.shown = null;
      return action.setItem(shop.item(current).id()).setAction(last).build();
    }

    private void view(int item) {
      current = item;
      last = VIEW;
      user.viewed.addFirst(item);
      if (user.viewed.size() > REMEMBERED_VIEWS) {
        user.viewed.removeLast();
      }
    }

    /** Purchases of what is in the cart come now and then, and before leaving. */
    private boolean checksOut() {
      if (cart.isEmpty()) {
        return false;
      }
      boolean decides = user.random.nextDouble() < (actionsLeft == 1 ? 0.5 : 0.25);
      if (decides && user.random.nextDouble() < 0.3) {
        cart.removeFirst(); // Thinks better of it.
        return false;
      }
      return decides;
    }

    private boolean puts(int item) {
      double chance = 0.08;
      if (shop.item(item).brand() == user.brand) {
        chance *= 2;
      }
      if (recommended) {
        chance *= 1.5;
      }
      return user.random.nextDouble() < chance && !cart.contains(item);
    }

    /**
     * @return the recommended item that is clicked, or -1
     */
    private int click() {
      if (user.shown == null || user.random.nextDouble() >= LOOKS_AT_RECOMMENDATIONS) {
        return -1;
      }
      int position = 0;
      for (RankedItem ranked : user.shown.getItems()) {
        position++;
        // Fewer and fewer shoppers read on: about a third reaches the tenth place.
        boolean seen = user.random.nextDouble() < StrictMath.pow(position, -0.5);
        Integer item = itemNumbers.get(ranked.getItem());
        if (seen && item != null && user.random.nextDouble() < appeal(item)) {
          return item;
        }
      }
      return -1;
    }

    private double appeal(int item) {
      if (item == current || user.purchased.contains(item)) {
        return 0;
      }
      if (current >= 0 && shop.related(current, item)) {
        return 0.35;
      }
      return 0.4 * user.taste(shop.item(item).category());
    }

    private int choose() {
      int chosen = propose();
      // No shopper goes from an item to the same one or to an item that is owned already, unless a
      // small shop leaves no choice.
      for (int tries = 0;
          tries < 5 && (chosen == current || user.purchased.contains(chosen));
          tries++) {
        chosen = propose();
      }
      return chosen;
    }

    private int propose() {
      double chance = user.random.nextDouble();
      if (current >= 0) {
        // Who has decided on an item wants what goes with it, others still compare.
        double next = last.equals(VIEW) ? 0.25 : 0.55;
        double similar = last.equals(VIEW) ? 0.4 : 0.1;
        if (chance < next) {
          return shop.drawNext(current, user.random);
        }
        if (chance < next + similar) {
          return shop.drawSimilar(current, user.random);
        }
      }
      if (chance > 0.94 && !user.viewed.isEmpty()) {
        int back = user.random.nextInt(user.viewed.size());
        return user.viewed.stream().skip(back).findFirst().orElseThrow();
      }
      if (chance > 0.88) {
        for (int item : newest) {
          if (user.random.nextDouble() < 0.1 + user.taste(shop.item(item).category())) {
            return item;
          }
        }
      }
      int category = user.random.nextDouble() < 0.6 ? purpose : user.drawCategory();
      int item = shop.drawFromCategory(category, user.random);
      if (shop.item(item).brand() != user.brand) {
        // A second look, for the brand's sake.
        int other = shop.drawFromCategory(category, user.random);
        item = shop.item(other).brand() == user.brand ? other : item;
      }
      return item;
    }
  }
}
