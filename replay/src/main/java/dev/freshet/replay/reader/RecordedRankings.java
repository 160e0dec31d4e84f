package dev.freshet.replay.reader;

import dev.freshet.schema.RecommendationRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lists that another system showed, and what was clicked in them: each is asked for again, to be
 * ranked anew. Ordered by event time.
 */
public final class RecordedRankings {
  /** The rankings of recordings that have none. */
  public static final RecordedRankings NONE = new RecordedRankings();

  private final TimedRecords<RecommendationRequest> requests =
      new TimedRecords<>(RecommendationRequest.class);

  /** Items by the id of the ranking that they were clicked in. */
  private final Map<String, List<String>> clicks = new HashMap<>();

  /** Ids of the rankings. */
  private final Set<String> ids = new HashSet<>();

  public RecordedRankings() {}

  /**
   * Adds a ranking.
   *
   * @param request its id is the ranking's; the placement is given when it is asked for
   * @return false if there is one of that id already; then nothing is added
   */
  public boolean add(RecommendationRequest request) {
    if (!ids.add(request.getRequestId())) {
      return false;
    }
    requests.add(request, request.getEventTime().toEpochMilli());
    return true;
  }

  public void addClick(String ranking, String item) {
    clicks.computeIfAbsent(ranking, id -> new ArrayList<>(1)).add(item);
  }

  public void sort() {
    requests.sort();
  }

  /** Number of rankings. */
  public int size() {
    return requests.size();
  }

  /** The items that were clicked in a ranking, also those that it did not show. */
  public Set<String> clicked(String ranking) {
    return Set.copyOf(clicks.getOrDefault(ranking, List.of()));
  }

  /**
   * The requests to rank the lists anew, in order of event time.
   *
   * @param placement whose model scores them
   */
  public Iterator<RecommendationRequest> requests(String placement) {
    Iterator<RecommendationRequest> recorded = requests.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return recorded.hasNext();
      }

      @Override
      public RecommendationRequest next() {
        RecommendationRequest request = recorded.next();
        request.setPlacement(placement);
        return request;
      }
    };
  }
}
