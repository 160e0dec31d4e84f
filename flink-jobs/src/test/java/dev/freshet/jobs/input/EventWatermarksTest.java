package dev.freshet.jobs.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.FeatureEvent;
import dev.freshet.jobs.TestEvents;
import dev.freshet.schema.DeadLetter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class EventWatermarksTest {

  private static final long DELAY = 5;

  /** Ticks. */
  private static final int SILENCE = 500;

  private static final class Output implements WatermarkOutput {
    final List<Long> watermarks = new ArrayList<>();

    @Override
    public void emitWatermark(Watermark watermark) {
      watermarks.add(watermark.getTimestamp());
    }

    @Override
    public void markIdle() {
      throw new AssertionError("nothing is ever idle");
    }

    @Override
    public void markActive() {
      throw new AssertionError("nothing is ever idle");
    }

    long last() {
      return watermarks.get(watermarks.size() - 1);
    }
  }

  private final Output output = new Output();
  private final SetClock clock = new SetClock(1_000_000);

  private static Decoded<FeatureEvent> good(long time) {
    return Decoded.good(TestEvents.action("e", "u", "a", time));
  }

  private static Decoded<FeatureEvent> bad() {
    return Decoded.bad(new DeadLetter());
  }

  private void event(WatermarkGenerator<Decoded<FeatureEvent>> generator, long time) {
    generator.onEvent(good(time), time, output);
    generator.onPeriodicEmit(output);
  }

  private EventWatermarks.Live<FeatureEvent> live(EventWatermarks.Backlog backlog) {
    return new EventWatermarks.Live<>(DELAY, clock, backlog, SILENCE);
  }

  @Test
  void aReplayFollowsTheNewestEventLessTheDelay() {
    var replay = new EventWatermarks.Replay<FeatureEvent>(DELAY);
    replay.onPeriodicEmit(output);
    assertThat(output.watermarks).isEmpty();
    event(replay, 100);
    event(replay, 100);
    event(replay, 90);
    event(replay, 101);
    assertThat(output.watermarks).containsExactly(94L, 95L);
  }

  @Test
  void deadLettersHaveNoSay() {
    var replay = new EventWatermarks.Replay<FeatureEvent>(DELAY);
    replay.onEvent(bad(), Long.MAX_VALUE, output);
    replay.onPeriodicEmit(output);
    assertThat(output.watermarks).isEmpty();
    event(replay, 100);
    replay.onEvent(bad(), 5_000, output);
    replay.onPeriodicEmit(output);
    assertThat(output.watermarks).containsExactly(94L);
  }

  @Test
  void aBacklogFollowsTheDataUntilItHasCaughtUp() {
    var live = live(new EventWatermarks.Backlog());
    event(live, 1_000);
    event(live, 2_000);
    assertThat(output.watermarks).containsExactly(994L, 1_994L);
    event(live, clock.now - DELAY - EventWatermarks.Live.CAUGHT_UP_LAG);
    assertThat(output.last()).isLessThan(clock.now - 500);
    event(live, clock.now - 100);
    assertThat(output.last()).isEqualTo(clock.now - DELAY - 1);
  }

  @Test
  void onceCaughtUpItFollowsTheWallClockWithoutEvents() {
    var live = live(new EventWatermarks.Backlog());
    event(live, clock.now);
    clock.now += 10_000;
    live.onPeriodicEmit(output);
    assertThat(output.last()).isEqualTo(clock.now - DELAY - 1);
    event(live, 5);
    clock.now += 1;
    live.onPeriodicEmit(output);
    assertThat(output.last()).isEqualTo(clock.now - DELAY - 1);
  }

  @Test
  void aPartitionThatStaysQuietFollowsTheWallClockAfterAWhile() {
    var live = live(new EventWatermarks.Backlog());
    for (int tick = 1; tick < SILENCE; tick++) {
      live.onPeriodicEmit(output);
    }
    assertThat(output.watermarks).isEmpty();
    live.onPeriodicEmit(output);
    assertThat(output.watermarks).containsExactly(clock.now - DELAY - 1);
  }

  @Test
  void anEventOfABacklogStartsTheQuietAnew() {
    var live = live(new EventWatermarks.Backlog());
    for (int tick = 1; tick < SILENCE; tick++) {
      live.onPeriodicEmit(output);
    }
    live.onEvent(good(1_000), 1_000, output);
    for (int tick = 1; tick < SILENCE; tick++) {
      live.onPeriodicEmit(output);
    }
    assertThat(output.watermarks).containsExactly(994L);
    live.onPeriodicEmit(output);
    assertThat(output.last()).isEqualTo(clock.now - DELAY - 1);
  }

  @Test
  void aPartitionIsNotQuietWhileItsReaderIsBusyWithTheBacklogOfAnother() {
    var backlog = new EventWatermarks.Backlog();
    var read = live(backlog);
    var waits = live(backlog);
    Output ofRead = new Output();
    int busy = 3 * SILENCE;
    for (int tick = 1; tick <= busy; tick++) {
      read.onEvent(good(tick), tick, ofRead);
      read.onPeriodicEmit(ofRead);
      waits.onPeriodicEmit(output);
    }
    assertThat(output.watermarks).isEmpty();
    for (int tick = 1; tick <= SILENCE + 1; tick++) {
      read.onPeriodicEmit(ofRead);
      waits.onPeriodicEmit(output);
    }
    assertThat(output.last()).isEqualTo(clock.now - DELAY - 1);
    assertThat(ofRead.last()).isEqualTo(clock.now - DELAY - 1);
  }

  @Test
  void aPartitionIsQuietWhileItsReaderGivesWhatHappensNow() {
    var backlog = new EventWatermarks.Backlog();
    var busy = live(backlog);
    var quiet = live(backlog);
    for (int tick = 1; tick <= SILENCE; tick++) {
      clock.now++;
      busy.onEvent(good(clock.now), clock.now, new Output());
      busy.onPeriodicEmit(new Output());
      quiet.onPeriodicEmit(output);
    }
    assertThat(output.last()).isEqualTo(clock.now - DELAY - 1);
  }

  @Test
  void noPartitionWaitsForAnotherForEver() {
    var backlog = new EventWatermarks.Backlog();
    var read = live(backlog);
    var waits = live(backlog);
    for (int tick = 1; tick <= EventWatermarks.Live.LONGEST_SILENCES * SILENCE; tick++) {
      assertThat(output.watermarks).isEmpty();
      read.onEvent(good(tick), tick, new Output());
      read.onPeriodicEmit(new Output());
      waits.onPeriodicEmit(output);
    }
    assertThat(output.last()).isEqualTo(clock.now - DELAY - 1);
  }

  @Test
  void aClockThatIsSetBackDoesNotTakeTheWatermarkBack() {
    var live = live(new EventWatermarks.Backlog());
    event(live, clock.now);
    long before = output.last();
    clock.now -= 60_000;
    live.onPeriodicEmit(output);
    assertThat(output.watermarks).containsExactly(before);
    clock.now += 60_001;
    live.onPeriodicEmit(output);
    assertThat(output.watermarks).containsExactly(before, before + 1);
  }

  @Test
  void anEventOfTheFutureDoesNotDriveTheWatermarkPastTheClock() {
    var live = live(new EventWatermarks.Backlog());
    event(live, clock.now + 50_000);
    assertThat(output.watermarks).containsExactly(clock.now - DELAY - 1);
  }

  @Test
  void theReadersOwnGeneratorIsSilentThoseOfThePartitionsAreNot() {
    EventWatermarks<FeatureEvent> strategy = EventWatermarks.replay(action -> action.time, DELAY);
    WatermarkGenerator<Decoded<FeatureEvent>> ofReader = strategy.createWatermarkGenerator(null);
    event(ofReader, 100);
    assertThat(output.watermarks).isEmpty();
    event(strategy.createWatermarkGenerator(null), 100);
    assertThat(output.watermarks).containsExactly(94L);
    event(strategy.createWatermarkGenerator(null), 200);
    assertThat(output.watermarks).containsExactly(94L, 194L);
  }

  @Test
  void whatCountsAtItsEndSaysNothingBefore() {
    EventWatermarks<FeatureEvent> strategy = EventWatermarks.atEnd(action -> action.time);
    for (int generator = 0; generator < 3; generator++) {
      event(strategy.createWatermarkGenerator(null), 100);
    }
    assertThat(output.watermarks).isEmpty();
    assertThat(strategy.createTimestampAssigner(null).extractTimestamp(good(100), 7))
        .isEqualTo(100);
  }

  @Test
  void whatIsToldAsideHoldsUpNobody() {
    EventWatermarks<FeatureEvent> strategy = EventWatermarks.unheeded(action -> action.time);
    WatermarkGenerator<Decoded<FeatureEvent>> ofReader = strategy.createWatermarkGenerator(null);
    event(ofReader, 100);
    assertThat(output.watermarks).isEmpty();
    WatermarkGenerator<Decoded<FeatureEvent>> ofPartition = strategy.createWatermarkGenerator(null);
    ofPartition.onPeriodicEmit(output);
    assertThat(output.watermarks).containsExactly(Long.MAX_VALUE);
  }

  @Test
  void theTimestampIsTheEventTimeOrOfADeadLetterTheRecordTime() {
    var assigner =
        EventWatermarks.<FeatureEvent>replay(action -> action.time, DELAY)
            .createTimestampAssigner(null);
    assertThat(assigner.extractTimestamp(good(100), 7)).isEqualTo(100);
    assertThat(assigner.extractTimestamp(bad(), 7)).isEqualTo(7);
  }

  @Test
  void whatIsOfInterestAtFirstHoldsUpNobodyOnceItHasCaughtUp() {
    var atFirst =
        new EventWatermarks.LiveAtFirst<FeatureEvent>(
            DELAY, clock, new EventWatermarks.Backlog(), SILENCE);
    event(atFirst, 100);
    assertThat(output.watermarks).containsExactly(100 - DELAY - 1);

    event(atFirst, clock.now);

    assertThat(output.last()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aSilenceIsHalfASecondOfTicksButNeverJustAFew() {
    assertThat(new EventWatermarks.Clocked(DELAY, Duration.ofMillis(1)).quietTicks())
        .isEqualTo(500);
    assertThat(new EventWatermarks.Clocked(DELAY, Duration.ofMillis(25)).quietTicks())
        .isEqualTo(20);
    assertThat(new EventWatermarks.Clocked(DELAY, Duration.ofSeconds(1)).quietTicks())
        .isEqualTo(10);
  }
}
