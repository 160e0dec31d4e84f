package dev.freshet.cli;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine;

/**
 * Loads the classes that most commands need, and connects to nothing that must be there: the
 * distribution runs it once, for the JVM to archive them.
 */
final class SharedClasses {

  private static final Map<String, Object> NO_BROKER = Map.of("bootstrap.servers", "localhost:1");

  private SharedClasses() {}

  public static void main(String[] arguments) {
    CommandLine commandLine = Freshet.commandLine();
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    commandLine.setOut(nowhere).setErr(nowhere);
    int unused = commandLine.execute("--help") + commandLine.execute("models", "list", "--help");
    try (Admin admin = Admin.create(NO_BROKER);
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(NO_BROKER, new ByteArraySerializer(), new ByteArraySerializer());
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                NO_BROKER, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      commandLine.getOut().println(admin + " " + producer + " " + consumer);
    }
  }
}
