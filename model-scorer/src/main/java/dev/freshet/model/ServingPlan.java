package dev.freshet.model;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which versions of one model serve, from which event time on, and to whom. What serves a request
 * is a function of the plan, the request's event time and the user alone: a replay with the same
 * plan is served by the same versions.
 *
 * <p>A plan is only ever continued: {@link #then} adds a step, {@link #rollback} is one more step,
 * and what served in the past stays on record. Immutable.
 *
 * @param model name of the model: 1 to 64 of {@code A-Z a-z 0-9 . _ -}
 * @param steps in the order of their times, which all differ; none: nothing serves
 */
public record ServingPlan(String model, List<Step> steps) {
  /** The sum of the shares of a step's variants. */
  public static final int WHOLE = 10_000;

  /** Name of the variant of a step that isn't split. */
  public static final String ALL = "all";

  private static final long FNV_START = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if the name isn't one, or a step isn't after the one before it
   */
  public ServingPlan {
    ModelMetadata.requireName("name of the model", model);
    steps = List.copyOf(steps);
    for (int i = 1; i < steps.size(); i++) {
      if (steps.get(i).from <= steps.get(i - 1).from) {
        throw new IllegalArgumentException(
            "plan of model %s: step %d is from %s on, and step %d before it from %s; put the steps in the order of their times, one for each time"
                .formatted(model, i + 1, time(steps.get(i).from), i, time(steps.get(i - 1).from)));
      }
    }
  }

  /**
   * What serves from a time on, until the next step.
   *
   * @param from event time in ms since 1970
   * @param variants the versions that serve: at least one, no name twice, with shares that add up
   *     to {@link #WHOLE}. Their order matters: see {@link #variantOf}
   * @param shadows versions whose scores are computed and logged, but don't serve; none twice
   */
  public record Step(long from, List<Variant> variants, List<String> shadows) {
    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if a value is not as described above
     */
    public Step {
      variants = List.copyOf(variants);
      shadows = List.copyOf(shadows);
      String step = "step from " + time(from) + " on";
      Set<String> names = new HashSet<>();
      int sum = 0;
      for (Variant variant : variants) {
        if (!names.add(variant.name)) {
          throw new IllegalArgumentException(
              "%s: two variants have the name %s; give each its own".formatted(step, variant.name));
        }
        sum += variant.share;
      }
      if (sum != WHOLE) {
        throw new IllegalArgumentException(
            "%s: the shares of its variants add up to %d; they are in 1/%d and have to add up to %d"
                .formatted(step, sum, WHOLE, WHOLE));
      }
      Set<String> seen = new HashSet<>();
      for (String shadow : shadows) {
        ModelMetadata.requireName(step + ": version of a shadow", shadow);
        if (!seen.add(shadow)) {
          throw new IllegalArgumentException(
              "%s: version %s is a shadow twice; name it once".formatted(step, shadow));
        }
        if (variants.stream().allMatch(variant -> variant.version.equals(shadow))) {
          throw new IllegalArgumentException(
              "%s: version %s serves everybody and can't be a shadow as well; leave the shadow out"
                  .formatted(step, shadow));
        }
      }
    }

    /** Returns a step in which one version serves all users, without shadows. */
    public static Step of(long from, String version) {
      return new Step(from, List.of(new Variant(ALL, version, WHOLE)), List.of());
    }

    /** Returns the same with other shadows. */
    public Step withShadows(List<String> versions) {
      return new Step(from, variants, versions);
    }

    /** Returns the versions that it needs, those of variants first. */
    public Set<String> versions() {
      Set<String> versions = new LinkedHashSet<>();
      variants.forEach(variant -> versions.add(variant.version));
      versions.addAll(shadows);
      return versions;
    }
  }

  /**
   * One of the versions that share a step's users.
   *
   * @param name what it is called in recommendations and reports; 1 to 64 of {@code A-Z a-z 0-9 . _
   *     -}
   * @param version of the model. Two variants may have the same (an A/A test)
   * @param share of the users, in 1/{@link #WHOLE}; at least 1
   */
  public record Variant(String name, String version, int share) {
    /**
     * Checks.
     *
     * @throws IllegalArgumentException if a value is not as described above
     */
    public Variant {
      ModelMetadata.requireName("name of a variant", name);
      ModelMetadata.requireName("version of variant " + name, version);
      if (share < 1 || share > WHOLE) {
        throw new IllegalArgumentException(
            "share of variant %s is %d; give it 1 to %d, in 1/%d of the users, or leave the variant out"
                .formatted(name, share, WHOLE, WHOLE));
      }
    }
  }

  /** Returns a plan by which nothing serves. */
  public static ServingPlan empty(String model) {
    return new ServingPlan(model, List.of());
  }

  /**
   * Returns the step in force at an event time: the newest that isn't after it. Empty before the
   * first.
   */
  public Optional<Step> stepAt(long time) {
    int index = indexAt(time);
    return index < 0 ? Optional.empty() : Optional.of(steps.get(index));
  }

  /**
   * Returns the variant that serves a user.
   *
   * <p>Users have places from 0 to {@link #WHOLE} - 1, by a hash of model and user: always the same
   * for the same user, and for another model independent of it. The first variant serves the places
   * from 0 on, the second the next ones, and so on. So the first variant keeps its users when its
   * share grows, and so does the last one; one between them does if the borders on both sides move
   * outwards or stay. List first what is being rolled out, and leave the order as it is.
   *
   * @param step one of this plan's
   */
  public Variant variantOf(Step step, String user) {
    List<Variant> variants = step.variants;
    int last = variants.size() - 1;
    if (last > 0) {
      int place = place(user);
      for (int i = 0; i < last; i++) {
        place -= variants.get(i).share;
        if (place < 0) {
          return variants.get(i);
        }
      }
    }
    return variants.get(last);
  }

  /**
   * FNV-1a of the UTF-8 of model name, a zero byte and user, mixed as in MurmurHash3's finalizer.
   */
  private int place(String user) {
    long fnv = continueHash(continueHash(FNV_START, model) * FNV_PRIME, user);
    long hash = (fnv ^ (fnv >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return (int) Long.remainderUnsigned(hash ^ (hash >>> 33), WHOLE);
  }

  private static long continueHash(long start, String text) {
    long hash = start;
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next >= 0x80) {
        return continueHash(start, text.getBytes(StandardCharsets.UTF_8));
      }
      hash = (hash ^ next) * FNV_PRIME;
    }
    return hash;
  }

  private static long continueHash(long start, byte[] utf8) {
    long hash = start;
    for (byte next : utf8) {
      hash = (hash ^ (next & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  /**
   * Returns the plan with a further step at its end.
   *
   * <p>A step that isn't after the last one is refused, and never replaces others silently: it
   * would change what has served or what is planned. To serve something else at once although later
   * steps are planned, cancel those first: {@code plan.before(time).then(step)}.
   *
   * @throws IllegalArgumentException if the step isn't after the last one
   */
  public ServingPlan then(Step step) {
    if (!steps.isEmpty() && step.from <= last().from) {
      throw new IllegalArgumentException(
          ("plan of model %s: a step from %s on isn't after the last one, from %s on; choose a"
                  + " later time, or cancel the steps that are planned from then on first")
              .formatted(model, time(step.from), time(last().from)));
    }
    List<Step> longer = new ArrayList<>(steps);
    longer.add(step);
    return new ServingPlan(model, longer);
  }

  /**
   * Returns the plan without the steps at or after a time: it cancels what is planned. A time in
   * the past would change what has served: the plan has no clock, so the caller checks the time.
   */
  public ServingPlan before(long time) {
    int kept = 0;
    while (kept < steps.size() && steps.get(kept).from < time) {
      kept++;
    }
    return new ServingPlan(model, steps.subList(0, kept));
  }

  /**
   * Returns the plan with what is in force at a time undone: from then on serves what served before
   * it, with its shadows. Steps planned for later are cancelled, since one of them might bring back
   * what is being rolled back.
   *
   * <p>A rollback is a step like others. So a second one undoes the first: to go further back, say
   * with {@link #then} what shall serve.
   *
   * @param from event time in ms since 1970
   * @throws IllegalArgumentException if nothing, or only one step, was in force until then; or if a
   *     step begins at this very time, which would take it off the record
   */
  public ServingPlan rollback(long from) {
    int current = indexAt(from);
    if (current < 1) {
      throw new IllegalArgumentException(
          "plan of model %s: at %s there is nothing to roll back to, %s; say what shall serve"
              .formatted(
                  model,
                  time(from),
                  current < 0
                      ? "as no step has begun"
                      : "as nothing is known to have served before the step from "
                          + time(steps.get(0).from)
                          + " on"));
    }
    if (steps.get(current).from == from) {
      throw new IllegalArgumentException(
          "plan of model %s: the step to roll back begins at %s itself; roll back at a later time"
              .formatted(model, time(from)));
    }
    Step previous = steps.get(current - 1);
    return new ServingPlan(model, steps.subList(0, current + 1))
        .then(new Step(from, previous.variants, previous.shadows));
  }

  /**
   * Returns the plan with its newest steps alone, so that its size is bounded. Before the first of
   * them nothing serves any more: keep the steps that a replay may still reach.
   *
   * @param newest how many steps to keep, at least 1
   */
  public ServingPlan bounded(int newest) {
    if (newest < 1) {
      throw new IllegalArgumentException(
          "%d steps to keep; at least 1, or nothing would serve".formatted(newest));
    }
    return new ServingPlan(model, steps.subList(Math.max(0, steps.size() - newest), steps.size()));
  }

  /** Returns the versions that serve or shadow at a time or later: those that must be loaded. */
  public Set<String> versionsFrom(long time) {
    Set<String> versions = new LinkedHashSet<>();
    for (int i = Math.max(0, indexAt(time)); i < steps.size(); i++) {
      versions.addAll(steps.get(i).versions());
    }
    return versions;
  }

  /**
   * Checks that every version of the plan is one that has been published.
   *
   * @param known versions of this model
   * @throws IllegalArgumentException naming all unknown ones
   */
  public void requireVersions(Set<String> known) {
    Set<String> unknown = new TreeSet<>();
    steps.forEach(step -> unknown.addAll(step.versions()));
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "plan of model %s: no such version: %s; publish them first, or name some of %s"
              .formatted(model, String.join(", ", unknown), new TreeSet<>(known)));
    }
  }

  /** Index of the step in force, or -1. From the end: requests are mostly of the newest one. */
  private int indexAt(long time) {
    int index = steps.size() - 1;
    while (index >= 0 && steps.get(index).from > time) {
      index--;
    }
    return index;
  }

  private Step last() {
    return steps.get(steps.size() - 1);
  }

  private static String time(long millis) {
    try {
      return millis + " (" + Instant.ofEpochMilli(millis) + ")";
    } catch (DateTimeException e) {
      return Long.toString(millis);
    }
  }
}
