package dev.freshet.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process of a measurement. Commands come as lines of JSON on its standard input ({@code
 * {"do":"…", …}}), answers go as such to its standard output: {@code {"reply":"…", "value":…}} to a
 * command, {@code {"event":"…", "value":…}} by itself. It ends when its input does, so when the
 * controller is gone.
 */
public final class BenchChild {

  private static final Logger LOG = LoggerFactory.getLogger(BenchChild.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FAILED = 1;

  private final PrintStream out;

  private BenchChild(PrintStream out) {
    this.out = out;
  }

  /**
   * @param args name of the role and folder for its files
   */
  public static void main(String[] args) {
    BenchChild child = new BenchChild(System.out);
    // What others print is no answer.
    System.setOut(System.err);
    child.run(args[0], Path.of(args[1]));
  }

  private void run(String name, Path folder) {
    int status = 0;
    try {
      serve(role(name, folder));
    } catch (Exception e) { // whatever it is, the controller is to know
      LOG.error("The process ends", e);
      status = FAILED;
      send("event", "failed", String.valueOf(e.getMessage()));
    }
    // The folder is the controller's to delete, and nothing else is worth waiting for.
    Runtime.getRuntime().halt(status);
  }

  private Role role(String name, Path folder) throws IOException {
    return switch (name) {
      case "broker" -> new BrokerRole(folder);
      case "flink" -> new FlinkRole(folder, this::event);
      case "generator" -> new GeneratorRole(this::event);
      default -> throw new IllegalArgumentException("there is no role " + name);
    };
  }

  private void serve(Role role) throws Exception {
    ProcessUsage usage = new ProcessUsage();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      ObjectNode command = (ObjectNode) JSON.readTree(line);
      String name = command.remove("do").asText();
      Object value =
          switch (name) {
            case "usage" -> usage.take();
            default -> role.handle(name, command);
          };
      send("reply", name, value);
    }
  }

  private void event(String name, Object value) {
    send("event", name, value);
    if (name.equals("failed")) {
      LOG.error("The process ends: {}", value);
      Runtime.getRuntime().halt(FAILED);
    }
  }

  private synchronized void send(String kind, String name, Object value) {
    ObjectNode line = JSON.createObjectNode();
    line.put(kind, name);
    line.set("value", JSON.valueToTree(value));
    try {
      out.write((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("The controller is gone", e);
    }
    out.flush();
  }
}
