package dev.freshet.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.Option;

/** The client properties of Kafka in a file: an option of every command that connects to Kafka. */
final class KafkaPropertiesOption {

  @Option(
      names = "--kafka-properties",
      paramLabel = "FILE",
      description =
          "Client properties for Kafka, such as security.protocol and sasl.jaas.config, over"
              + " kafka.properties of the configuration.")
  private Path file;

  /**
   * Puts the file's properties over those of the configuration.
   *
   * @param overrides of configuration keys
   */
  void addTo(Map<String, String> overrides) {
    if (file == null) {
      return;
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (NoSuchFileException e) {
      throw new CommandException("--kafka-properties: there is no file " + file + ".");
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandException(
          "--kafka-properties: %s is not a properties file in UTF-8: %s"
              .formatted(file, e.getMessage()));
    }
    properties
        .stringPropertyNames()
        .forEach(
            name -> {
              // The servers are an option of their own; a file of a client usually names them too.
              if (!name.equals("bootstrap.servers")) {
                overrides.put("kafka.properties." + name, properties.getProperty(name));
              }
            });
  }
}
