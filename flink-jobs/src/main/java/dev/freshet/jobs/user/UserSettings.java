package dev.freshet.jobs.user;

import dev.freshet.ranking.list.Placement;
import java.io.Serializable;
import java.util.List;
import java.util.Set;

/**
 * How a user's history is kept, and which lists it leads to. Times in milliseconds.
 *
 * @param historyLength distinct items remembered
 * @param sessionGap pause after which a new session begins, when the producer sends no session id
 * @param dedupWindow how long, in event time, an event id is remembered at least
 * @param seenItems distinct items remembered for lists that leave out what was seen, and as many
 *     for what was bought
 * @param purchaseActions kinds of action that are a purchase
 * @param placements the lists that can be asked for
 */
public record UserSettings(
    int historyLength,
    long sessionGap,
    long dedupWindow,
    int seenItems,
    Set<String> purchaseActions,
    List<Placement> placements)
    implements Serializable {}
