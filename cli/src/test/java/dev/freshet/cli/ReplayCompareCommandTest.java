package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReplayCompareCommandTest {

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object... args) {
    String[] words = new String[args.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = args[i].toString();
    }
    CommandLine commands = Freshet.commandLine();
    commands.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return commands.execute(words);
  }

  /** A folder of a replay; every hits-th test is a hit. */
  private Path replay(String name, String warmup, int hits) throws IOException {
    Path replay = Files.createDirectory(folder.resolve(name));
    Files.writeString(
        replay.resolve("summary.json"),
        "{\"actions\": 400, \"warmup\": %s, \"lists\": \"next\", \"exclude_seen\": false}"
            .formatted(warmup));
    StringBuilder tests =
        new StringBuilder(
            "event_id,user,placement,event_time,item,rank,model_version,variant,source,warmup\n");
    for (int i = 0; i < 400; i++) {
      tests.append(
          "e%d,u%d,<home>,%d,i,%d,v1,,knn,0%n".formatted(i, i % 80, i, i % hits == 0 ? 1 : 0));
    }
    try (OutputStream gzip =
        new GZIPOutputStream(Files.newOutputStream(replay.resolve("judged.csv.gz")))) {
      gzip.write(tests.toString().getBytes(StandardCharsets.UTF_8));
    }
    return replay;
  }

  @Test
  void printsBothAndWritesThePage() throws IOException {
    Path page = folder.resolve("ab.html");
    int code =
        run("replay", "compare", replay("a", "0.2", 4), replay("b", "0.2", 2), "--out", page);

    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
    assertThat(out.toString())
        .contains("Placement <home>: 400 tests of 80 users")
        .containsPattern(
            "Hit rate@10 +0\\.2500 +0\\.5000 +\\+0\\.2500 +\\+0\\.\\d+ \\.\\. \\+0\\.\\d+")
        .contains("Written to " + page);
    assertThat(page)
        .content()
        .contains("Placement &lt;home&gt;", "+0.2500", "McNemar")
        .doesNotContain("<home>", "<script", "http://", "https://");
  }

  @Test
  void saysThatTwoAreNotComparableAndWritesNothing() throws IOException {
    Path page = folder.resolve("ab.html");
    int code =
        run("replay", "compare", replay("a", "0.2", 4), replay("b", "0.5", 4), "--out", page);

    assertThat(code).isEqualTo(1);
    assertThat(err.toString())
        .contains("can't be compared", "The warm-up (--warmup) differs: 0.2 and 0.5.");
    assertThat(page).doesNotExist();
  }

  @Test
  void replayItselfStillNeedsAFile() {
    assertThat(run("replay", "--warmup", "0.3")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("Missing required parameter: 'FILE...'", "Usage:");
    assertThat(run("replay", "nowhere.csv")).isEqualTo(1);
    assertThat(err.toString()).contains("nowhere.csv");
  }

  @Test
  void compareNeedsTwoFolders() {
    assertThat(run("replay", "compare", "a")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("Missing required parameter: 'B'");
    assertThat(run("replay", "compare", "--help")).isZero();
    assertThat(out.toString()).contains("Examples:", "./freshet replay compare A B");
  }
}
