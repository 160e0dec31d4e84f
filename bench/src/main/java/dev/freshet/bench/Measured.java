package dev.freshet.bench;

import dev.freshet.bench.ProcessUsage.Taken;
import dev.freshet.local.TimeSpan;
import java.util.List;

/**
 * What one window of load at a steady rate has shown.
 *
 * @param rate actions a second that were to be sent
 * @param sustained whether the job kept up: otherwise latencies grow with the length of the window
 * @param actions sent, those while it settled included
 * @param missing not answered within the time that is waited
 * @param repeated answers beyond the first to an action
 * @param backlogHalfway actions sent and not answered, half a window before its end
 * @param backlogAtEnd the same when the last one was sent
 * @param latencyMillis from when an action was to be sent until its list was read
 * @param curve of the same
 * @param watermarkLagMillis sampled every 10 ms; of the floor there is none
 * @param lists sent by the job within the window, as it counts them
 * @param lateActions behind the watermark when they came
 * @param lateShare of the lists
 * @param candidates scored for a list, in the mean
 * @param rankMicros to gather, score and select a list, in the mean of the last lists
 * @param onnxMicros of these, scoring and selection
 * @param cpu processor seconds a second
 * @param allocatedMegabytesPerSecond by the job's process
 * @param generatorLagMillis how much later than due actions were sent: it is in the latencies; when
 *     it isn't small beside them, the generator is what is measured
 */
public record Measured(
    double rate,
    double seconds,
    boolean sustained,
    long actions,
    long missing,
    long repeated,
    long backlogHalfway,
    long backlogAtEnd,
    Latency latencyMillis,
    List<Latency.Point> curve,
    Latency watermarkLagMillis,
    long lists,
    long lateActions,
    double lateShare,
    double candidates,
    double rankMicros,
    double onnxMicros,
    Cpu cpu,
    double allocatedMegabytesPerSecond,
    Pauses pauses,
    Latency generatorLagMillis,
    Timeline timeline) {

  /** Processor seconds a second, by process. */
  public record Cpu(double flink, double broker, double redis, double generator) {}

  /** Of the garbage collector of the job's process. */
  public record Pauses(int count, long totalMillis, long longestMillis) {

    static Pauses of(Taken taken) {
      return new Pauses(
          taken.pauses().size(),
          taken.pauses().stream().mapToLong(TimeSpan::millis).sum(),
          taken.longestPauseMillis());
    }
  }

  static Measured of(
      Variant variant,
      double rate,
      Orders.Loaded loaded,
      Orders.Done done,
      Taken flink,
      Taken broker,
      Taken generator,
      double redisCpuSeconds) {
    return new Measured(
        rate,
        flink.seconds(),
        loaded.backlog().sustained(rate, variant.delaySeconds()),
        loaded.actions(),
        loaded.missing(),
        loaded.repeated(),
        loaded.backlog().halfway(),
        loaded.backlog().atEnd(),
        Latency.ofMicros(Latency.decode(loaded.micros())),
        Latency.curve(Latency.decode(loaded.micros())),
        done.watermarkLagMillis().isEmpty()
            ? Latency.NONE
            : Latency.ofMillis(Latency.decode(done.watermarkLagMillis())),
        done.lists(),
        done.late(),
        done.lists() == 0 ? 0 : (double) done.late() / done.lists(),
        done.candidates(),
        done.rankMicros(),
        done.onnxMicros(),
        new Cpu(
            flink.cpuPerSecond(),
            broker.cpuPerSecond(),
            redisCpuSeconds / flink.seconds(),
            generator.cpuPerSecond()),
        flink.allocatedBytes() / flink.seconds() / 1e6,
        Pauses.of(flink),
        Latency.ofMicros(Latency.decode(loaded.lagMicros())),
        Timeline.of(loaded.steps(), done.checkpoints(), flink.pauses()));
  }
}
