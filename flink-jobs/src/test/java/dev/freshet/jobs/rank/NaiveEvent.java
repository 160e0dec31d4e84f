package dev.freshet.jobs.rank;

import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.event.UserEvent;
import dev.freshet.protocol.event.ItemEvent;
import dev.freshet.protocol.event.ListRequest;
import java.util.Comparator;

/**
 * Something that reaches the recommender; exactly one of action, request and update is there.
 *
 * @param late came behind the watermark
 */
record NaiveEvent(
    Moment moment, boolean late, FeatureEvent action, ListRequest request, ItemEvent update) {

  /** A user's events in the order in which they are handled. */
  static final Comparator<NaiveEvent> HANDLED =
      Comparator.comparing(NaiveEvent::moment)
          .thenComparing(NaiveEvent::time)
          .thenComparing(NaiveEvent::id)
          .thenComparing(event -> event.request != null);

  /**
   * When something is handled: when the watermark comes to a time, or as one of those that come
   * after that and before it moves on.
   */
  record Moment(long watermark, long number) implements Comparable<Moment> {

    static Moment onTime(long time) {
      return new Moment(time, -1);
    }

    /** What all events on time at a time change is seen after that time alone. */
    Moment ofChange() {
      return number < 0 ? new Moment(watermark, Long.MAX_VALUE) : this;
    }

    @Override
    public int compareTo(Moment other) {
      return watermark == other.watermark
          ? Long.compare(number, other.number)
          : Long.compare(watermark, other.watermark);
    }
  }

  static NaiveEvent onTime(UserEvent event) {
    return of(Moment.onTime(event.time()), false, event);
  }

  static NaiveEvent onTime(ItemEvent update) {
    return new NaiveEvent(Moment.onTime(update.time()), false, null, null, update);
  }

  static NaiveEvent of(Moment moment, boolean late, UserEvent event) {
    return new NaiveEvent(moment, late, event.action, event.request, null);
  }

  String user() {
    return action != null ? action.user : request == null ? "" : request.user;
  }

  String id() {
    return action != null
        ? action.eventId
        : request != null ? request.requestId : update.event.eventId;
  }

  /** What was acted on, is looked at or told of; or null. */
  String item() {
    return action != null ? action.item : request != null ? request.item : update.item();
  }

  long time() {
    return action != null ? action.time : request != null ? request.time : update.time();
  }
}
