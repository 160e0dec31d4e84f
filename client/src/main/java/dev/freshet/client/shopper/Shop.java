package dev.freshet.client.shopper;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * The simulated shop's shelves: items in lines of similar items within categories, with brands,
 * prices and Zipf popularity, and for every item those that shoppers tend to want next.
 *
 * <p>Items are numbered from 0 in order of appearance. Not thread-safe: {@link Shoppers} guards it.
 */
final class Shop {
  /** Exponent of the popularity: the item of rank r has weight r^-0.9, as is usual in retail. */
  private static final double ZIPF_EXPONENT = 0.9;

  private static final int LINES_PER_CATEGORY = 5;

  /** One brand serves a third of the categories, so that a brand says something but not all. */
  private static final int BRANDS_PER_CATEGORY = 4;

  private static final List<Category> CATEGORIES =
      List.of(
          new Category(
              "shoes",
              110,
              "socks",
              "trousers",
              "Trail Runner",
              "City Walker",
              "Peak Boot",
              "Dune",
              "Court"),
          new Category(
              "jackets",
              160,
              "gloves",
              "hats",
              "Storm Shell",
              "Feather Down",
              "Breeze",
              "Fjord Parka",
              "Ridge"),
          new Category(
              "trousers",
              80,
              "shirts",
              "shoes",
              "Zip Off",
              "Ascent",
              "Canvas",
              "Sprint Tight",
              "Thermo"),
          new Category(
              "shirts",
              45,
              "trousers",
              "jackets",
              "Merino",
              "Checked",
              "Quick Dry",
              "Polo",
              "Base Layer"),
          new Category(
              "socks", 15, "shoes", "shirts", "Hiker", "Runner", "Alpine", "Everyday", "Liner"),
          new Category(
              "backpacks",
              95,
              "bottles",
              "tents",
              "Day Tripper",
              "Long Haul",
              "Commuter",
              "Summit",
              "Roll Top"),
          new Category(
              "tents",
              280,
              "sleeping bags",
              "lamps",
              "Solo",
              "Duo",
              "Family Dome",
              "Storm Tunnel",
              "Tarp"),
          new Category(
              "sleeping bags",
              170,
              "mats",
              "tents",
              "Summer",
              "Three Season",
              "Polar",
              "Liner Bag",
              "Quilt"),
          new Category(
              "mats",
              70,
              "sleeping bags",
              "lamps",
              "Air",
              "Foam",
              "Feather Mat",
              "Trek Mat",
              "Folding"),
          new Category(
              "stoves",
              60,
              "cookware",
              "bottles",
              "Gas Jet",
              "Spirit",
              "Twin Burner",
              "Wood",
              "Petrol"),
          new Category(
              "cookware",
              35,
              "stoves",
              "bottles",
              "Titanium Pot",
              "Pan",
              "Kettle",
              "Mess Set",
              "Mug"),
          new Category(
              "bottles",
              25,
              "backpacks",
              "cookware",
              "Steel",
              "Flask",
              "Soft",
              "Filter",
              "Bladder"),
          new Category(
              "lamps",
              40,
              "tents",
              "maps",
              "Head Torch",
              "Lantern",
              "Bike Light",
              "Pocket",
              "Solar"),
          new Category(
              "maps", 18, "watches", "backpacks", "Alps", "Coast", "Forest", "City Guide", "Atlas"),
          new Category(
              "watches",
              240,
              "glasses",
              "shirts",
              "Pulse",
              "Compass",
              "Dive",
              "Altitude",
              "Classic"),
          new Category(
              "glasses", 85, "hats", "watches", "Glacier", "Road", "Beach", "Goggle", "Clear"),
          new Category(
              "hats", 28, "glasses", "gloves", "Beanie", "Sun Hat", "Cap", "Headband", "Balaclava"),
          new Category(
              "gloves",
              38,
              "hats",
              "jackets",
              "Ski Mitt",
              "Liner Glove",
              "Bike Glove",
              "Grip",
              "Winter"),
          new Category(
              "bicycles",
              900,
              "helmets",
              "lamps",
              "Gravel",
              "Road Race",
              "Mountain",
              "City Bike",
              "Folder"),
          new Category(
              "helmets", 75, "bicycles", "glasses", "Aero", "Climb", "Ski", "Urban", "Kids"),
          new Category(
              "climbing",
              90,
              "ropes",
              "helmets",
              "Harness",
              "Chalk Bag",
              "Quickdraw",
              "Slipper",
              "Crash Pad"),
          new Category(
              "ropes", 120, "climbing", "gloves", "Single", "Half", "Twin Rope", "Static", "Cord"),
          new Category(
              "skis", 420, "helmets", "gloves", "Piste", "Touring", "Freeride", "Nordic", "Junior"),
          new Category(
              "canoes",
              650,
              "bottles",
              "hats",
              "River",
              "Lake",
              "Inflatable",
              "Sea Kayak",
              "Paddle"));

