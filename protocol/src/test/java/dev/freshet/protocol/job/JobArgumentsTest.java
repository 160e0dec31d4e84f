package dev.freshet.protocol.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.config.FreshetConfig;
import dev.freshet.protocol.model.Rounds;
import dev.freshet.yaml.ConfigurationException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobArgumentsTest {

  @TempDir private Path here;
  @TempDir private Path cluster;

  @Test
  void configurationRoundsAndFilesArrive() throws Exception {
    Path model = Files.write(here.resolve("m.onnx"), new byte[] {0, -1, 2, 3});
    FreshetConfig config =
        FreshetConfig.of(Map.of("model.file", model.toString(), "job.parallelism", "6"));
    Optional<Rounds.EndingAt> rounds = Optional.of(new Rounds.EndingAt(List.of(10L, 20L)));
    JobArguments arguments =
        JobArguments.parse(JobArguments.of(config, rounds).toList().toArray(String[]::new));
    Files.delete(model);
    FreshetConfig there = arguments.config(cluster);
    assertThat(arguments.rounds()).isEqualTo(rounds);
    assertThat(Files.readAllBytes(Path.of(there.model().file()))).containsExactly(0, -1, 2, 3);
    assertThat(there.with(Map.of("model.file", model.toString()))).isEqualTo(config);
  }

  @Test
  void tooLargeAModelIsRefusedWithTheRemedy() throws Exception {
    Path model = here.resolve("m.onnx");
    try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
      file.setLength(JobArguments.MAX_FILE_BYTES + 1L);
    }
    FreshetConfig config = FreshetConfig.of(Map.of("model.file", model.toString()));
    assertThatThrownBy(() -> JobArguments.of(config, Optional.empty()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("model.file")
        .hasMessageContaining("16 MiB")
        .hasMessageContaining("models publish");
  }

  @Test
  void argumentsThatAreIncompleteOrUnknownAreRefused() {
    assertThatThrownBy(() -> JobArguments.parse(new String[] {"--config-yaml"}))
        .hasMessageContaining("no value");
    assertThatThrownBy(() -> JobArguments.parse(new String[] {"--rounds", "1"}))
        .hasMessageContaining("--config-yaml is missing");
    assertThatThrownBy(() -> JobArguments.parse(new String[] {"--what", "1"}))
        .hasMessageContaining("--what is not known");
  }
}
