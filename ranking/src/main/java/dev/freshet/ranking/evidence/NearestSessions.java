package dev.freshet.ranking.evidence;

import dev.freshet.ranking.replica.ItemIndex;
import dev.freshet.ranking.replica.RecencyLists;
import dev.freshet.ranking.replica.SessionLog;
import java.util.Arrays;

/**
 * The sessions most like a request's, and what else is in them. Session nearest neighbours as in M.
 * Ludewig, D. Jannach: "Evaluation of Session-based Recommendation Algorithms", UMUAI 2018 (VS-KNN:
 * an item of the request counts less each step back, and more the rarer it is), with the recency of
 * a neighbour as in D. Garg et al.: "Sequence and Time Aware Neighborhood for Session-based
 * Recommendations: STAN", SIGIR 2019. Reused from request to request.
 */
public final class NearestSessions {

  /** How many of the user's recent items are looked for in other sessions. */
  static final int REACH = 10;

  /** How much less each step back in the user's history counts. */
  static final double STEP = 0.8;

  /** Number of sessions that count as neighbours. */
  public static final int NEIGHBOURS = 60;

  /** What an item of a neighbour counts, by how many steps it is from the item that is shared. */
  private static final double[] NEARNESS = new double[SessionLog.ITEMS_PER_SESSION];

  static {
    for (int steps = 0; steps < NEARNESS.length; steps++) {
      NEARNESS[steps] = 1 / (1 + 0.1 * steps);
    }
  }

  /** A place in a session takes so many bits. */
  private static final int PLACE_BITS = 5;

  private static final int PLACE_MASK = (1 << PLACE_BITS) - 1;

  private final SessionLog log;
  private final double halfLife;
  private final TopRows top = new TopRows();

  /** Place of each slot among those found plus one; 0: not found. */
  private final int[] placeOfSlot;

  /** One more than can be found, which the loop that finds them writes to. */
  private final int[] foundSlots = new int[REACH * SessionLog.SESSIONS_PER_ITEM + 1];

  /** Similarity of each session found; 0 in the places after them. */
  private final double[] similarities = new double[foundSlots.length];

  private int found;

  /** End of each neighbour's items: one past its last item. */
  private final int[] ends = new int[NEIGHBOURS];

  /** Rows of the items of the current neighbour. */
  private final int[] rows = new int[SessionLog.ITEMS_PER_SESSION];

  /**
   * @param halfLife milliseconds after which a session counts half
   */
  NearestSessions(SessionLog log, long halfLife) {
    this.log = log;
    this.halfLife = halfLife;
    this.placeOfSlot = new int[log.slots()];
  }

  /**
   * Adds the evidence of the nearest sessions for items that the user hasn't seen, as far as the
   * evidence {@link Evidence#see records} that.
   *
   * @param user hash of the asking user, whose own session is no neighbour
   * @param recent the user's items, the last first, with {@link ItemIndex#ABSENT} among them
   */
  void gather(long user, int[] recent, int recentItems, long time, Evidence evidence) {
    find(recent, Math.min(REACH, recentItems));
    int own = log.find(user);
    top.reset(NEIGHBOURS);
    for (int place = 0; place < found; place++) {
      int slot = foundSlots[place];
      placeOfSlot[slot] = 0;
      if (slot == own) {
        continue;
      }
      // A hyperbola of the age: near enough to the decay of other weights, and no power to take.
      long age = Math.max(0, time - log.lastTime(slot));
      similarities[place] *= halfLife / (halfLife + age);
      top.offer(place, similarities[place]);
    }
    int nearest = top.sort();
    double total = 0;
    for (int rank = 0; rank < nearest; rank++) {
      total += similarities[top.row(rank)];
      // All at once: memory brings the records one beside the other, and not one after the other.
      ends[rank] = log.endOfItems(foundSlots[top.row(rank)]);
    }
    for (int rank = 0; rank < nearest; rank++) {
      double share = similarities[top.row(rank)] / total;
      addItems(foundSlots[top.row(rank)], ends[rank], share, evidence);
    }
    evidence.forgetSeenInSessions();
    Arrays.fill(similarities, 0, found, 0);
  }

  /** What is near to the place where the sessions meet counts more. */
  private void addItems(int slot, int end, double share, Evidence evidence) {
    int first = log.firstItem(slot);
    int count = end - first;
    evidence.rows(log.record(slot), first, count, rows);
    // The one that was seen last, or else the first: a row and a place in one number.
    int last = evidence.seenRows() << PLACE_BITS;
    for (int at = 0; at < count; at++) {
      last = Math.min(last, rows[at] << PLACE_BITS | at);
    }
    int meeting = last & PLACE_MASK;
    double[] scores = evidence.knnScore;
    int[] neighbours = evidence.knnNeighbours;
    for (int at = 0; at < count; at++) {
      int row = rows[at];
      scores[row] += share * NEARNESS[Math.abs(at - meeting)];
      neighbours[row]++;
    }
  }

  private void find(int[] recent, int reach) {
    found = 0;
    RecencyLists sessionsOfItem = log.sessionsOfItem();
    double step = 1;
    for (int position = 0; position < reach; position++) {
      int item = recent[position];
      int size = item == ItemIndex.ABSENT ? 0 : sessionsOfItem.size(item);
      if (size > 0) {
        double rarity = FastLog.log1p((double) log.begun() / log.sessionCount(item));
        add(sessionsOfItem.array(item), sessionsOfItem.from(item), size, step * rarity);
      }
      step *= STEP;
    }
  }

  private void add(int[] sessions, int from, int size, double weight) {
    int[] placeOfSlot = this.placeOfSlot;
    int[] foundSlots = this.foundSlots;
    double[] similarities = this.similarities;
    int found = this.found;
    for (int at = from; at < from + size; at++) {
      int session = sessions[at];
      if (log.stale(session)) {
        continue;
      }
      // Branch-free: whether a session was found before is unpredictable, so a branch would
      // mispredict.
      int slot = log.slot(session);
      int known = placeOfSlot[slot];
      int isNew = (known - 1) >>> (Integer.SIZE - 1);
      int place = known - 1 + isNew * (found + 1);
      placeOfSlot[slot] = place + 1;
      foundSlots[found] = slot;
      similarities[place] += weight;
      found += isNew;
    }
    this.found = found;
  }
}
