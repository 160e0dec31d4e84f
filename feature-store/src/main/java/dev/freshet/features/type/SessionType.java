package dev.freshet.features.type;

import dev.freshet.features.ValueType;
import dev.freshet.yaml.Suggestion;
import java.util.List;

/**
 * {@code session}: where in the current session the newest action is, how long the session has
 * lasted, or when it began. A session ends with a pause longer than {@code gap}, or goes by the
 * producer's session id where the newest action has one.
 */
public final class SessionType implements FeatureType {
  private static final int USUAL_TILES = 24;
  private static final List<String> GIVE = List.of("position", "length", "start");

  /** What of the session is the value. */
  enum Give {
    /** Actions in the session so far. */
    POSITION,
    /** Milliseconds from its first to its newest action. */
    LENGTH,
    /** Epoch milliseconds of its first action. */
    START
  }

  @Override
  public String name() {
    return "session";
  }

  @Override
  public String description() {
    return "The current session: the position of its newest action, its length, or its start.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    long gap = parameters.requiredDuration("gap", "Write how long a pause ends a session, as 30m.");
    if (gap > Long.MAX_VALUE / Window.MAX_TILES) {
      parameters.problem("gap", "is too long", "Write at most 100000000d.");
      gap = 1;
    }
    long longest = parameters.duration("longest", USUAL_TILES * gap);
    long tiles = (longest - 1) / gap + 1;
    if (parameters.has("longest") && (longest < gap || tiles > Window.MAX_TILES)) {
      parameters.problem(
          "longest", "is out of range", "Write 1 to %d times the gap.", Window.MAX_TILES);
      tiles = 1;
    }
    return new Session(new Window(tiles * gap, gap), give(parameters));
  }

  private static Give give(Parameters parameters) {
    String text = parameters.requiredText("give", "Write position, length or start.");
    int at = GIVE.indexOf(text);
    if (at < 0 && !text.isEmpty()) {
      parameters.problem(
          "give",
          "'" + text + "' is nothing that a session has",
          Suggestion.closest(text, GIVE)
              .map(meant -> "Did you mean " + meant + "?")
              .orElse("Write position, length or start."));
    }
    return Give.values()[Math.max(0, at)];
  }

  /**
   * @param window of tiles as long as the gap: actions of one tile are always of one session, so
   *     that what a tile keeps of them is enough, whatever their order
   */
  private record Session(Window window, Give give) implements Aggregation {
    @Override
    public ValueType valueType() {
      return ValueType.LONG;
    }

    @Override
    public Accumulator newAccumulator() {
      return window.over(() -> new Sessions(window.tile(), give));
    }

    @Override
    public long retention() {
      return window.retention();
    }
  }
}
