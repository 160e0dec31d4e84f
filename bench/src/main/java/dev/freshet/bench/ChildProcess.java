package dev.freshet.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.client.FreshetHome;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A child process, as the controller sees it: started as this JVM was, controlled by lines of JSON,
 * stopped and continued. It does not outlive this JVM: it ends when its input does, and for a
 * stopped one, which can't see that, there is a watchdog.
 */
final class ChildProcess implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration END_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
  private static final long POLL_MILLIS = 50;
  private static final Charset UTF_8 = StandardCharsets.UTF_8;

  /** A message of a process: a reply to a command, or an event, and its value. */
  record Message(String name, JsonNode value) {}

  private final String name;
  private final Path log;
  private final Process process;
  private final Process watchdog;
  private final Writer in;

  /** Apart, as an event may come before the reply to the command that it follows from. */
  private final BlockingQueue<Message> replies = new LinkedBlockingQueue<>();

  private final BlockingQueue<Message> events = new LinkedBlockingQueue<>();
  private final Supplier<String> trouble;
  private volatile String failure;
  private volatile boolean closing;
  private boolean stopped;

  private ChildProcess(
      String name, Path log, Process process, Process watchdog, Supplier<String> trouble) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.watchdog = watchdog;
    this.trouble = trouble;
    this.in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), UTF_8));
    Thread reader = new Thread(this::read, "bench-" + name);
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts a process.
   *
   * @param name in messages and of its log file
   * @param role as {@link BenchChild} names them
   * @param folder for its files
   * @param javaOptions beyond those of this JVM, which they outdo
   * @param trouble returns what is wrong with any process of the measurement; null: nothing
   */
  static ChildProcess start(
      String name, String role, Path folder, List<String> javaOptions, Supplier<String> trouble)
      throws IOException {
    Path log = FreshetHome.folder().resolve("logs").resolve("bench-" + fileName(name) + ".log");
    Files.createDirectories(log.getParent());
    Files.deleteIfExists(log);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    boolean ownCollector = javaOptions.stream().anyMatch(ChildProcess::choosesCollector);
    command.addAll(
        jvmArguments().stream().filter(each -> !ownCollector || !choosesCollector(each)).toList());
    command.add("-Dfreshet.home=" + FreshetHome.project());
    command.add("-Dfreshet.log=" + log.getFileName().toString().replace(".log", ""));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(javaOptions);
    command.addAll(List.of(BenchChild.class.getName(), role, folder.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new ChildProcess(name, log, process, watchdog(process), trouble);
  }

  private static String fileName(String name) {
    return name.replaceAll("[^A-Za-z0-9.]+", "-");
  }

  /** Of these, Java takes one alone. */
  private static boolean choosesCollector(String javaOption) {
    return javaOption.matches("-XX:\\+Use\\w+GC");
  }

  /** Those of this JVM, but for what belongs to it alone. */
  private static List<String> jvmArguments() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> !argument.startsWith("-Dfreshet."))
        .filter(argument -> !argument.startsWith("-agentlib:"))
        .filter(argument -> !argument.startsWith("-javaagent:"))
        .toList();
  }

  /** Waits for the end of a pipe that only this JVM holds open. */
  private static Process watchdog(Process guarded) throws IOException {
    Process watchdog =
        new ProcessBuilder(
                "/bin/sh", "-c", "read -r _; kill -KILL \"$0\"", Long.toString(guarded.pid()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    // If the process ends by itself, the system may give its number to another process.
    var unused = guarded.onExit().thenRun(watchdog::destroyForcibly);
    return watchdog;
  }

  private void read() {
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (!line.startsWith("{")) {
          continue; // an agent of the JVM's, such as a profiler's, writes to the same output
        }
        JsonNode message = JSON.readTree(line);
        JsonNode value = message.path("value");
        if (message.has("reply")) {
          replies.add(new Message(message.path("reply").asText(), value));
        } else if (message.path("event").asText().equals("failed")) {
          failure =
              "The process '%s' of the benchmark failed: %s%nThe whole story is in %s."
                  .formatted(name, value.asText(), log);
        } else {
          events.add(new Message(message.path("event").asText(), value));
        }
      }
    } catch (IOException e) {
      failure = "The process '%s' can't be understood: %s".formatted(name, e.getMessage());
    }
    if (!closing && failure == null) {
      int status = process.onExit().join().exitValue();
      failure =
          "The process '%s' of the benchmark ended with exit code %d. Its log is %s."
              .formatted(name, status, log);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Where it writes what happens to it. */
  Path log() {
    return log;
  }

  /** What is wrong with it; null: nothing. */
  String failure() {
    return failure;
  }

  /**
   * Gives a command and waits until it is done.
   *
   * @param arguments a record, or null for none
   * @throws BenchException if a process of the measurement fails or this one doesn't answer in time
   */
  JsonNode ask(String command, Object arguments, Duration timeout) throws InterruptedException {
    send(command, arguments);
    return await(replies, command, timeout);
  }

  /** Gives a command. */
  void send(String command, Object arguments) {
    ObjectNode line =
        arguments == null ? JSON.createObjectNode() : JSON.<ObjectNode>valueToTree(arguments);
    line.put("do", command);
    try {
      in.write(JSON.writeValueAsString(line) + "\n");
      in.flush();
    } catch (IOException e) {
      throw new BenchException(
          "The process '%s' of the benchmark is gone. Its log is %s.".formatted(name, log), e);
    }
  }

  /** Waits for an event. */
  JsonNode awaitEvent(String event, Duration timeout) throws InterruptedException {
    return await(events, event, timeout);
  }

  private JsonNode await(BlockingQueue<Message> messages, String wanted, Duration timeout)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (System.nanoTime() < deadline) {
      Message message = messages.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
      if (message == null) {
        check();
      } else if (message.name.equals(wanted)) {
        return message.value;
      } // another command's reply is skipped
    }
    throw new BenchException(
        "The process '%s' of the benchmark did not answer '%s' within %d s. Its log is %s."
            .formatted(name, wanted, timeout.toSeconds(), log));
  }

  /** The next event, if one comes in time. */
  Optional<Message> pollEvent(Duration timeout) throws InterruptedException {
    Message message = events.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
    check();
    return Optional.ofNullable(message);
  }

  private void check() {
    String wrong = failure != null ? failure : trouble.get();
    if (wrong != null) {
      throw new BenchException(wrong);
    }
  }

  /** As a record. */
  static <T> T as(JsonNode value, Class<T> type) {
    try {
      return JSON.treeToValue(value, type);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("A process of the benchmark answered something else", e);
    }
  }

  /** Lets it do nothing, not even in the background, until {@link #carryOn}. */
  void stop() throws IOException, InterruptedException {
    if (!stopped) {
      signal("-STOP");
      stopped = true;
      awaitStopped();
    }
  }

  /** The signal is delivered to each thread in its own time: until all have it, some still run. */
  private void awaitStopped() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
    while (!state().startsWith("T")) {
      if (System.nanoTime() > deadline) {
        throw new BenchException(
            "The process '%s' did not stop within %d s. Its log is %s."
                .formatted(name, STOP_TIMEOUT.toSeconds(), log));
      }
    }
  }

  /** The state of the process as ps prints it; {@code T}: stopped. */
  private String state() throws IOException, InterruptedException {
    Process ps =
        new ProcessBuilder("ps", "-o", "state=", "-p", Long.toString(process.pid()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String state = new String(ps.getInputStream().readAllBytes(), UTF_8).strip();
    ps.waitFor();
    return state;
  }

  /** Lets it go on after a {@link #stop}. */
  void carryOn() throws IOException, InterruptedException {
    if (stopped) {
      signal("-CONT");
      stopped = false;
    }
  }

  private void signal(String signal) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("kill", signal, Long.toString(process.pid()))
            .inheritIO()
            .start()
            .waitFor();
    if (status != 0) {
      throw new BenchException(
          "The process '%s' can't be sent %s. Its log is %s.".formatted(name, signal, log));
    }
  }

  /** Ends it: in order if it can, and at once if it is stopped. */
  @Override
  public void close() {
    closing = true;
    boolean ended = false;
    try {
      in.close();
      ended = !stopped && process.waitFor(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (IOException e) {
      ended = false; // it may be gone already
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!ended) {
      process.destroyForcibly().onExit().join();
    }
    watchdog.destroyForcibly();
  }
}
