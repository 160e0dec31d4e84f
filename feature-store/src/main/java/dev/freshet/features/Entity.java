package dev.freshet.features;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The kinds of entities that features describe, and which of them an event concerns. */
public enum Entity {
  /** A user; the id is the user's. */
  USER("user", "a user"),
  /** An item; the id is the item's. */
  ITEM("item", "an item"),
  /** A user together with an item; the id is that of {@link #pair}. */
  USER_ITEM("user_item", "a user together with an item"),
  /** All of them: there is one, with the id {@value #ALL}. */
  GLOBAL("global", "everything together");

  /** The id of the one {@link #GLOBAL} entity. */
  public static final String ALL = "all";

  private final String key;
  private final String description;

  Entity(String key, String description) {
    this.key = key;
    this.description = description;
  }

  /** The name in the catalog, in keys and on the command line. */
  public String key() {
    return key;
  }

  /** What it is, for a person. */
  public String description() {
    return description;
  }

  /** The entity of a key. */
  public static Optional<Entity> of(String key) {
    return Arrays.stream(values()).filter(entity -> entity.key.equals(key)).findFirst();
  }

  /** All keys, for a message. */
  public static String keys() {
    return Arrays.stream(values()).map(Entity::key).collect(Collectors.joining(", "));
  }

  /** The id of the entity that an event concerns; empty when it concerns none of this kind. */
  public Optional<String> idOf(FeatureEvent event) {
    return switch (this) {
      case USER -> Optional.ofNullable(event.user);
      case ITEM -> Optional.ofNullable(event.item);
      case USER_ITEM ->
          event.user == null || event.item == null
              ? Optional.empty()
              : Optional.of(pair(event.user, event.item));
      case GLOBAL -> Optional.of(ALL);
    };
  }

  /**
   * The id of a user together with an item: {@code user/item}, in each of them {@code %} written
   * {@code %25} and {@code /} written {@code %2F}.
   */
  public static String pair(String user, String item) {
    return escape(user) + "/" + escape(item);
  }

  /**
   * The user and the item of a pair.
   *
   * @throws IllegalArgumentException if it isn't what {@link #pair} gives for two ids
   */
  public static String[] unpair(String id) {
    USER_ITEM.requireId(id);
    int slash = id.indexOf('/');
    return new String[] {unescape(id.substring(0, slash)), unescape(id.substring(slash + 1))};
  }

  /** Whether a text can be the id of such an entity. */
  public boolean isId(String id) {
    return switch (this) {
      case USER, ITEM -> !id.isEmpty();
      case USER_ITEM -> isPair(id);
      case GLOBAL -> id.equals(ALL);
    };
  }

  /**
   * Checks an id.
   *
   * @throws IllegalArgumentException if it can't be the id of such an entity: a wrong id must not
   *     read as an entity of which nothing is stored
   */
  public void requireId(String id) {
    if (!isId(id)) {
      throw new IllegalArgumentException(
          id.isEmpty()
              ? "The id of a " + key + " is empty"
              : "'%s' is no id of a %s: %s"
                  .formatted(
                      id,
                      key,
                      this == GLOBAL ? "there is only '" + ALL + "'" : "make it with Entity.pair"));
    }
  }

  private static boolean isPair(String id) {
    int slash = id.indexOf('/');
    return slash > 0
        && slash < id.length() - 1
        && id.indexOf('/', slash + 1) < 0
        && (id.indexOf('%') < 0
            || isEscaped(id.substring(0, slash)) && isEscaped(id.substring(slash + 1)));
  }

  private static boolean isEscaped(String part) {
    return escape(unescape(part)).equals(part);
  }

  private static String unescape(String part) {
    return part.indexOf('%') < 0 ? part : part.replace("%2F", "/").replace("%25", "%");
  }

  private static String escape(String part) {
    return part.indexOf('%') < 0 && part.indexOf('/') < 0
        ? part
        : part.replace("%", "%25").replace("/", "%2F");
  }

  @Override
  public String toString() {
    return key;
  }
}
