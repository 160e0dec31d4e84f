package dev.freshet.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.Freshet;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the {@code sh} blocks of the tutorial as they are written, in an empty folder. */
class TutorialITCase {

  @TempDir private Path folder;

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void everyStepRunsAsWritten() throws Exception {
    Path tutorial = MarkdownPage.REPOSITORY.resolve("docs/tutorial.md");
    List<String> script = new ArrayList<>(List.of("set -e"));
    for (MarkdownPage.Block block : MarkdownPage.read(tutorial).blocks()) {
      if (block.language().equals("sh")) {
        script.addAll(block.lines());
      }
    }
    Files.write(folder.resolve("tutorial.sh"), script);
    writeCommand(folder.resolve("freshet"));

    Path log = folder.resolve("tutorial.log");
    Process shell =
        new ProcessBuilder("sh", "tutorial.sh")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    int exit;
    try {
      exit = shell.waitFor();
    } finally {
      shell.descendants().forEach(ProcessHandle::destroy);
      shell.destroy();
    }

    String output = Files.readString(log);
    assertThat(exit).as(output).isZero();
    assertThat(output)
        .contains("6,000 actions, 6,000 recommendations, 0 dead letters")
        .contains("values of 2,198 entities are equal")
        .contains("mine.onnx: default mine, checked")
        .contains("MRR@10");
    assertThat(folder.resolve("first/report.html")).exists();
    assertThat(folder.resolve("compare.html")).exists();
    // The page shows the digests of these files.
    for (String line : output.lines().filter(l -> l.contains(" sha256 ")).limit(4).toList()) {
      assertThat(Files.readString(tutorial)).contains(line.strip());
    }
  }

  /** What {@code ./freshet} does in a checkout, with the class path of this test. */
  private static void writeCommand(Path file) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> words = new ArrayList<>(List.of(java));
    // What Flink opens, as this test's own JVM has it.
    for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (argument.startsWith("--add-")) {
        words.add(argument);
      }
    }
    words.add("-Xmx2g");
    words.add("-XX:+UseSerialGC");
    words.add("-Dfreshet.home=" + file.getParent());
    words.add("-cp");
    words.add("'" + System.getProperty("java.class.path") + "'");
    words.add(Freshet.class.getName());
    Files.writeString(file, "#!/bin/sh\nexec " + String.join(" ", words) + " \"$@\"\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
