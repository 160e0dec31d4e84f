package dev.freshet.cli;

import dev.freshet.client.model.ModelControl;
import dev.freshet.client.model.ModelControl.Change;
import dev.freshet.client.model.PlanChange;
import dev.freshet.model.ServingPlan;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of several commands: the time from which a step of a plan holds, and its reason. */
final class StepOptions {

  /** The plan is written, but someone else wrote it at the same time. */
  static final int CONTESTED = 3;

  /** Long enough for every subtask to read and load a model of usual size. */
  private static final Duration USUAL_LEAD = Duration.ofSeconds(5);

  @ArgGroup private When when = new When();

  /** At most one of the two. */
  private static final class When {
    @Option(
        names = "--in",
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description =
            "Holds from so long after now, by this machine's clock. Default: 5s, in which every"
                + " subtask of the job reads and loads the model.")
    private Duration lead;

    @Option(
        names = "--at",
        paramLabel = "TIME",
        converter = InstantConverter.class,
        description = "Holds from this event time, such as 2026-01-31T08:00:00Z.")
    private Instant at;
  }

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Who wants it and why: kept in the plan.")
  private String reason;

  /** Makes the new plan. */
  interface Changer extends Function<PlanChange, ServingPlan> {}

  /**
   * Changes the plan of a model and shows it.
   *
   * @return the exit code
   */
  int apply(
      ModelControl control, String model, boolean replace, CommandSpec spec, Changer changer) {
    // Begins when the topic has been read, which may take a while.
    AtomicReference<Instant> from = new AtomicReference<>();
    Change change =
        control.change(
            model,
            reason,
            contents -> {
              from.set(from());
              return changer.apply(
                  new PlanChange(contents, model, from.get().toEpochMilli(), replace));
            });
    Instant written = Instant.now();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    new ModelTable(change.contents(), written).printPlan(model, out);
    out.flush();
    if (from.get().isBefore(written)) {
      err.println(
          "Note: that time had passed when the plan was written. The job follows the step as soon"
              + " as it reads it; a replay follows it from then, so its lists differ from those"
              + " that were served.");
    }
    if (change.contested()) {
      err.println(
          "Someone else changed the plan of this model at the same time, and one of the two changes"
              + " is lost: the plan above is what holds. Say again what is missing.");
      return CONTESTED;
    }
    return 0;
  }

  private Instant from() {
    if (when.at != null) {
      return when.at;
    }
    return Instant.now().plus(when.lead == null ? USUAL_LEAD : when.lead);
  }
}
