package dev.freshet.cli;

import dev.freshet.replay.run.JobRunner;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * What the command line can do only with Kafka, Redis and Flink on its class path. A service: the
 * distribution has none.
 */
public interface EmbeddedParts {

  /** The parts, if they are on the class path. */
  static Optional<EmbeddedParts> find() {
    return ServiceLoader.load(EmbeddedParts.class).findFirst();
  }

  /** Further commands, as picocli takes them. */
  List<Object> commands();

  /** Whether the message of an exception is for the user, because the user can fix its cause. */
  boolean explainsItself(Exception exception);

  /**
   * Starts what a replay needs and was not given.
   *
   * @param slots greatest parallelism of the job
   * @param kafka bootstrap servers to use instead of an embedded Kafka
   * @param redis host:port to use instead of an embedded Redis
   */
  ReplayStack startReplay(
      int slots, Optional<String> kafka, Optional<String> redis, Console console) throws Exception;

  /** Where a replay runs. */
  interface ReplayStack extends AutoCloseable {

    /** Bootstrap servers. */
    String kafka();

    /** The address as the configuration takes it. */
    String redis();

    /** Address of Flink's dashboard. */
    String dashboard();

    /** Runs the job. */
    JobRunner runner();
  }
}
