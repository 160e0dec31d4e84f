package dev.freshet.protocol.job;

import dev.freshet.config.FreshetConfig;
import dev.freshet.protocol.model.Rounds;
import dev.freshet.yaml.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The arguments of a job that is submitted to a cluster which has none of its files: the whole
 * configuration, and the content of the model and of the feature catalog that it names.
 *
 * @param configYaml the configuration, as {@link FreshetConfig#toYaml} writes it
 * @param files content of the files that the configuration names, Base64, by the key that names
 *     them: {@code model.file}, {@code features.catalog}
 * @param rounds the rounds in which the job learns; empty: the models are fixed
 */
public record JobArguments(
    String configYaml, Map<String, String> files, Optional<Rounds.EndingAt> rounds) {

  /** The most that the files of a job may hold together, in bytes: arguments are kept in memory. */
  public static final int MAX_FILE_BYTES = 16 << 20;

  private static final String CONFIG_YAML = "--config-yaml";
  private static final String FILE = "--file";
  private static final String ROUNDS = "--rounds";

  public JobArguments {
    files = Map.copyOf(files);
  }

  /**
   * The arguments of a job.
   *
   * @throws ConfigurationException if the files are too large for arguments
   * @throws IOException if a file cannot be read
   */
  public static JobArguments of(FreshetConfig config, Optional<Rounds.EndingAt> rounds)
      throws IOException {
    Map<String, String> named = new HashMap<>();
    if (config.model().file() != null) {
      named.put("model.file", config.model().file());
    }
    if (config.features().catalog() != null) {
      named.put("features.catalog", config.features().catalog());
    }
    Map<String, String> files = new HashMap<>();
    long bytes = 0;
    for (Map.Entry<String, String> file : named.entrySet()) {
      Path path = Path.of(file.getValue());
      bytes += Files.size(path);
      if (bytes > MAX_FILE_BYTES) {
        throw new ConfigurationException(
            List.of(
                "%s: %s: the files of a job on a cluster are larger than %d MiB; publish a large model instead: freshet models publish"
                    .formatted(config.origin(file.getKey()), file.getKey(), MAX_FILE_BYTES >> 20)));
      }
      files.put(file.getKey(), Base64.getEncoder().encodeToString(Files.readAllBytes(path)));
    }
    return new JobArguments(config.toYaml(), files, rounds);
  }

  /** Whether a job was started with arguments of this kind. */
  public static boolean areIn(String[] arguments) {
    return arguments.length > 0 && arguments[0].equals(CONFIG_YAML);
  }

  /** Returns the arguments as the job's entry point takes them. */
  public List<String> toList() {
    List<String> arguments = new ArrayList<>(List.of(CONFIG_YAML, configYaml));
    files.forEach(
        (key, content) -> {
          arguments.add(FILE);
          arguments.add(key + "=" + content);
        });
    rounds.ifPresent(
        known -> {
          arguments.add(ROUNDS);
          arguments.add(
              known.ends().stream().map(String::valueOf).collect(Collectors.joining(",")));
        });
    return arguments;
  }

  /**
   * Reads them back.
   *
   * @throws IllegalArgumentException if they are not what {@link #toList} returns
   */
  public static JobArguments parse(String[] arguments) {
    String yaml = null;
    Map<String, String> files = new HashMap<>();
    Optional<Rounds.EndingAt> rounds = Optional.empty();
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(arguments[i] + " has no value");
      }
      String value = arguments[i + 1];
      switch (arguments[i]) {
        case CONFIG_YAML -> yaml = value;
        case FILE -> {
          int equals = value.indexOf('=');
          if (equals < 0) {
            throw new IllegalArgumentException(FILE + " is KEY=CONTENT");
          }
          files.put(value.substring(0, equals), value.substring(equals + 1));
        }
        case ROUNDS ->
            rounds =
                Optional.of(
                    new Rounds.EndingAt(
                        Stream.of(value.split(",", -1)).map(Long::parseLong).toList()));
        default -> throw new IllegalArgumentException(arguments[i] + " is not known");
      }
    }
    if (yaml == null) {
      throw new IllegalArgumentException(CONFIG_YAML + " is missing");
    }
    return new JobArguments(yaml, files, rounds);
  }

  /**
   * The configuration, on the machine where the job is defined.
   *
   * @param folder where the files are written that the configuration names
   */
  public FreshetConfig config(Path folder) throws IOException {
    Map<String, String> paths = new HashMap<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.write(path, Base64.getDecoder().decode(file.getValue()));
      paths.put(file.getKey(), path.toString());
    }
    return FreshetConfig.parse(CONFIG_YAML, configYaml, Map.of(), paths);
  }
}
