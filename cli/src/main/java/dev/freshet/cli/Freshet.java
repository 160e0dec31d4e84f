package dev.freshet.cli;

import dev.freshet.client.FreshetHome;
import dev.freshet.client.model.ModelControlException;
import dev.freshet.features.FeatureStoreException;
import dev.freshet.protocol.kafka.KafkaConnectionException;
import dev.freshet.replay.reader.ReplayInputException;
import dev.freshet.replay.run.FlinkRestException;
import dev.freshet.yaml.ConfigurationException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;

/** The command line. */
@Command(
    name = "freshet",
    mixinStandardHelpOptions = true,
    version = "Freshet " + FreshetHome.VERSION,
    description = "A real-time recommender on Apache Flink.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet demo                          see it work, with simulated shoppers",
      "  ./freshet replay events.csv --out OUT   play your own events through it",
      "  ./freshet topics tail recommendations   see what a running demo recommends",
      "  ./freshet recommend u0001               ask it for a list",
      "  ./freshet explain --user u0001          why that list",
      "  ./freshet features list                 see which features it keeps",
      "  ./freshet features get user u0001       see what it knows of a user"
    },
    subcommands = {
      ProduceCommand.class,
      ReplayCommand.class,
      RecommendCommand.class,
      ExplainCommand.class,
      FeaturesCommand.class,
      TopicsCommand.class,
      ModelsCommand.class,
      ExamplesCommand.class,
      GenerateCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Freshet {

  private static final String[] FOOTER_OF_DISTRIBUTION = {
    "  freshet generate --out recorded           events of simulated shoppers",
    "  freshet topics tail recommendations       see what a running job recommends",
    "  freshet recommend u0001                   ask it for a list",
    "  freshet models list                       which models serve",
    "  freshet replay events.csv --flink HOST:8081 --kafka HOST:9092 --redis HOST:6379",
    "",
    "The commands demo, bench and replay without --flink are in a checkout: ./freshet"
  };

  private Freshet() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The whole command line, to be run within this process. */
  public static CommandLine commandLine() {
    Optional<EmbeddedParts> embedded = EmbeddedParts.find();
    CommandLine commandLine = new CommandLine(new Freshet());
    embedded.ifPresentOrElse(
        parts -> parts.commands().forEach(commandLine::addSubcommand),
        () -> commandLine.getCommandSpec().usageMessage().footer(FOOTER_OF_DISTRIBUTION));
    return commandLine
        .setExecutionExceptionHandler(explain(embedded))
        // An option may take @FILE itself.
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true);
  }

  /**
   * Prints errors that the user can fix in words. Others point to the log, which has the stack
   * trace.
   */
  private static IExecutionExceptionHandler explain(Optional<EmbeddedParts> embedded) {
    return (exception, command, parsed) -> {
      // Not a constant: most commands end without a log, and it takes a while to set up.
      LoggerFactory.getLogger(Freshet.class)
          .error("{} failed", command.getCommandName(), exception);
      command.getErr().println(command.getColorScheme().errorText(message(exception, embedded)));
      return CommandLine.ExitCode.SOFTWARE;
    };
  }

  private static String message(Exception exception, Optional<EmbeddedParts> embedded) {
    if (exception instanceof ConfigurationException
        || exception instanceof ReplayInputException
        || exception instanceof FeatureStoreException
        || exception instanceof ModelControlException
        || exception instanceof KafkaConnectionException
        || exception instanceof FlinkRestException
        || exception instanceof CommandException
        || embedded.map(parts -> parts.explainsItself(exception)).orElse(false)) {
      return exception.getMessage();
    }
    if (exception instanceof NoSuchFileException missing) {
      return "There is no file " + missing.getFile() + ".";
    }
    Throwable cause = exception;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return "%s%nCause: %s%nThe whole story is in %s."
        .formatted(exception.getMessage(), cause, FreshetHome.log());
  }
}
