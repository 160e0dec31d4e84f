package dev.freshet.replay.judge;

import dev.freshet.replay.reader.RecordedEvents;
import dev.freshet.schema.UserAction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Predicate;

/**
 * The actions that the job takes, as it orders them: by (event time, event id), without those that
 * it refuses (empty ids, impossible times) and without a repeated id of one time.
 */
public final class AcceptedActions implements Iterable<UserAction> {
  private final RecordedEvents events;
  private final Predicate<UserAction> accepted;
  private int size = -1;

  public AcceptedActions(RecordedEvents events, Predicate<UserAction> accepted) {
    this.events = events;
    this.accepted = accepted;
  }

  /** How many there are. The first call reads them all. */
  public int size() {
    if (size < 0) {
      int counted = 0;
      for (Iterator<UserAction> each = iterator(); each.hasNext(); each.next()) {
        counted++;
      }
      size = counted;
    }
    return size;
  }

  @Override
  public Iterator<UserAction> iterator() {
    return new InOrder(events.iterator());
  }

  private final class InOrder implements Iterator<UserAction> {
    private final Iterator<UserAction> byTime;
    private final List<UserAction> sameTime = new ArrayList<>();
    private int position;

    /** The first of a later time; null: there is none. */
    private UserAction later;

    InOrder(Iterator<UserAction> byTime) {
      this.byTime = byTime;
      advance();
      gather();
    }

    private void advance() {
      later = null;
      while (later == null && byTime.hasNext()) {
        UserAction action = byTime.next();
        later = accepted.test(action) ? action : null;
      }
    }

    private void gather() {
      sameTime.clear();
      position = 0;
      if (later == null) {
        return;
      }
      Instant time = later.getEventTime();
      while (later != null && later.getEventTime().equals(time)) {
        sameTime.add(later);
        advance();
      }
      sameTime.sort(Comparator.comparing(UserAction::getEventId));
    }

    @Override
    public boolean hasNext() {
      return position < sameTime.size();
    }

    @Override
    public UserAction next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      UserAction action = sameTime.get(position++);
      while (position < sameTime.size()
          && sameTime.get(position).getEventId().equals(action.getEventId())) {
        position++;
      }
      if (position == sameTime.size()) {
        gather();
      }
      return action;
    }
  }
}
