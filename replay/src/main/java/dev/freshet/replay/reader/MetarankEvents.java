package dev.freshet.replay.reader;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.RecommendationRequest;
import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Events as Metarank reads them (https://docs.metarank.ai, "Supported events"): JSON lines with an
 * {@code event} of item, user, ranking or interaction.
 *
 * <ul>
 *   <li>An <b>item</b> event updates the fields that it names; the item's other fields stay.
 *   <li>A <b>ranking</b> becomes a request to rank its items anew.
 *   <li>An <b>interaction</b> becomes an action of its type. With a ranking it is a click in that.
 *   <li>A <b>user</b> event has no place here: nothing is kept of users but what they do. It is
 *       counted.
 * </ul>
 *
 * <p>Who has no {@code user} goes by the {@code session}.
 */
public final class MetarankEvents {
  /** What the format is called on the command line. */
  public static final String FORMAT = "metarank";

  private final RecordedEvents actions;
  private final List<ItemUpdate> items;
  private final RecordedRankings rankings;

  private MetarankEvents(
      RecordedEvents actions, List<ItemUpdate> items, RecordedRankings rankings) {
    this.actions = actions;
    this.items = items;
    this.rankings = rankings;
  }

  /**
   * Reads the files.
   *
   * @param deadLetters takes every line that cannot be used, as in {@link RecordedEvents#read}
   * @throws ReplayInputException if a file is missing
   * @throws IOException if a file cannot be read to its end
   */
  public static MetarankEvents read(List<Path> files, Consumer<DeadLetter> deadLetters)
      throws IOException {
    Rejects rejects = new Rejects(deadLetters);
    Files parts = new Files(rejects);
    RecordedEvents actions =
        RecordedEvents.of(
            each -> {
              List<String> notes = new ArrayList<>();
              for (int i = 0; i < files.size(); i++) {
                notes.add(parts.read(files.get(i), i, each));
              }
              return notes;
            },
            rejects);
    parts.rankings.sort();
    return new MetarankEvents(actions, whole(parts.items), parts.rankings);
  }

  /** Interactions; the notes say for each file what was in it. */
  public RecordedEvents actions() {
    return actions;
  }

  /** Items in order of event time; each has all attributes that were known up to then. */
  public List<ItemUpdate> items() {
    return items;
  }

  /** Rankings, with the interactions that name one as clicks. */
  public RecordedRankings rankings() {
    return rankings;
  }

  /** An update replaces the attributes known before; an item event adds to them. */
  private static List<ItemUpdate> whole(List<ItemUpdate> events) {
    Map<String, Map<String, List<String>>> known = new HashMap<>();
    List<ItemUpdate> updates = new ArrayList<>(events);
    updates.sort(Comparator.comparing(ItemUpdate::getEventTime));
    for (ItemUpdate update : updates) {
      Map<String, List<String>> attributes =
          known.computeIfAbsent(update.getItem(), item -> new LinkedHashMap<>());
      attributes.putAll(update.getAttributes());
      attributes.values().removeIf(List::isEmpty);
      update.setAttributes(new LinkedHashMap<>(attributes));
    }
    return List.copyOf(updates);
  }

  /** One file after the other. */
  private static final class Files {
    private final Rejects rejects;
    private final List<ItemUpdate> items = new ArrayList<>();
    private final RecordedRankings rankings = new RecordedRankings();

    Files(Rejects rejects) {
      this.rejects = rejects;
    }

    /** Returns what was in it. */
    String read(Path file, int number, Consumer<UserAction> actions) throws IOException {
      Map<String, Integer> counts = new LinkedHashMap<>();
      for (String kind : List.of("item", "user", "ranking", "interaction")) {
        counts.put(kind, 0);
      }
      try (MetarankReader lines = new MetarankReader(file)) {
        for (boolean more = true; more; ) {
          try {
            JsonNode event = lines.next();
            more = event != null;
            if (more) {
              String kind = new Event(event, number + "-", lines.offset()).handOn(this, actions);
              counts.merge(kind, 1, Integer::sum);
            }
          } catch (UnreadableRecordException e) {
            rejects.reject(file, lines, e);
          }
        }
      } catch (IOException e) {
        throw new IOException(file + ": cannot be read to its end: " + e.getMessage(), e);
      }
      return String.format(
          Locale.ROOT,
          "%s: metarank, %,d items, %,d rankings, %,d interactions, %,d users%s",
          file,
          counts.get("item"),
          counts.get("ranking"),
          counts.get("interaction"),
          counts.get("user"),
          counts.get("user") == 0 ? "" : " (not used: features of users come from what they do)");
    }
  }

  /** One line. */
  private record Event(JsonNode json, String idPrefix, long line) {

    /** Returns its kind. */
    String handOn(Files to, Consumer<UserAction> actions) throws UnreadableRecordException {
      String kind = required("event");
      switch (kind) {
        case "item" -> to.items.add(item());
        case "user" -> required("user");
        case "ranking" -> {
          if (!to.rankings.add(ranking())) {
            throw new UnreadableRecordException(
                UnreadableReason.REPEATED_RANKING,
                "has the id of an earlier ranking, "
                    + UnreadableRecordException.quote(required("id"))
                    + ". Give each list that was shown an id of its own.");
          }
        }
        case "interaction" -> {
          UserAction action = interaction();
          actions.accept(action);
          if (action.getRecommendationId() != null) {
            to.rankings.addClick(action.getRecommendationId(), action.getItem());
          }
        }
        default ->
            throw new UnreadableRecordException(
                UnreadableReason.WRONG_TYPE,
                "is of the event "
                    + UnreadableRecordException.quote(kind)
                    + ", which is none of item, user, ranking and interaction.");
      }
      return kind;
    }

    /**
     * Reads an update with the attributes of the event alone. An empty list removes an attribute.
     */
    private ItemUpdate item() throws UnreadableRecordException {
      Map<String, List<String>> attributes = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> field : fields().entrySet()) {
        attributes.put(field.getKey(), values(field.getKey(), field.getValue()));
      }
      return new ItemUpdate(
          EventFile.positionId("items-" + idPrefix, line),
          required("item"),
          time(),
          false,
          attributes);
    }

    private RecommendationRequest ranking() throws UnreadableRecordException {
      // An item that is shown twice is one candidate.
      Set<String> candidates = new LinkedHashSet<>();
      for (JsonNode item : json.path("items")) {
        JsonNode id = item.path("id");
        if (!id.isValueNode() || id.isNull()) {
          throw new UnreadableRecordException(
              UnreadableReason.MISSING_FIELD, "has an item without 'id'. Add it.");
        }
        candidates.add(id.asText());
      }
      if (candidates.isEmpty()) {
        throw new UnreadableRecordException(
            UnreadableReason.MISSING_FIELD, "has no 'items'. Add those that were shown.");
      }
      return new RecommendationRequest(
          required("id"), user(), "", time(), new ArrayList<>(candidates), context());
    }

    private UserAction interaction() throws UnreadableRecordException {
      String id = optional("id");
      return new UserAction(
          id == null ? EventFile.positionId(idPrefix, line) : id,
          user(),
          required("item"),
          required("type"),
          time(),
          optional("session"),
          null,
          optional("ranking"),
          context());
    }

    private String user() throws UnreadableRecordException {
      String user = optional("user");
      if (user == null) {
        user = optional("session");
      }
      if (user == null) {
        throw new UnreadableRecordException(
            UnreadableReason.MISSING_FIELD, "has neither 'user' nor 'session'. Add one of them.");
      }
      return user;
    }

    /** Null: it is absent or empty. */
    private String optional(String name) throws UnreadableRecordException {
      JsonNode value = json.path(name);
      if (value.isContainerNode()) {
        throw new UnreadableRecordException(
            UnreadableReason.WRONG_TYPE, "'" + name + "' is neither a text nor a number. Mend it.");
      }
      String text = value.isMissingNode() || value.isNull() ? "" : value.asText();
      return text.isEmpty() ? null : text;
    }

    private String required(String name) throws UnreadableRecordException {
      String text = optional(name);
      if (text == null) {
        throw new UnreadableRecordException(
            UnreadableReason.MISSING_FIELD, "has no '" + name + "'. Add it.");
      }
      return text;
    }

    /** Milliseconds since 1970, as a number or in quotes, or ISO 8601. */
    private Instant time() throws UnreadableRecordException {
      String text = required("timestamp").strip();
      try {
        return Instant.ofEpochMilli(EventTimeUnit.MILLIS.toMillis(text));
      } catch (NumberFormatException | ArithmeticException notANumber) {
        try {
          return Instant.ofEpochMilli(EventTimeUnit.ISO.toMillis(text));
        } catch (DateTimeException | ArithmeticException notATimeEither) {
          throw new UnreadableRecordException(
              UnreadableReason.WRONG_TYPE,
              "the 'timestamp' is "
                  + UnreadableRecordException.quote(text)
                  + ", neither milliseconds since 1970 nor an ISO 8601 time. Mend it.");
        }
      }
    }

    private Map<String, JsonNode> fields() throws UnreadableRecordException {
      Map<String, JsonNode> fields = new LinkedHashMap<>();
      for (JsonNode field : json.path("fields")) {
        JsonNode name = field.path("name");
        if (!name.isTextual() || name.asText().isEmpty()) {
          throw new UnreadableRecordException(
              UnreadableReason.MISSING_FIELD, "has a field without 'name'. Add it.");
        }
        fields.put(name.asText(), field.path("value"));
      }
      return fields;
    }

    private Map<String, String> context() throws UnreadableRecordException {
      Map<String, String> context = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> field : fields().entrySet()) {
        List<String> values = values(field.getKey(), field.getValue());
        if (!values.isEmpty()) {
          context.put(field.getKey(), String.join("|", values));
        }
      }
      return context;
    }

    private static List<String> values(String name, JsonNode value)
        throws UnreadableRecordException {
      List<String> values = new ArrayList<>();
      for (JsonNode each : value.isArray() ? value : List.of(value)) {
        if (each.isContainerNode()) {
          throw new UnreadableRecordException(
              UnreadableReason.WRONG_TYPE,
              "the field '"
                  + name
                  + "' is neither a value nor a list of values. Write its parts as fields of their"
                  + " own.");
        }
        if (!each.isNull() && !each.isMissingNode() && !each.asText().isEmpty()) {
          values.add(each.asText());
        }
      }
      return values;
    }
  }
}
