package dev.freshet.features.type;

import dev.freshet.features.FeatureEvent;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of an event that a feature looks at, as {@code of} names it in the catalog: {@code
 * value}, {@code user}, {@code item}, {@code action}, {@code session}, {@code context.NAME} or
 * {@code item.ATTRIBUTE}. An attribute may have many values; the others have one or none.
 */
public final class EventField {
  private static final Pattern FORM =
      Pattern.compile("(value|user|item|action|session)|(context|item)\\.([^\\s=]+)");

  private enum Source {
    VALUE,
    USER,
    ITEM,
    ACTION,
    SESSION,
    CONTEXT,
    ATTRIBUTE
  }

  private final Source source;
  private final String name;

  /** {@code NAME=}, as the events' arrays have it; null for the other sources. */
  private final String prefix;

  private EventField(Source source, String name) {
    this.source = source;
    this.name = name;
    prefix = name == null ? null : name + "=";
  }

  /** The field of a name; empty if it isn't one. */
  public static Optional<EventField> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    if (matcher.group(1) != null) {
      return Optional.of(
          new EventField(Source.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)), null));
    }
    Source source = matcher.group(2).equals("context") ? Source.CONTEXT : Source.ATTRIBUTE;
    return Optional.of(new EventField(source, matcher.group(3)));
  }

  /** The name of the item's attribute that it looks at. */
  public Optional<String> attribute() {
    return source == Source.ATTRIBUTE ? Optional.of(name) : Optional.empty();
  }

  /** The name of the entry of the action's context that it looks at. */
  public Optional<String> contextEntry() {
    return source == Source.CONTEXT ? Optional.of(name) : Optional.empty();
  }

  /** Whether it is {@code value}, which is a number and not a text. */
  public boolean isNumber() {
    return source == Source.VALUE;
  }

  /** How many values the event has. */
  public int count(FeatureEvent event) {
    String[] entries = entries(event);
    if (source == Source.VALUE) {
      return Double.isFinite(event.value) ? 1 : 0;
    }
    if (entries == null) {
      return single(event) == null ? 0 : 1;
    }
    int count = 0;
    for (int at = first(entries); at < entries.length && entries[at].startsWith(prefix); at++) {
      count++;
    }
    return count;
  }

  /**
   * A value as text.
   *
   * @param index from 0 to {@link #count} - 1
   */
  public String text(FeatureEvent event, int index) {
    String[] entries = entries(event);
    return entries == null
        ? single(event)
        : entries[first(entries) + index].substring(prefix.length());
  }

  /** Whether the field is, or is written as, something that can be a number. */
  public boolean canBeNumber() {
    return source == Source.VALUE || name != null;
  }

  /**
   * The value as a number; NaN when there is none, or it is no finite number in decimal digits. Of
   * several values it is the first in the order of their texts.
   */
  public double number(FeatureEvent event) {
    if (source == Source.VALUE) {
      return Double.isFinite(event.value) ? event.value : Double.NaN;
    }
    if (count(event) == 0) {
      return Double.NaN;
    }
    String text = text(event, 0);
    if (!isDecimal(text)) {
      return Double.NaN;
    }
    try {
      double number = Double.parseDouble(text);
      return Double.isFinite(number) ? number : Double.NaN;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /**
   * Whether a text has the characters of a decimal number alone. What Java takes for a number
   * besides ("1d", "0x1p3", " 7 ") is none. The check also avoids an exception for most texts.
   */
  private static boolean isDecimal(String text) {
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if ((next < '0' || next > '9')
          && next != '.'
          && next != '-'
          && next != '+'
          && next != 'e'
          && next != 'E') {
        return false;
      }
    }
    return true;
  }

  private String[] entries(FeatureEvent event) {
    return switch (source) {
      case CONTEXT -> event.context;
      case ATTRIBUTE -> event.attributes;
      default -> null;
    };
  }

  private String single(FeatureEvent event) {
    return switch (source) {
      case VALUE -> Double.isFinite(event.value) ? Double.toString(event.value) : null;
      case USER -> event.user;
      case ITEM -> event.item;
      case ACTION -> event.action;
      case SESSION -> event.session;
      case CONTEXT, ATTRIBUTE -> throw new IllegalStateException("Has entries");
    };
  }

  /** Where the entries of the name begin in a sorted array. */
  private int first(String[] entries) {
    int at = Arrays.binarySearch(entries, prefix);
    return at < 0 ? -at - 1 : at;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EventField field && toString().equals(field.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /** Returns the text that {@link #parse} reads. */
  @Override
  public String toString() {
    return switch (source) {
      case CONTEXT -> "context." + name;
      case ATTRIBUTE -> "item." + name;
      default -> source.name().toLowerCase(Locale.ROOT);
    };
  }
}
