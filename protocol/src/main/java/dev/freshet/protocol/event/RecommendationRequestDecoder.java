package dev.freshet.protocol.event;

import dev.freshet.config.TimeSource;
import dev.freshet.schema.RecommendationRequest;
import dev.freshet.yaml.Suggestion;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** Decodes the topic {@code recommendation-requests}. */
public final class RecommendationRequestDecoder
    extends EventDecoder<RecommendationRequest, ListRequest> {

  /** Upper bound of the items that are ranked at once. */
  public static final int MAX_CANDIDATES = 1_000;

  /** Entry of the context: the item being looked at. */
  public static final String ITEM = "item";

  private static final long serialVersionUID = 1;

  private final TreeSet<String> placements;

  /**
   * @param placements names of those that can be asked for
   */
  public RecommendationRequestDecoder(
      EventRules rules, TimeSource timeSource, Collection<String> placements) {
    super(RecommendationRequest.class, ListRequest.class, rules, timeSource);
    this.placements = new TreeSet<>(placements);
  }

  @Override
  ListRequest convert(RecommendationRequest record, long time) throws RejectedRecordException {
    rules.checkId("request_id", record.getRequestId());
    rules.checkId("user", record.getUser());
    checkPlacement(record.getPlacement());
    ListRequest request = new ListRequest();
    request.requestId = record.getRequestId();
    request.user = record.getUser();
    request.time = time;
    request.placement = record.getPlacement();
    request.candidates = candidates(record.getCandidates());
    request.item = record.getContext().get(ITEM);
    rules.checkOptionalId("context." + ITEM, request.item);
    return request;
  }

  private void checkPlacement(String placement) throws RejectedRecordException {
    if (placements.contains(placement)) {
      return;
    }
    rules.checkId("placement", placement); // a clearer reason, and not too long to be quoted
    throw new RejectedRecordException(
        RejectReason.UNKNOWN_PLACEMENT,
        "There is no placement '"
            + placement
            + "' under ranking.placements. "
            + Suggestion.closest(placement, placements)
                .map(meant -> "Did you mean '" + meant + "'?")
                .orElse("There are " + String.join(", ", placements) + "."));
  }

  private String[] candidates(List<String> items) throws RejectedRecordException {
    if (items == null) {
      return null;
    }
    if (items.size() > MAX_CANDIDATES) {
      throw new RejectedRecordException(
          RejectReason.TOO_MANY_CANDIDATES,
          "The request brings "
              + items.size()
              + " candidates. Send at most "
              + MAX_CANDIDATES
              + ": the best of them by your own order.");
    }
    for (String item : items) {
      rules.checkId("candidates", item);
    }
    return items.toArray(String[]::new);
  }

  @Override
  Instant eventTime(RecommendationRequest record) {
    return record.getEventTime();
  }
}
