package dev.freshet.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.Freshet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The command line understands every {@code ./freshet …} in the documentation. */
class DocumentedCommandsTest {

  private static final String COMMAND = "./freshet ";
  private static final Pattern CODE = Pattern.compile("`\\./freshet ([^`]+)`");
  private static final Pattern OPTION = Pattern.compile("(--?[a-zA-Z][\\w-]*)(=.*)?");

  /** In code blocks commands are complete: they parse as they stand. */
  @Test
  void commandsInCodeBlocksParse() throws IOException {
    List<String> broken = new ArrayList<>();
    int commands = 0;
    for (MarkdownPage page : MarkdownPage.all()) {
      for (MarkdownPage.Block block : page.blocks()) {
        for (String command : commands(block)) {
          commands++;
          try {
            Freshet.commandLine().parseArgs(words(command).toArray(String[]::new));
          } catch (ParameterException e) {
            broken.add("%s: %s: %s".formatted(page.file(), command, e.getMessage()));
          }
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(commands).isGreaterThan(50);
  }

  /** In a sentence a command may leave out arguments: what it names exists. */
  @Test
  void commandsInSentencesNameWhatExists() throws IOException {
    List<String> broken = new ArrayList<>();
    int commands = 0;
    for (MarkdownPage page : MarkdownPage.all()) {
      for (MarkdownPage.Line line : page.prose()) {
        Matcher code = CODE.matcher(line.text());
        while (code.find()) {
          commands++;
          for (String unknown : unknown(words(code.group(1)))) {
            broken.add(
                "%s:%d: %s in %s".formatted(page.file(), line.number(), unknown, code.group()));
          }
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(commands).isGreaterThan(20);
  }

  /** Subcommands and options that don't exist; alternatives may be listed as {@code a|b}. */
  private static List<String> unknown(List<String> words) {
    List<String> unknown = new ArrayList<>();
    CommandLine command = Freshet.commandLine();
    boolean descending = true;
    for (String word : words) {
      Matcher option = OPTION.matcher(word);
      if (option.matches()) {
        if (!command.getCommandSpec().optionsMap().containsKey(option.group(1))) {
          unknown.add(option.group(1));
        }
        descending = false;
      } else if (descending && !command.getSubcommands().isEmpty()) {
        CommandLine next = null;
        for (String name : word.split("\\|", -1)) {
          next = command.getSubcommands().get(name);
          if (next == null
              && !name.equals("…")
              && command.getCommandSpec().positionalParameters().isEmpty()) {
            unknown.add(name);
          }
        }
        if (next == null) {
          descending = false;
        } else {
          command = next;
        }
      } else {
        descending = false;
      }
    }
    return unknown;
  }

  /** The commands of a block, without the program's name; a backslash continues a line. */
  private static List<String> commands(MarkdownPage.Block block) {
    List<String> commands = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    for (String line : block.lines()) {
      open.append(line.strip());
      if (line.endsWith("\\")) {
        open.setLength(open.length() - 1);
        continue;
      }
      String command = open.toString().replaceFirst("^\\$ ", "").replaceFirst("^(\\w+=\\S+ )+", "");
      open.setLength(0);
      if (command.startsWith(COMMAND)) {
        commands.add(command.substring(COMMAND.length()));
      }
    }
    return commands;
  }

  /** Words as a shell divides them, up to a comment, pipe, redirection or the next command. */
  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    char quote = 0;
    for (int i = 0; i < command.length(); i++) {
      char c = command.charAt(i);
      if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == ' ') {
        if (word != null) {
          words.add(word.toString());
          word = null;
        }
      } else if (word == null && (c == '#' || c == '|' || c == '>' || c == '&' || c == '<')) {
        return words;
      } else {
        if (word == null) {
          word = new StringBuilder();
        }
        if (c == '\'' || c == '"') {
          quote = c;
        } else {
          word.append(c);
        }
      }
    }
    if (word != null) {
      words.add(word.toString());
    }
    return words;
  }
}
