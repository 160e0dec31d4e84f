package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.client.AvroTopicReader;
import dev.freshet.client.AvroTopicWriter;
import dev.freshet.client.shopper.BackgroundWork;
import dev.freshet.config.FreshetConfig;
import dev.freshet.config.TopicsConfig;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.protocol.kafka.KafkaConnection;
import dev.freshet.protocol.kafka.TopicCreation;
import dev.freshet.protocol.kafka.TopicPlan;
import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.TrustedSchemas;
import dev.freshet.schema.UserAction;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ProduceCommandITCase {

  private static final TopicsConfig TOPICS = FreshetConfig.of(Map.of()).topics();
  private static final Pattern STATUS =
      Pattern.compile(
          "(?m)^00:0\\d  ([\\d,]+) actions .*  ([\\d,]+) recommendations .*  ([\\d,]+) clicks$");

  @TempDir private Path folder;
  private EmbeddedKafka kafka;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void startKafka() throws Exception {
    TrustedSchemas.register();
    kafka = EmbeddedKafka.start(folder);
  }

  @AfterEach
  void stopKafka() {
    kafka.close();
  }

  @Test
  void createsTheTopicsPublishesTheItemsAndActsAtTheRate() throws Exception {
    assertThat(produce("--create-topics", "--rate", "200", "--duration", "3s")).isZero();

    List<UserAction> actions = read(TOPICS.userActions(), UserAction.class);
    // Poisson with a mean of 600.
    assertThat(actions).hasSizeBetween(400, 800);
    assertThat(actions).extracting(UserAction::getEventId).doesNotHaveDuplicates();
    assertThat(read(TOPICS.itemUpdates(), ItemUpdate.class)).hasSizeGreaterThanOrEqualTo(3_000);
    assertThat(lastStatus()).containsExactly(actions.size(), 0, 0);
  }

  @Test
  void shoppersClickOnWhatIsRecommendedToThem() throws Exception {
    TopicCreation.createMissing(
        KafkaConnection.plain(kafka.bootstrapServers()),
        TopicPlan.recording(TOPICS.byKey(), TopicPlan.PARTITIONS));
    try (AvroTopicReader<UserAction> actions = reader(TOPICS.userActions(), UserAction.class);
        AvroTopicWriter writer =
            new AvroTopicWriter(KafkaConnection.plain(kafka.bootstrapServers()), 0)) {
      BackgroundWork work = new BackgroundWork();
      Set<String> seen = new TreeSet<>();
      work.start(
          "recommender",
          () -> {
            while (work.running()) {
              actions.poll(action -> answer(writer, action, seen));
            }
          });
      assertThat(produce("--rate", "500", "--duration", "6s")).isZero();
      work.stop();
      work.check("The recommender failed.");
    }

    List<Integer> status = lastStatus();
    assertThat(status.get(1)).as("recommendations").isGreaterThan(status.get(0) / 2);
    assertThat(status.get(2)).as("clicks").isPositive();
  }

  @Test
  void missingTopicsAreToldAndNotCreatedByTheWay() throws Exception {
    assertThat(produce("--duration", "1s")).isNotZero();

    assertThat(err.toString()).contains("there is no topic 'user-actions'");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      assertThat(admin.listTopics().names().get()).isEmpty();
    }
  }

  @Test
  void topicsThatAreThereStayAsTheyAre() throws Exception {
    kafka.createTopic(TOPICS.userActions(), 7, Map.of());

    assertThat(execute("topics", "create", "--kafka", kafka.bootstrapServers())).isZero();
    assertThat(execute("topics", "create", "--kafka", kafka.bootstrapServers())).isZero();

    assertThat(out.toString().lines())
        .containsExactly(
            "Created dead-letters, evaluation, explanations, item-updates, models,"
                + " recommendation-requests, recommendations, shadow-recommendations,"
                + " training-examples, training-rounds",
            "user-actions exists with 7 partitions, not 4: it stays as it is.",
            "All topics exist.",
            "user-actions exists with 7 partitions, not 4: it stays as it is.");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      var topics =
          admin
              .describeTopics(List.of(TOPICS.userActions(), TOPICS.itemUpdates()))
              .allTopicNames()
              .get();
      assertThat(topics.get(TOPICS.userActions()).partitions()).hasSize(7);
      assertThat(topics.get(TOPICS.itemUpdates()).partitions()).hasSize(TopicPlan.PARTITIONS);
    }
  }

  /** Recommends the items that anyone has acted on, so that some of them appeal. */
  private static void answer(AvroTopicWriter writer, UserAction action, Set<String> seen) {
    if (action.getItem() != null) {
      seen.add(action.getItem());
    }
    Recommendation recommendation =
        Recommendation.newBuilder()
            .setRecommendationId(UUID.randomUUID().toString())
            .setEventId(action.getEventId())
            .setUser(action.getUser())
            .setPlacement("home")
            .setEventTime(action.getEventTime())
            .setModelVersion("none")
            .setItems(
                seen.stream().limit(20).map(item -> new RankedItem(item, 0f, "seen")).toList())
            .setEmissionTime(Instant.now())
            .build();
    writer.send(
        TOPICS.recommendations(),
        action.getUser(),
        action.getEventTime().toEpochMilli(),
        recommendation);
  }

  private int produce(String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("produce", "--kafka", kafka.bootstrapServers()));
    arguments.addAll(List.of(options));
    return execute(arguments.toArray(String[]::new));
  }

  private int execute(String... arguments) {
    CommandLine commandLine = Freshet.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }

  /** Actions, recommendations and clicks of the last status line. */
  private List<Integer> lastStatus() {
    Matcher status = STATUS.matcher(out.toString());
    List<Integer> last = List.of();
    while (status.find()) {
      last = List.of(number(status.group(1)), number(status.group(2)), number(status.group(3)));
    }
    assertThat(last).as(out.toString()).isNotEmpty();
    return last;
  }

  private static int number(String text) {
    return Integer.parseInt(text.replace(",", ""));
  }

  private <A extends SpecificRecordBase> AvroTopicReader<A> reader(String topic, Class<A> type) {
    return new AvroTopicReader<>(KafkaConnection.plain(kafka.bootstrapServers()), topic, type);
  }

  private <A extends SpecificRecordBase> List<A> read(String topic, Class<A> type)
      throws IOException {
    List<A> records = new ArrayList<>();
    try (AvroTopicReader<A> reader = reader(topic, type)) {
      reader.readToEnd(records::add);
    }
    return records;
  }
}
