package dev.freshet.jobs.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.ranking.list.Placement;
import dev.freshet.schema.Explanation;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** A list that {@link NaiveRecommender} expects, with all of its candidates. */
final class NaiveList {

  /**
   * How far a score or a feature may be from the expected one, relative to it, or to 1 if it is
   * smaller: the product has features in binary32, logarithms within 3e-9 of the true ones, and
   * scores that another implementation adds up in another order.
   */
  static final double TOLERANCE = 1e-5;

  String eventId;
  boolean asked;
  String user;
  long time;
  boolean late;
  Placement placement;
  NaiveModels.Choice choice;

  /** Not served. */
  boolean shadow;

  /** The request itself gave the candidates. */
  boolean given;

  /** What is in it can't be told, as rounding decides. */
  boolean undecided;

  /** In the order in which they were proposed. */
  List<Candidate> candidates;

  /** An item that may be listed. */
  static final class Candidate {
    final String item;

    /** In the order in which they proposed it. */
    final Set<String> sources = new LinkedHashSet<>();

    /** An attribute's values. */
    Function<String, List<String>> values = attribute -> List.of();

    Map<String, Double> features;
    int place;
    double score;

    Candidate(String item) {
      this.item = item;
    }

    /** The same, as a model scores it. */
    Candidate scored(int atPlace, double itsScore) {
      Candidate scored = new Candidate(item);
      scored.sources.addAll(sources);
      scored.values = values;
      scored.features = features;
      scored.place = atPlace;
      scored.score = itsScore;
      return scored;
    }

    private String source() {
      return sources.iterator().next();
    }

    private boolean isCloseTo(Candidate other) {
      return Math.abs(score - other.score) <= 2 * tolerance(score)
          && !features.equals(other.features);
    }
  }

  private static double tolerance(double value) {
    return TOLERANCE * Math.max(1, Math.abs(value));
  }

  /** The id of the recommendation, which follows from what asked for it. */
  String id() {
    String name = placement.name() + '\0' + user + '\0' + eventId + (asked ? "\0request" : "");
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** Checks that a recommendation is this list. */
  void check(Recommendation actual) {
    String what = this + ": ";
    assertThat(actual.getEventId()).as(what + "event").isEqualTo(eventId);
    assertThat(actual.getUser()).as(what + "user").isEqualTo(user);
    assertThat(actual.getPlacement()).as(what + "placement").isEqualTo(placement.name());
    assertThat(actual.getEventTime()).as(what + "time").isEqualTo(Instant.ofEpochMilli(time));
    assertThat(actual.getModel()).as(what + "model").isEqualTo(choice.model());
    assertThat(actual.getModelVersion()).as(what + "version").isEqualTo(choice.version());
    assertThat(actual.getVariant()).as(what + "variant").isEqualTo(choice.variant());
    assertThat(actual.getLate()).as(what + "late").isEqualTo(late);
    if (undecided) {
      return;
    }
    List<String> items = actual.getItems().stream().map(RankedItem::getItem).toList();
    List<Candidate> expected = select(items);
    assertThat(actual.getItems().stream().map(RankedItem::getItem))
        .as(what + "items")
        .isEqualTo(expected.stream().map(candidate -> candidate.item).toList());
    assertThat(actual.getItems().stream().map(RankedItem::getSource))
        .as(what + "sources")
        .isEqualTo(expected.stream().map(Candidate::source).toList());
    for (int place = 0; place < expected.size(); place++) {
      double score = expected.get(place).score;
      assertThat((double) actual.getItems().get(place).getScore())
          .as(what + "score of " + items.get(place))
          .isCloseTo(score, within(tolerance(score)));
    }
  }

  /** Checks that an explanation tells the features and the sources of this list. */
  void check(Explanation actual) {
    if (undecided) {
      return;
    }
    String what = this + ": ";
    assertThat(actual.getCandidates()).as(what + "candidates").isEqualTo(candidates.size());
    List<String> items = actual.getItems().stream().map(item -> item.getItem()).toList();
    List<Candidate> expected = select(items);
    FloatBuffer features = floats(actual);
    for (int place = 0; place < expected.size(); place++) {
      Candidate candidate = expected.get(place);
      assertThat(new HashSet<>(actual.getItems().get(place).getSources()))
          .as(what + "sources of " + candidate.item)
          .isEqualTo(candidate.sources);
      for (String name : actual.getFeatureNames()) {
        double actualValue = features.get();
        double value = candidate.features.get(name);
        assertThat(actualValue)
            .as(what + name + " of " + candidate.item)
            .isCloseTo(value, within(Double.isNaN(value) ? 0 : tolerance(value)));
      }
    }
  }

  /** All features of the listed items, in order. */
  static FloatBuffer floats(Explanation explanation) {
    return explanation.getFeatures().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  /**
   * The list, best first. Where scores are too close to be told apart in binary32, and are not of
   * alike candidates, the order is free: then it is that of the given items.
   */
  private List<Candidate> select(List<String> actual) {
    List<Candidate> sorted = new ArrayList<>(candidates);
    sorted.sort(
        Comparator.comparing((Candidate candidate) -> -candidate.score)
            .thenComparing(candidate -> candidate.place));
    boolean changed = true;
    for (int round = 0; changed && round < sorted.size(); round++) {
      changed = false;
      for (int at = 1; at < sorted.size(); at++) {
        if (sorted.get(at).isCloseTo(sorted.get(at - 1))
            && place(sorted.get(at), actual) < place(sorted.get(at - 1), actual)) {
          Collections.swap(sorted, at, at - 1);
          changed = true;
        }
      }
    }
    if (given) {
      return sorted;
    }
    List<Candidate> list = new ArrayList<>();
    take(sorted, list, placement.listSize() - placement.explore(), candidate -> true);
    take(sorted, list, placement.listSize(), candidate -> candidate.sources.contains("new"));
    take(sorted, list, placement.listSize(), candidate -> true);
    return list;
  }

  private static int place(Candidate candidate, List<String> items) {
    int place = items.indexOf(candidate.item);
    return place < 0 ? Integer.MAX_VALUE : place;
  }

  private void take(
      List<Candidate> sorted, List<Candidate> list, int until, Function<Candidate, Boolean> which) {
    for (Candidate candidate : sorted) {
      if (list.size() < until
          && !list.contains(candidate)
          && which.apply(candidate)
          && withinCaps(candidate, list)) {
        list.add(candidate);
      }
    }
  }

  private boolean withinCaps(Candidate candidate, List<Candidate> list) {
    for (Map.Entry<String, Integer> cap : placement.mostPerValue().entrySet()) {
      String attribute = cap.getKey();
      List<String> values = candidate.values.apply(attribute);
      if (!values.isEmpty()
          && list.stream()
                  .filter(other -> !other.values.apply(attribute).isEmpty())
                  .filter(other -> other.values.apply(attribute).get(0).equals(values.get(0)))
                  .count()
              >= cap.getValue()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return (shadow ? "shadow of " : "")
        + placement.name()
        + (asked ? " asked by " : " after ")
        + eventId
        + " of "
        + user
        + " at "
        + time;
  }
}
