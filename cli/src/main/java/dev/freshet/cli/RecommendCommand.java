package dev.freshet.cli;

import dev.freshet.client.RecommendationClient;
import dev.freshet.client.RecommendationClient.Answer;
import dev.freshet.config.Delivery;
import dev.freshet.config.FreshetConfig;
import dev.freshet.protocol.event.RecommendationRequestDecoder;
import dev.freshet.protocol.kafka.KafkaTopics;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.RecommendationRequest;
import dev.freshet.schema.TrustedSchemas;
import dev.freshet.yaml.Scalars;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code freshet recommend}: asks the running job for a list. */
@Command(
    name = "recommend",
    mixinStandardHelpOptions = true,
    description =
        "Asks the running job for a list, through Kafka as any service would, and prints it.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:answered", "1:refused, or no answer"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet recommend u0001",
      "  ./freshet recommend u0001 --placement similar --item p0042",
      "  ./freshet recommend u0001 --candidates p0001,p0002,p0003   ranks these",
      "  ./freshet recommend u0001 --candidates @found.txt --json   one id a line",
      "  ./freshet recommend ann --kafka broker:9092 --timeout 30s"
    })
final class RecommendCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private Connection connection;

  @Parameters(paramLabel = "USER", description = "For whom; also someone who never did anything.")
  private String user;

  @Option(
      names = "--placement",
      paramLabel = "NAME",
      description = "Which list: a name under ranking.placements. Default: the first one.")
  private String placement;

  @Option(
      names = "--item",
      paramLabel = "ID",
      description = "The item that the user is looking at.")
  private String item;

  @Option(
      names = "--candidates",
      paramLabel = "IDS",
      description =
          "Items to rank, separated by commas, or @FILE with one on each line. Default: what the"
              + " placement's sources propose.")
  private String candidates;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = DurationConverter.class,
      description = "How long to wait for the answer. Default: ${DEFAULT-VALUE}.")
  private Duration timeout;

  @Option(names = "--json", description = "Prints the record as one JSON object on one line.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (!connection.isGiven()) {
      throw new CommandException(
          "Nothing runs on this machine that could be asked. Start ./freshet demo in another"
              + " terminal, or say where Kafka is: --kafka HOST:PORT or --config FILE.");
    }
    FreshetConfig config = connection.config();
    RecommendationRequest request = request(config);
    KafkaTopics.check(config);
    try (RecommendationClient client = new RecommendationClient(config)) {
      Answer answer = client.ask(request, timeout).orElseThrow(() -> noAnswer(config));
      if (answer.deadLetter() != null) {
        throw new CommandException(
            "The job refused the request, %s: %s"
                .formatted(answer.deadLetter().getReason(), answer.deadLetter().getError()));
      }
      print(answer);
    }
    return 0;
  }

  private RecommendationRequest request(FreshetConfig config) throws IOException {
    TrustedSchemas.register();
    return RecommendationRequest.newBuilder()
        .setRequestId(UUID.randomUUID().toString())
        .setUser(user)
        .setPlacement(PlacementName.choose(placement, config))
        .setEventTime(Instant.now())
        .setCandidates(candidates())
        .setContext(item == null ? Map.of() : Map.of(RecommendationRequestDecoder.ITEM, item))
        .build();
  }

  private List<String> candidates() throws IOException {
    if (candidates == null) {
      return null;
    }
    Stream<String> given =
        candidates.startsWith("@")
            ? Files.readAllLines(Path.of(candidates.substring(1))).stream()
            : Stream.of(candidates.split(",", -1));
    List<String> items = given.map(String::strip).filter(id -> !id.isEmpty()).toList();
    if (items.isEmpty()) {
      throw new CommandException(
          "--candidates names no item. Write ids with commas between them, or @FILE.");
    }
    return items;
  }

  private CommandException noAnswer(FreshetConfig config) {
    String advice =
        config.sink().delivery() == Delivery.EXACTLY_ONCE
            ? "With sink.delivery: exactly-once it comes with the next checkpoint: raise --timeout."
            : "Does the job run, and has it caught up? Flink's dashboard tells: watermark_lag_ms of"
                + " the operator 'rank'.";
    return new CommandException(
        "No answer within %s on the topic '%s' of %s. %s"
            .formatted(
                Scalars.write(timeout),
                config.topics().recommendations(),
                config.kafka().bootstrapServers(),
                advice));
  }

  private void print(Answer answer) {
    PrintWriter out = spec.commandLine().getOut();
    Recommendation list = answer.recommendation();
    if (json) {
      out.println(list);
    } else {
      out.printf(
          Locale.ROOT,
          "%s for %s, as of %s, model %s%s: answered in %.1f ms, of which %d ms from the request's"
              + " time to the end of ranking%n",
          list.getPlacement(),
          list.getUser(),
          list.getEventTime(),
          list.getModelVersion(),
          list.getLate() ? ", late" : "",
          answer.nanos() / 1e6,
          Duration.between(list.getEventTime(), list.getEmissionTime()).toMillis());
      print(list.getItems(), out);
    }
    out.flush();
  }

  private static void print(List<RankedItem> items, PrintWriter out) {
    if (items.isEmpty()) {
      out.println("The list is empty: nothing is known yet that could be recommended.");
      return;
    }
    out.println();
    TextTable table = new TextTable(List.of("rank", "item", "score", "source"), Set.of(0, 2));
    int rank = 1;
    for (RankedItem ranked : items) {
      table.add(
          List.of(
              String.valueOf(rank++),
              ranked.getItem(),
              String.format(Locale.ROOT, "%.4f", ranked.getScore()),
              ranked.getSource()));
    }
    table.print(out);
  }
}
