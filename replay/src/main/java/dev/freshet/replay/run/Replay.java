package dev.freshet.replay.run;

import dev.freshet.config.FreshetConfig;
import dev.freshet.protocol.event.EventRules;
import dev.freshet.protocol.model.Rounds;
import dev.freshet.replay.judge.Judging;
import dev.freshet.replay.reader.Recording;
import dev.freshet.replay.report.ReplaySummary;
import dev.freshet.replay.run.JobRunner.Outcome;
import dev.freshet.replay.run.JobRunner.ReplayJob;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * Plays recorded events through the same job that runs live, and gathers what came of it. First all
 * records go to Kafka, in order of event time; then the job reads them to their end.
 */
public final class Replay {

  /** Receives how far the replay has come. */
  public interface Progress {

    /** Discards all progress. */
    Progress SILENT =
        new Progress() {
          @Override
          public void fed(long records, long total) {}

          @Override
          public void ranked(long lists, long total) {}
        };

    /** Reports how many of the records have been sent to Kafka. */
    void fed(long records, long total);

    /** Reports how many lists have come back, of those that the actions ask for. */
    void ranked(long lists, long total);

    /** Reports how much of a part of the report is done. */
    default void reported(String part, String unit, long done, long total) {}
  }

  private final FreshetConfig config;
  private final JobRunner runner;
  private final Path out;
  private final Judging judging;
  private final Adversity adversity;
  private final Optional<RoundLength> learning;

  /**
   * @param config how the job runs, {@code time.mode: replay}; its topics exist and are empty
   * @param out folder for the results, made when it is not there
   * @param judging which lists are evaluated; where they are asked for, a request goes before each
   *     action
   */
  public Replay(FreshetConfig config, JobRunner runner, Path out, Judging judging) {
    this(config, runner, out, judging, Adversity.NONE, Optional.empty());
  }

  /**
   * A replay that is made hard, or learns.
   *
   * @param config if the job is to crash: with checkpoints, often
   * @param learning how long rounds are at the end of which a better model may begin to serve;
   *     empty: the models are fixed
   */
  public Replay(
      FreshetConfig config,
      JobRunner runner,
      Path out,
      Judging judging,
      Adversity adversity,
      Optional<RoundLength> learning) {
    this.config = config;
    this.runner = runner;
    this.out = out;
    this.judging = judging;
    this.adversity = adversity;
    this.learning = learning;
  }

  /**
   * Runs the replay and writes {@code recommendations.avro}, {@code features.jsonl}, {@code
   * judged.csv.gz}, {@code summary.json}, {@code report.html} and, when the configuration asks for
   * them, {@code examples.avro}; if it learns, {@code rounds.jsonl} and the last {@code model.onnx}
   * too.
   *
   * @throws ReplayFailedException if the job failed
   */
  public ReplaySummary run(Recording recording, Progress progress) throws Exception {
    long start = System.nanoTime();
    ReplayFeed feed = new ReplayFeed(config, judging, adversity);
    feed.send(recording, progress);
    Optional<Rounds.EndingAt> rounds = rounds(recording);
    Outcome result =
        new ReplayRun(runner, new ReplayJob(config, rounds), feed.lists(recording), progress)
            .toEnd(adversity.crash());
    double seconds = (System.nanoTime() - start) / 1e9;
    return new ReplayResults(config, judging, out, runner.flinkVersion(), progress)
        .gather(recording, result, seconds, rounds.isPresent());
  }

  private Optional<Rounds.EndingAt> rounds(Recording recording) {
    EventRules rules = EventRules.of(config.events());
    Clock clock = Clock.systemUTC();
    return learning.flatMap(
        length -> length.rounds(recording.actions(), action -> rules.accept(action, clock)));
  }
}