  private static final List<String> BRANDS =
      List.of(
          "Altera",
          "Borealis",
          "Cairn",
          "Dovrefjell",
          "Eiger",
          "Fernweh",
          "Granit",
          "Halden",
          "Isar",
          "Juniper",
          "Kestrel",
          "Larch");

  private final Random random;
  private final int initialItems;
  private final List<Item> items = new ArrayList<>();
  private final List<Shelf> categories = new ArrayList<>();
  private final List<Shelf> lines = new ArrayList<>();

  /** Number of lines by which the complements are rotated; it changes with the fashion. */
  private int fashion;

  /**
   * @param price typical price in euro
   * @param complement what is bought with it most, {@code second} what is bought with it less often
   * @param lines names of its lines of similar items
   */
  private record Category(
      String name, int price, String complement, String second, List<String> lines) {
    Category(String name, int price, String complement, String second, String... lines) {
      this(name, price, complement, second, List.of(lines));
    }
  }

  /**
   * @param number position in order of appearance, from 0
   * @param line its line of similar items, {@code place} its position within that line
   * @param title such as "Trail Runner 12"
   * @param price in euro
   * @param weight relative popularity
   */
  record Item(
      int number,
      String id,
      int line,
      int place,
      String title,
      int brand,
      int price,
      double weight) {
    int category() {
      return line / LINES_PER_CATEGORY;
    }
  }

  Shop(int initialItems, Random random) {
    this.random = random;
    this.initialItems = initialItems;
    for (int category = 0; category < CATEGORIES.size(); category++) {
      categories.add(new Shelf());
    }
    List<Integer> everyLine = new ArrayList<>();
    for (int line = 0; line < CATEGORIES.size() * LINES_PER_CATEGORY; line++) {
      lines.add(new Shelf());
      everyLine.add(line);
    }
    if (initialItems < everyLine.size()) {
      throw new IllegalArgumentException(
          "a shop needs at least " + everyLine.size() + " items, not " + initialItems);
    }
    Collections.shuffle(everyLine, random);
    List<Integer> ids = new ArrayList<>();
    for (int number = 0; number < initialItems; number++) {
      ids.add(number);
    }
    Collections.shuffle(ids, random);
    // In order of popularity: the first of a line is its best seller, and the complements of best
    // sellers are best sellers. Ids are shuffled, so that they don't reveal the popularity.
    for (int rank = 1; rank <= initialItems; rank++) {
      int line = rank <= everyLine.size() ? everyLine.get(rank - 1) : random.nextInt(lines.size());
      add(ids.get(rank - 1), rank, line);
    }
  }

  /** Puts a new item of random popularity on the shelves. */
  Item add() {
    return add(items.size(), 1 + random.nextInt(initialItems), random.nextInt(lines.size()));
  }

  private Item add(int id, int popularityRank, int line) {
    Category category = CATEGORIES.get(line / LINES_PER_CATEGORY);
    int place = lines.get(line).size();
    int brand =
        (line / LINES_PER_CATEGORY * BRANDS_PER_CATEGORY + random.nextInt(BRANDS_PER_CATEGORY))
            % BRANDS.size();
    double spread = StrictMath.exp(0.35 * random.nextGaussian());
    Item item =
        new Item(
            items.size(),
            String.format(Locale.ROOT, "i%05d", id),
            line,
            place,
            lineName(line) + " " + (place + 1),
            brand,
            (int) Math.max(3, Math.round(category.price() * spread)),
            StrictMath.pow(popularityRank, -ZIPF_EXPONENT));
    items.add(item);
    shelve(item, item.weight());
    return item;
  }

  private void shelve(Item item, double weight) {
    lines.get(item.line()).add(item.number(), weight);
    categories.get(item.category()).add(item.number(), weight);
  }

