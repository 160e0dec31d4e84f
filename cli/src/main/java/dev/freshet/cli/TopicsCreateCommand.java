package dev.freshet.cli;

import dev.freshet.config.FreshetConfig;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.protocol.kafka.PlannedTopic;
import dev.freshet.protocol.kafka.TopicCreation;
import dev.freshet.protocol.kafka.TopicCreation.State;
import dev.freshet.protocol.kafka.TopicPlan;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code freshet topics create}: creates the topics that are missing. */
@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    description =
        "Creates the topics that the configuration names and Kafka does not have; the others stay"
            + " as they are.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet topics create --kafka broker:9092 --dry-run     shows the plan",
      "  ./freshet topics create --kafka broker:9092 --partitions 12 --replication-factor 3",
      "  ./freshet topics create --config freshet.yaml --retention 14d",
      "  ./freshet topics create --kafka broker:9093 --kafka-properties client.properties"
    })
final class TopicsCreateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private Connection connection;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "" + TopicPlan.PARTITIONS,
      description =
          "Partitions of the topics that are read in parallel; models, training-rounds, evaluation"
              + " and dead-letters have one. Default: ${DEFAULT-VALUE}.")
  private int partitions;

  @Option(
      names = "--replication-factor",
      paramLabel = "N",
      description = "Copies of each partition. Default: the broker's default.replication.factor.")
  private Short replicationFactor;

  @Option(
      names = "--retention",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description =
          "How long records are kept, such as 7d; item-updates, models and training-rounds are kept"
              + " for ever all the same. Default: by topic, see --dry-run.")
  private Duration retention;

  @Option(names = "--dry-run", description = "Shows the plan and creates nothing.")
  private boolean dryRun;

  @Override
  public Integer call() throws InterruptedException {
    if (partitions < 1 || (replicationFactor != null && replicationFactor < 1)) {
      throw new CommandException("--partitions and --replication-factor are 1 or more.");
    }
    FreshetConfig config = connection.config();
    KafkaConnection kafka = KafkaConnection.of(config);
    List<PlannedTopic> plan =
        TopicPlan.service(
            config.topics().byKey(),
            partitions,
            replicationFactor == null ? -1 : replicationFactor,
            retention);
    List<State> states =
        dryRun ? TopicCreation.compare(kafka, plan) : TopicCreation.createMissing(kafka, plan);
    PrintWriter out = spec.commandLine().getOut();
    if (dryRun) {
      print(states, out);
    } else {
      report(states, out);
    }
    out.flush();
    return 0;
  }

  private static void print(List<State> states, PrintWriter out) {
    TextTable table =
        new TextTable(
            List.of("topic", "partitions", "replication", "retention", "cleanup", "state"),
            Set.of(1));
    for (State state : states) {
      PlannedTopic topic = state.topic();
      table.add(
          List.of(
              topic.name(),
              String.valueOf(topic.partitions()),
              topic.replicationFactor() < 0 ? "default" : String.valueOf(topic.replicationFactor()),
              retention(topic),
              topic.compacted() ? "compact" : "delete",
              state.missing()
                  ? "missing"
                  : state.differs() ? "exists, " + state.found() + " partitions" : "exists"));
    }
    table.print(out);
  }

  private static String retention(PlannedTopic topic) {
    Duration retention = topic.retention();
    if (retention == null) {
      return "for ever";
    }
    return retention.toDays() > 0 ? retention.toDays() + " d" : retention.toMinutes() + " min";
  }

  private static void report(List<State> states, PrintWriter out) {
    List<String> created =
        states.stream().filter(State::missing).map(state -> state.topic().name()).sorted().toList();
    out.println(created.isEmpty() ? "All topics exist." : "Created " + String.join(", ", created));
    for (State state : states) {
      if (state.differs()) {
        out.printf(
            "%s exists with %d partitions, not %d: it stays as it is.%n",
            state.topic().name(), state.found(), state.topic().partitions());
      }
    }
  }
}
