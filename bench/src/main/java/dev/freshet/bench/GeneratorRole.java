package dev.freshet.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.bench.Orders.Drained;
import dev.freshet.bench.Orders.Loaded;
import dev.freshet.client.AvroTopicWriter;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.common.KafkaException;

/**
 * Sends actions when they are due, whatever becomes of the earlier ones, and reads the answers. One
 * thread for each.
 */
final class GeneratorRole implements Role {

  private static final Duration POLL = Duration.ofMillis(20);
  private static final int BACKLOG_LINGER_MILLIS = 5;

  /** So that the first actions are not late for the threads' start. */
  private static final Duration RUN_UP = Duration.ofMillis(100);

  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  /** What belongs to one variant. */
  private record Variant(Orders.Topics topics, Traffic traffic, AnswerReader answers) {}

  private final Events events;
  private final Map<String, Variant> variants = new HashMap<>();
  private String kafka;
  private Traffic.Settings settings;
  private AvroTopicWriter writer;

  GeneratorRole(Events events) {
    this.events = events;
  }

  @Override
  public Object handle(String command, JsonNode arguments) throws IOException {
    switch (command) {
      case "connect" -> connect(ChildProcess.as(arguments, Orders.Connect.class));
      case "past" -> past(ChildProcess.as(arguments, Orders.Past.class));
      case "backlog" -> backlog(ChildProcess.as(arguments, Orders.Backlogged.class));
      case "expect" -> {
        Orders.Expect expect = ChildProcess.as(arguments, Orders.Expect.class);
        inBackground("answers", () -> drain(expect));
      }
      case "load" -> load(ChildProcess.as(arguments, Orders.Load.class));
      default -> throw new IllegalArgumentException("a generator can't " + command);
    }
    return null;
  }

  private void connect(Orders.Connect connect) {
    kafka = connect.kafka();
    settings = connect.traffic();
    if (writer == null) {
      writer = new AvroTopicWriter(KafkaConnection.plain(kafka), 0);
    }
    for (Orders.Topics topics : connect.variants()) {
      variants.put(
          topics.variant(),
          new Variant(
              topics, new Traffic(settings), new AnswerReader(kafka, topics.recommendations())));
    }
  }

  /** The catalog, and actions on it. */
  private void past(Orders.Past past) {
    Variant variant = variants.get(past.variant());
    // Where users stay with what they do, they have always done it.
    History history =
        settings.wandering()
            ? History.inSessions(past.actions(), settings.users(), past.endMillis())
            : History.steady(past.actions(), settings.users(), past.endMillis());
    long before = past.endMillis() - History.SPAN.toMillis() - 1;
    try (AvroTopicWriter bulk =
        new AvroTopicWriter(KafkaConnection.plain(kafka), BACKLOG_LINGER_MILLIS)) {
      for (int item = 0; item < settings.items(); item++) {
        ItemUpdate update = variant.traffic.item(item, before);
        bulk.send(variant.topics.items(), update.getItem(), before, update);
      }
      for (int act = 0; act < history.size(); act++) {
        String id = past.window() + "-" + act;
        send(bulk, variant, variant.traffic.act(history.user(act), id, history.timeMillis(act)));
      }
      bulk.flush();
    }
  }

  private void backlog(Orders.Backlogged backlog) {
    Variant variant = variants.get(backlog.variant());
    try (AvroTopicWriter bulk =
        new AvroTopicWriter(KafkaConnection.plain(kafka), BACKLOG_LINGER_MILLIS)) {
      for (int act = 0; act < backlog.actions(); act++) {
        long time = backlog.startMillis() + (long) (act / backlog.rate() * 1_000);
        send(bulk, variant, variant.traffic.next(backlog.window() + "-" + act, time));
      }
      bulk.flush();
    }
  }

  private static void send(AvroTopicWriter writer, Variant variant, UserAction action) {
    writer.send(
        variant.topics.actions(), action.getUser(), action.getEventTime().toEpochMilli(), action);
  }

  private void drain(Orders.Expect expect) throws IOException {
    Drain drain = new Drain(expect.actions());
    String prefix = expect.window() + "-";
    long deadline = System.nanoTime() + nanos(expect.waitSeconds());
    AnswerReader reader = variants.get(expect.variant()).answers;
    while (!drain.complete() && System.nanoTime() < deadline) {
      reader.poll(
          POLL,
          (id, now) -> {
            if (id.startsWith(prefix)) {
              drain.answered(Integer.parseInt(id, prefix.length(), id.length(), 10), now);
            }
          });
    }
    Drained drained = drain.result();
    events.accept("drained", drained);
  }

