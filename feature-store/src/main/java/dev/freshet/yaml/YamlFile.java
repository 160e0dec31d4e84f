package dev.freshet.yaml;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/** A YAML file as nodes that know their line and column. */
public final class YamlFile {
  /** Deeper than any configuration; composing is recursive and would overflow the stack. */
  private static final int MAX_DEPTH = 32;

  /**
   * Every scalar stays the text that was written: the type comes from the key, not from its look.
   */
  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setSchema(new FailsafeSchema())
          .setAllowNonScalarKeys(true)
          .setUseMarks(true)
          .build();

  private YamlFile() {}

  /**
   * Reads a file as UTF-8.
   *
   * @throws ConfigurationException when there is no such file, or it can't be read
   */
  public static String read(Path file) {
    byte[] bytes;
    try {
      if (Files.isDirectory(file)) {
        throw unreadable(file, 0, "is a folder", "Name the configuration file in it.");
      }
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw unreadable(
          file, 0, "there is no such file", "Create it, or give the path of the one to use.");
    } catch (IOException e) {
      throw unreadable(
          file, 0, "can't be read: " + e, "Make it readable, or give the path of another.");
    }
    ByteBuffer input = ByteBuffer.wrap(bytes);
    CharBuffer text = CharBuffer.allocate(bytes.length);
    // What is left over at the end is a character cut short.
    if (StandardCharsets.UTF_8.newDecoder().decode(input, text, true).isError()
        || input.hasRemaining()) {
      int line = 1;
      for (int i = 0; i < input.position(); i++) {
        line += bytes[i] == '\n' ? 1 : 0;
      }
      throw unreadable(file, line, "is not UTF-8", "Save the file with the encoding UTF-8.");
    }
    return text.flip().toString();
  }

  private static ConfigurationException unreadable(
      Path file, int line, String problem, String remedy) {
    Problems problems = new Problems();
    problems.add(new Origin(file.toString(), line, 0), "", problem, remedy);
    return problems.exception();
  }

  /**
   * Parses YAML; empty when it holds nothing but comments.
   *
   * @param name the file's name, for errors
   * @throws ConfigurationException when it isn't YAML, or more than one document
   */
  public static Optional<Node> compose(String name, String text) {
    Problems problems = new Problems();
    try {
      Optional<Mark> tooDeep = tooDeep(text);
      if (tooDeep.isEmpty()) {
        return new Compose(SETTINGS).composeString(text);
      }
      problems.add(
          origin(name, tooDeep),
          "",
          "is nested more than " + MAX_DEPTH + " levels deep",
          "A configuration has five levels at most; correct it here.");
    } catch (MarkedYamlEngineException e) {
      problems.add(
          origin(name, e.getProblemMark().or(e::getContextMark)),
          "",
          "is not valid YAML: " + describe(e),
          "Correct it here or just above.");
    } catch (ReaderException e) {
      problems.add(
          originOf(name, text, e.getPosition()),
          "",
          String.format("holds the character U+%04X, which YAML doesn't allow", e.getCodePoint()),
          "Remove it.");
    } catch (YamlEngineException e) {
      problems.add(
          new Origin(name, 0, 0), "", "is not usable YAML: " + e.getMessage(), "Correct the file.");
    }
    throw problems.exception();
  }

  /** The place of a node. */
  public static Origin origin(String name, Node node) {
    return origin(name, node.getStartMark());
  }

  private static Origin origin(String name, Optional<Mark> mark) {
    return mark.map(at -> new Origin(name, at.getLine() + 1, at.getColumn() + 1))
        .orElse(new Origin(name, 0, 0));
  }

  private static Origin originOf(String name, String text, int codePoint) {
    int line = 1;
    int column = 1;
    int[] codePoints = text.codePoints().limit(codePoint).toArray();
    for (int c : codePoints) {
      column = c == '\n' ? 1 : column + 1;
      line += c == '\n' ? 1 : 0;
    }
    return new Origin(name, line, column);
  }

  private static Optional<Mark> tooDeep(String text) {
    int depth = 0;
    for (Event event : new Parse(SETTINGS).parseString(text)) {
      switch (event.getEventId()) {
        case SequenceStart, MappingStart -> depth++;
        case SequenceEnd, MappingEnd -> depth--;
        default -> {}
      }
      if (depth > MAX_DEPTH) {
        return event.getStartMark();
      }
    }
    return Optional.empty();
  }

  /**
   * Describes the error without the quoted line and without names from the file, as these may be a
   * password's.
   */
  private static String describe(MarkedYamlEngineException e) {
    String problem = e.getProblem();
    if (problem.startsWith("found undefined")) {
      return "found an undefined alias or tag (a value that starts with * or ! needs quotes)";
    }
    String context = e.getContext();
    if (context == null || context.isEmpty()) {
      return problem;
    }
    String begin =
        e.getContextMark().map(mark -> " that begins in line " + (mark.getLine() + 1)).orElse("");
    return context + begin + ", " + problem;
  }
}
