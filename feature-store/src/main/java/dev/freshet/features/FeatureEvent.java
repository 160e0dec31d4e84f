package dev.freshet.features;

import java.util.Comparator;

/**
 * Something that happened, as features see it: a user's action, or the catalog's update of an item.
 * It has public fields and a public constructor without arguments, so that stream processors can
 * carry it as it is.
 */
public class FeatureEvent {
  private static final long FNV_START = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /**
   * Event time, the catalog before actions, then event id, then user, as an id is unique to its
   * user: the order of everything.
   */
  public static final Comparator<FeatureEvent> EVENT_ORDER =
      Comparator.comparingLong((FeatureEvent event) -> event.time)
          .thenComparing(event -> event.action != null)
          .thenComparing(event -> event.eventId)
          .thenComparing(event -> event.user, Comparator.nullsFirst(Comparator.naturalOrder()));

  /** Identity of the event. */
  public String eventId;

  /** Event time in milliseconds since the epoch. */
  public long time;

  /** The user that acted; null for the catalog's update of an item. */
  public String user;

  /** The item that was acted on or described; null for an action without an item. */
  public String item;

  /** Kind of action; null for the catalog's update of an item. */
  public String action;

  /** The producer's session id, or null. */
  public String session;

  /** The list that the user saw the item in; null: unknown. No feature depends on it. */
  public String recommendationId;

  /** The number that belongs to the action; NaN for none. */
  public double value = Double.NaN;

  /** What else is known of the action: {@code name=value}, sorted. */
  public String[] context = {};

  /** The item's attributes as of the event's time: {@code name=value} for each value, sorted. */
  public String[] attributes = {};

  /** The catalog has deleted the item. */
  public boolean deleted;

  public FeatureEvent() {}

  /** Whether the event is a user's action, not an update of an item. */
  public boolean isAction() {
    return action != null;
  }

  /**
   * A number that orders events of the same time, the same on every machine: the {@link #hash} of
   * event id and user. State keeps these eight bytes instead of the ids.
   */
  public long tieBreak() {
    long hash = continueHash(FNV_START, eventId, 0);
    return mixed(user == null ? hash : continueHash(hash * FNV_PRIME, user, 0));
  }

  /** A text as 64 bits: FNV-1a of its UTF-8, then mixed as in MurmurHash3's finalizer. */
  public static long hash(String text) {
    return hash(text, 0);
  }

  /** The {@link #hash(String)} of a text's end, from a char on, without making a text of it. */
  public static long hash(String text, int from) {
    return mixed(continueHash(FNV_START, text, from));
  }

  /** Encodes on the way, as {@link String#getBytes} does: half a surrogate pair becomes '?'. */
  private static long continueHash(long start, String text, int from) {
    long hash = start;
    for (int at = from; at < text.length(); at++) {
      char next = text.charAt(at);
      if (next < 0x80) {
        hash = taken(hash, next);
      } else if (next < 0x800) {
        hash = taken(hash, 0xc0 | (next >> 6));
        hash = taken(hash, 0x80 | (next & 0x3f));
      } else if (!Character.isSurrogate(next)) {
        hash = taken(hash, 0xe0 | (next >> 12));
        hash = taken(hash, 0x80 | ((next >> 6) & 0x3f));
        hash = taken(hash, 0x80 | (next & 0x3f));
      } else if (Character.isHighSurrogate(next)
          && at + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(at + 1))) {
        int codePoint = Character.toCodePoint(next, text.charAt(++at));
        hash = taken(hash, 0xf0 | (codePoint >> 18));
        hash = taken(hash, 0x80 | ((codePoint >> 12) & 0x3f));
        hash = taken(hash, 0x80 | ((codePoint >> 6) & 0x3f));
        hash = taken(hash, 0x80 | (codePoint & 0x3f));
      } else {
        hash = taken(hash, '?');
      }
    }
    return hash;
  }

  private static long taken(long hash, int next) {
    return (hash ^ next) * FNV_PRIME;
  }

  private static long mixed(long fnv) {
    long hash = (fnv ^ (fnv >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}
