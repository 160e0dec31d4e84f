package dev.freshet.cli;

import dev.freshet.client.AvroTopicReader;
import dev.freshet.config.FreshetConfig;
import dev.freshet.config.TopicsConfig;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.schema.DeadLetter;
import dev.freshet.schema.Evaluation;
import dev.freshet.schema.Explanation;
import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.RecommendationRequest;
import dev.freshet.schema.TrainingExample;
import dev.freshet.schema.TrainingRound;
import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import org.apache.avro.specific.SpecificRecordBase;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet topics}: looks at Kafka topics, and creates them. */
@Command(
    name = "topics",
    mixinStandardHelpOptions = true,
    description = "Looks at Freshet's Kafka topics, and creates them.",
    subcommands = {TopicsCommand.Tail.class, TopicsCreateCommand.class})
final class TopicsCommand {

  /** {@code freshet topics tail}: prints records as they come. */
  @Command(
      name = "tail",
      mixinStandardHelpOptions = true,
      description = "Prints the records of a topic as they come, one JSON object a line.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  ./freshet topics tail recommendations",
        "  ./freshet topics tail dead-letters --from-beginning --limit 10 --kafka broker:9092"
      })
  static final class Tail implements Runnable {

    @Spec private CommandSpec spec;

    @Mixin private Connection connection;

    @Parameters(
        paramLabel = "TOPIC",
        description =
            "user-actions, item-updates, recommendation-requests, recommendations,"
                + " shadow-recommendations, explanations,"
                + " dead-letters, training-examples, training-rounds or evaluation; what they are"
                + " called in Kafka is in the configuration.")
    private String topic;

    @Option(names = "--from-beginning", description = "Begins with the oldest record.")
    private boolean fromBeginning;

    @Option(names = "--limit", paramLabel = "N", description = "Ends after so many records.")
    private long limit = Long.MAX_VALUE;

    private record Known(String name, Class<? extends SpecificRecordBase> type) {}

    @Override
    public void run() {
      FreshetConfig config = connection.config();
      TopicsConfig topics = config.topics();
      Map<String, Known> known =
          Map.ofEntries(
              known("user-actions", topics.userActions(), UserAction.class),
              known("item-updates", topics.itemUpdates(), ItemUpdate.class),
              known(
                  "recommendation-requests",
                  topics.recommendationRequests(),
                  RecommendationRequest.class),
              known("recommendations", topics.recommendations(), Recommendation.class),
              known("shadow-recommendations", topics.shadowRecommendations(), Recommendation.class),
              known("evaluation", topics.evaluation(), Evaluation.class),
              known("explanations", topics.explanations(), Explanation.class),
              known("dead-letters", topics.deadLetters(), DeadLetter.class),
              known("training-examples", topics.trainingExamples(), TrainingExample.class),
              known("training-rounds", topics.trainingRounds(), TrainingRound.class));
      Known chosen = known.get(topic);
      if (chosen == null) {
        throw new CommandException(
            "There is no topic '%s'; there are %s."
                .formatted(topic, String.join(", ", known.keySet().stream().sorted().toList())));
      }
      try {
        tail(KafkaConnection.of(config), chosen.name(), chosen.type());
      } catch (IOException e) {
        throw new CommandException(e.getMessage());
      }
    }

    private static Map.Entry<String, Known> known(
        String key, String name, Class<? extends SpecificRecordBase> type) {
      return Map.entry(key, new Known(name, type));
    }

    private <A extends SpecificRecordBase> void tail(
        KafkaConnection kafka, String name, Class<A> type) throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      try (AvroTopicReader<A> reader = new AvroTopicReader<>(kafka, name, type)) {
        if (!fromBeginning) {
          reader.seekToEnd();
        }
        long[] left = {limit};
        while (left[0] > 0 && !out.checkError()) {
          reader.poll(
              record -> {
                if (left[0]-- > 0) {
                  out.println(record);
                }
              });
        }
      }
    }
  }
}
