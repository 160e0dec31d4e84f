package dev.freshet.cli;

import dev.freshet.client.model.TopicContents;
import dev.freshet.client.model.TopicContents.Published;
import dev.freshet.client.model.TopicContents.StoredPlan;
import dev.freshet.model.ServingPlan;
import dev.freshet.model.ServingPlan.Step;
import dev.freshet.model.ServingPlan.Variant;
import dev.freshet.schema.ModelRelease;
import dev.freshet.schema.PlanStep;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The topic of models as tables: what was published, what serves, and what will. */
final class ModelTable {

  private static final List<String> VERSIONS =
      List.of("", "version", "state", "published", "SHA-256", "features", "KB", "lineage");
  private static final List<String> STEPS =
      List.of("", "from", "serves", "shadows", "added", "reason");

  /** Steps of a plan's past that are shown; the others are counted. */
  private static final int PAST_STEPS = 5;

  private static final int LINEAGE_LENGTH = 48;

  private final TopicContents contents;
  private final Instant now;

  /**
   * @param now as of when something serves
   */
  ModelTable(TopicContents contents, Instant now) {
    this.contents = contents;
    this.now = now;
  }

  /** Prints all names, or the one that is given. */
  void print(Optional<String> only, PrintWriter out) {
    List<String> names = only.map(List::of).orElse(contents.names());
    for (int i = 0; i < names.size(); i++) {
      out.print(i == 0 ? "" : "%n".formatted());
      printVersions(names.get(i), out);
      out.println();
      printPlan(names.get(i), out);
    }
    contents
        .unusable()
        .forEach(problem -> out.printf("%nNobody can use the record at %s%n", problem));
  }

  private void printVersions(String model, PrintWriter out) {
    List<Published> versions = contents.published(model);
    out.printf("Model %s: %d version%s%n", model, versions.size(), versions.size() == 1 ? "" : "s");
    if (versions.isEmpty()) {
      return;
    }
    TextTable table = new TextTable(VERSIONS, Set.of(5, 6));
    for (Published version : versions) {
      ModelRelease release = version.release();
      table.add(
          List.of(
              "",
              release.getVersion(),
              state(model, release.getVersion()),
              time(release.getPublishedTime()),
              release.getSha256().substring(0, Math.min(12, release.getSha256().length())),
              String.valueOf(release.getFeatureNames().size()),
              String.format(Locale.ROOT, "%,d", (version.bytes() + 1023) / 1024),
              lineage(release)));
    }
    table.print(out);
  }

  /** Prints what of a name serves from when: the newest past steps, that of now, those to come. */
  void printPlan(String model, PrintWriter out) {
    StoredPlan stored = contents.plans().get(model);
    if (stored == null || stored.plan().getSteps().isEmpty()) {
      out.printf(
          "Model %s has no plan: the job ranks with the model of its configuration (model.file).%n",
          model);
      return;
    }
    ServingPlan plan = contents.plan(model);
    int current = plan.stepAt(now.toEpochMilli()).map(plan.steps()::indexOf).orElse(-1);
    int first = Math.max(0, current - PAST_STEPS);
    out.printf("Plan of model %s%n", model);
    TextTable table = new TextTable(STEPS, Set.of());
    if (first > 0) {
      table.addLine("  (" + first + " older step" + (first == 1 ? "" : "s") + ")");
    }
    for (int i = first; i < plan.steps().size(); i++) {
      PlanStep record = stored.plan().getSteps().get(i);
      Step step = plan.steps().get(i);
      table.add(
          List.of(
              i < current ? "  past" : i == current ? "* now" : "> next",
              time(record.getFromTime()),
              serves(step),
              step.shadows().isEmpty() ? "-" : String.join(", ", step.shadows()),
              time(record.getCreatedTime()),
              record.getReason().isEmpty() ? "-" : oneLine(record.getReason())));
    }
    table.print(out);
    if (current < 0) {
      out.println("Until then the job ranks with the model of its configuration (model.file).");
    }
  }

  /** What a version does now, or is to do next. */
  private String state(String model, String version) {
    ServingPlan plan = contents.plan(model);
    Optional<Step> current = plan.stepAt(now.toEpochMilli());
    String does = current.map(step -> does(step, version)).orElse("");
    if (!does.isEmpty()) {
      return "* " + does;
    }
    return plan.steps().stream()
        .filter(step -> step.from() > now.toEpochMilli())
        .filter(step -> !does(step, version).isEmpty())
        .findFirst()
        .map(step -> "> " + does(step, version))
        .orElse("-");
  }

  private static String does(Step step, String version) {
    int share =
        step.variants().stream()
            .filter(variant -> variant.version().equals(version))
            .mapToInt(Variant::share)
            .sum();
    boolean shadows = step.shadows().contains(version);
    if (share == 0) {
      return shadows ? "shadow" : "";
    }
    return share == ServingPlan.WHOLE ? "serves" : "serves " + ShareConverter.write(share);
  }

  private static String serves(Step step) {
    if (step.variants().size() == 1) {
      return step.variants().get(0).version();
    }
    return step.variants().stream()
        .map(variant -> variant.version() + " " + ShareConverter.write(variant.share()))
        .collect(Collectors.joining(", "));
  }

  private static String lineage(ModelRelease release) {
    String all =
        new TreeMap<>(release.getLineage())
            .entrySet().stream()
                .map(entry -> entry.getKey() + "=" + oneLine(entry.getValue()))
                .collect(Collectors.joining(" "));
    if (all.isEmpty()) {
      return "-";
    }
    return all.length() <= LINEAGE_LENGTH ? all : all.substring(0, LINEAGE_LENGTH - 3) + "...";
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ");
  }

  private static String time(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