  /**
   * What sold worst within each line now sells best, and other lines complement each other: the
   * catalog stays, what shoppers do with it doesn't.
   */
  void changeFashion() {
    fashion++;
    for (Shelf category : categories) {
      category.clear();
    }
    List<Shelf> before = List.copyOf(lines);
    for (int line = 0; line < before.size(); line++) {
      Shelf old = before.get(line);
      Shelf reversed = new Shelf();
      lines.set(line, reversed);
      for (int place = 0; place < old.size(); place++) {
        Item item = items.get(old.item(place));
        shelve(item, old.weight(old.size() - 1 - place));
      }
    }
  }

  int size() {
    return items.size();
  }

  Item item(int number) {
    return items.get(number);
  }

  int categoryCount() {
    return CATEGORIES.size();
  }

  int brandCount() {
    return BRANDS.size();
  }

  /** An item of the category, by popularity. */
  int drawFromCategory(int category, Random shopper) {
    return categories.get(category).draw(shopper);
  }

  /** An item of the same line, by popularity; may be the item itself. */
  int drawSimilar(int item, Random shopper) {
    return lines.get(items.get(item).line()).draw(shopper);
  }

  /**
   * What shoppers want after this item: one of few, mostly from a line that complements its own.
   */
  int drawNext(int number, Random shopper) {
    double chance = shopper.nextDouble();
    Item item = items.get(number);
    if (chance < 0.2) {
      Shelf line = lines.get(item.line());
      return line.item((item.place() + 1) % line.size());
    }
    Shelf line = lines.get(complement(item.line(), chance < 0.7 ? 0 : 1));
    return line.item(item.place() % line.size());
  }

  /** Whether a shopper who looks at one item may take to the other: same line, or a complement. */
  boolean related(int from, int to) {
    int fromLine = items.get(from).line();
    int toLine = items.get(to).line();
    return fromLine == toLine
        || complement(fromLine, 0) == toLine
        || complement(fromLine, 1) == toLine;
  }

  /** The complementing line: same style (position within the category), turned by the fashion. */
  private int complement(int line, int which) {
    Category category = CATEGORIES.get(line / LINES_PER_CATEGORY);
    String name = which == 0 ? category.complement() : category.second();
    return categoryOf(name) * LINES_PER_CATEGORY
        + (line % LINES_PER_CATEGORY + fashion) % LINES_PER_CATEGORY;
  }

  private static int categoryOf(String name) {
    for (int category = 0; category < CATEGORIES.size(); category++) {
      if (CATEGORIES.get(category).name().equals(name)) {
        return category;
      }
    }
    throw new IllegalStateException("no category is called " + name);
  }

  /** The attributes of an item, as the catalog topic carries them. */
  Map<String, List<String>> attributes(Item item) {
    return Map.of(
        "title", List.of(item.title()),
        "category", List.of(categoryName(item)),
        "line", List.of(lineName(item.line())),
        "brand", List.of(BRANDS.get(item.brand())),
        "price_eur", List.of(Integer.toString(item.price())));
  }

  String categoryName(Item item) {
    return CATEGORIES.get(item.category()).name();
  }

  private static String lineName(int line) {
    return CATEGORIES.get(line / LINES_PER_CATEGORY).lines().get(line % LINES_PER_CATEGORY);
  }

  /** Numbers with weights, to draw from in logarithmic time; grows. */
  static final class Shelf {
    private int[] items = new int[8];
    private double[] cumulative = new double[8];
    private int size;

    void add(int item, double weight) {
      if (size == items.length) {
        items = Arrays.copyOf(items, size * 2);
        cumulative = Arrays.copyOf(cumulative, size * 2);
      }
      items[size] = item;
      cumulative[size] = weight + (size == 0 ? 0 : cumulative[size - 1]);
      size++;
    }

    void clear() {
      size = 0;
    }

    int size() {
      return size;
    }

    int item(int place) {
      return items[place];
    }

    double weight(int place) {
      return cumulative[place] - (place == 0 ? 0 : cumulative[place - 1]);
    }

    /** An item with probability proportional to its weight. The shelf must not be empty. */
    int draw(Random random) {
      double at = random.nextDouble() * cumulative[size - 1];
      int found = Arrays.binarySearch(cumulative, 0, size, at);
      // binarySearch gives -(insertion point) - 1 for a number between two entries.
      return items[Math.min(size - 1, found >= 0 ? found + 1 : -found - 1)];
    }
  }
}