  private void load(Orders.Load load) {
    long settling = Math.round(load.rate() * load.settleSeconds());
    long actions = settling + Schedule.actions(load.rate(), load.seconds());
    Schedule schedule = new Schedule(System.nanoTime() + RUN_UP.toNanos(), load.rate());
    Answers answers = new Answers(schedule, actions, settling);
    Sender sender = new Sender(load, schedule, answers, actions, settling);
    inBackground("actions", sender::run);
    inBackground("answers", () -> watch(load, schedule, answers, sender));
  }

  private final class Sender {
    private final Orders.Load load;
    private final Schedule schedule;
    private final Answers answers;
    private final long actions;
    private final long settling;
    private final Histogram lagMicros = Answers.histogram();
    private volatile long sent;
    private volatile Backlog backlog;

    Sender(Orders.Load load, Schedule schedule, Answers answers, long actions, long settling) {
      this.load = load;
      this.schedule = schedule;
      this.answers = answers;
      this.actions = actions;
      this.settling = settling;
    }

    void run() {
      Variant variant = variants.get(load.variant());
      long halfway = 0;
      for (long action = 0; action < actions; action++) {
        long due = schedule.dueNanos(action);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        if (action == settling) {
          events.accept("measuring", null);
        }
        if (action == settling + (actions - settling) / 2) {
          halfway = action - answers.count();
        }
        String id = load.window() + "-" + action;
        send(writer, variant, variant.traffic.next(id, eventTime(due)));
        if (action >= settling) {
          long lag = (System.nanoTime() - due) / 1_000;
          lagMicros.recordValue(Math.min(lag, lagMicros.getHighestTrackableValue()));
        }
        sent = action + 1;
      }
      backlog = new Backlog(halfway, actions - answers.count());
      events.accept("sent", null);
    }

    /**
     * When the action happens, in milliseconds since 1970-01-01T00:00:00Z: when it is due, on the
     * clock of the wall as it goes now, which may drift from the other one within hours.
     */
    private static long eventTime(long dueNanos) {
      Instant now = Instant.now();
      return now.minusNanos(System.nanoTime() - dueNanos).toEpochMilli();
    }
  }

  private void watch(Orders.Load load, Schedule schedule, Answers answers, Sender sender)
      throws IOException {
    AnswerReader reader = variants.get(load.variant()).answers;
    String prefix = load.window() + "-";
    long every = nanos(load.everySeconds());
    long nextTelling = every == 0 ? Long.MAX_VALUE : schedule.dueNanos(sender.settling) + every;
    long deadline = Long.MAX_VALUE;
    while (!answers.complete()) {
      reader.poll(
          POLL,
          (id, now) -> {
            if (id.startsWith(prefix)) {
              answers.answered(Long.parseLong(id, prefix.length(), id.length(), 10), now);
            }
          });
      long now = System.nanoTime();
      if (now >= nextTelling) {
        nextTelling += every;
        tellInterval(schedule, answers, sender, now);
      }
      if (deadline == Long.MAX_VALUE && sender.backlog != null) {
        deadline = now + nanos(load.waitSeconds());
      }
      if (now >= deadline) {
        break;
      }
    }
    while (sender.backlog == null) {
      LockSupport.parkNanos(POLL.toNanos()); // all is answered, and the sender has yet to say so
    }
    events.accept(
        "loaded",
        new Loaded(
            answers.count() + answers.missing(),
            answers.missing(),
            answers.repeated(),
            sender.backlog,
            Latency.encode(answers.micros()),
            Latency.encode(sender.lagMicros),
            every == 0 ? answers.steps() : null));
  }

  private void tellInterval(Schedule schedule, Answers answers, Sender sender, long now) {
    Histogram micros = answers.intervalMicros();
    events.accept(
        "interval",
        new Orders.Interval(
            (now - schedule.dueNanos(sender.settling)) / NANOS_PER_SECOND,
            sender.sent,
            answers.count(),
            Latency.ofMicros(micros)));
  }

  private static long nanos(double seconds) {
    return (long) (seconds * NANOS_PER_SECOND);
  }

  /** What a thread does. */
  private interface Work {
    void run() throws IOException;
  }

  private void inBackground(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException | KafkaException e) {
                events.accept("failed", "The generator's " + name + ": " + e.getMessage());
              }
            },
            "bench-" + name);
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler(
        (failed, e) -> events.accept("failed", "The generator's " + name + ": " + e));
    thread.start();
  }
}
