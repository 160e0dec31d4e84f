package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxScorerTest {
  private static final int[] BATCHES = {1, 2, 3, 7, 17, 64, 100, 101, 1000};

  /** The answer may not depend on what else is ranked: a replay batches otherwise. */
  @ParameterizedTest
  @CsvSource({"1,1", "5,16", "16,16", "32,64", "40,7", "24,16", "100,33", "300,128"})
  void scoreDoesNotDependOnTheBatch(int features, int hidden) throws Exception {
    int total = 1000;
    float[] rows = TestModels.rows(total, features, 5);
    try (OnnxScorer scorer = new OnnxScorer(ModelBundle.of(TestModels.onnx(features, hidden, 8)))) {
      float[] alone = new float[total];
      for (int row = 0; row < total; row++) {
        alone[row] = score(scorer, rows, features, row, 1)[0];
      }
      assertThat(alone[0]).isNotEqualTo(alone[1]);
      for (int batch : BATCHES) {
        for (int from = 0; from + batch <= total; from += Math.max(1, batch / 3 * 2)) {
          float[] together = score(scorer, rows, features, from, batch);
          for (int i = 0; i < batch; i++) {
            assertThat(Float.floatToRawIntBits(together[i]))
                .as("row %d in a batch of %d", from + i, batch)
                .isEqualTo(Float.floatToRawIntBits(alone[from + i]));
          }
        }
      }
    }
  }

  @Test
  void growsWithTheBatchAndReusesItsBuffers() throws Exception {
    float[] rows = TestModels.rows(5000, 4, 9);
    try (OnnxScorer scorer = scorer()) {
      float[] all = score(scorer, rows, 4, 0, 5000);
      FloatBuffer largest = scorer.input(5000);
      for (int batch : new int[] {1, 2, 4999, 1, 5000, 100}) {
        FloatBuffer input = scorer.input(batch);
        assertThat(input).isSameAs(largest);
        assertThat(input.remaining()).isEqualTo(batch * 4);
        assertThat(score(scorer, rows, 4, 17 % batch, batch - 17 % batch))
            .containsExactly(Arrays.copyOfRange(all, 17 % batch, batch));
      }
      assertThat(score(scorer, TestModels.rows(9000, 4, 9), 4, 0, 9000)).startsWith(all);
    }
  }

  @Test
  void scoresFewerRowsThanPrepared() throws Exception {
    float[] rows = TestModels.rows(10, 4, 9);
    try (OnnxScorer scorer = scorer()) {
      float[] all = score(scorer, rows, 4, 0, 10);
      scorer.input(10).put(rows);
      FloatBuffer scores = scorer.score(3);
      assertThat(scores.remaining()).isEqualTo(3);
      assertThat(scores.get(2)).isEqualTo(all[2]);
    }
  }

  @Test
  void scoresTheNewBufferAfterGrowing() throws Exception {
    float[] rows = TestModels.rows(2000, 4, 9);
    try (OnnxScorer scorer = scorer()) {
      FloatBuffer small = scorer.input(100);
      score(scorer, rows, 4, 0, 100);
      float[] last = score(scorer, rows, 4, 100, 100);
      // As many rows as before, out of a larger buffer.
      assertThat(scorer.input(2000)).isNotSameAs(small);
      scorer.input(2000).put(rows, 400, 400);
      float[] scores = new float[100];
      scorer.score(100).get(scores);
      assertThat(scores).isEqualTo(last);
      scorer.input(2000).put(rows);
      assertThat(scorer.score(100).get(0)).isNotEqualTo(last[0]);
    }
  }

  @Test
  void numbersOfRowsMayChangeFromCallToCall() throws Exception {
    for (byte[] onnx : List.of(TestModels.onnx(4, 3), TestModels.int8(4, 3))) {
      ModelBundle bundle = ModelBundle.of(onnx);
      float[] rows = TestModels.rows(2500, 4, 9);
      Map<Integer, float[]> expected = new HashMap<>();
      int[] counts = {7, 100, 1024, 1031, 2055, 3, 2500};
      for (int count : counts) {
        try (OnnxScorer fresh = new OnnxScorer(bundle)) {
          expected.put(count, score(fresh, rows, 4, 0, count));
        }
      }
      try (OnnxScorer scorer = new OnnxScorer(bundle)) {
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 300; i++) {
          int count = counts[random.nextInt(counts.length)];
          assertThat(score(scorer, rows, 4, 0, count)).isEqualTo(expected.get(count));
        }
      }
    }
  }

  /** Some hundred bytes a call, by the runtime's Java layer; nothing for a row. */
  @Test
  void allocatesNothingPerRow() throws Exception {
    try (OnnxScorer scorer = scorer()) {
      // Interpreted code allocates somewhat more. New tensors for each call, or two bytes for each
      // row, would be above this.
      assertThat(bytesPerCall(scorer, 100, 100)).isBetween(1L, 900L);
      assertThat(bytesPerCall(scorer, 500, 500)).isBetween(1L, 900L);
      assertThat(bytesPerCall(scorer, 97, 500)).isBetween(1L, 900L);
    }
  }

  private static long bytesPerCall(OnnxScorer scorer, int rows, int thenRows) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytes = 0;
    for (int round = 0; round < 2; round++) {
      // The first round makes tensors and loads classes.
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 2000; i++) {
        int count = i % 2 == 0 ? rows : thenRows;
        scorer.input(count);
        scorer.score(count);
      }
      bytes = (threads.getCurrentThreadAllocatedBytes() - before) / 2000;
    }
    return bytes;
  }

  @Test
  void noRowsHaveNoScores() throws Exception {
    try (OnnxScorer scorer = scorer()) {
      assertThat(scorer.input(0).hasRemaining()).isFalse();
      assertThat(scorer.score(0).hasRemaining()).isFalse();
    }
  }

  @Test
  void refusesRowsThatWereNotPrepared() throws Exception {
    try (OnnxScorer scorer = scorer()) {
      assertThatThrownBy(() -> scorer.score(1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("input(0) was called");
      scorer.input(3);
      scorer.input(2);
      assertThatThrownBy(() -> scorer.score(3)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> scorer.score(-1)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> scorer.input(-1)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> scorer.input(Integer.MAX_VALUE / 4))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("2 GiB");
    }
  }

  @Test
  void failsClearlyAfterClose() throws Exception {
    OnnxScorer scorer = scorer();
    scorer.input(2);
    scorer.score(2);
    scorer.close();
    scorer.close();
    assertThatThrownBy(() -> scorer.input(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("default v1")
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> scorer.score(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void releasesNativeMemory() throws Exception {
    String[] megabytes = ChildJvm.run(NativeMemory.class).lines().toArray(String[]::new);
    // Not closed, a session takes more than 50 kB and a pair of tensors more than 500 B: far above
    // the bounds.
    assertThat(Long.parseLong(megabytes[megabytes.length - 2])).as("sessions").isLessThan(30);
    assertThat(Long.parseLong(megabytes[megabytes.length - 1])).as("tensors").isLessThan(30);
  }

  /** The runtime has it on its stack as it starts, which would end the process. */
  @Test
  void aLongCommandLineDoesNoHarm() throws Exception {
    ChildJvm.run(CheckOne.class, "x".repeat(20_000));
  }

  /** Checks a model. */
  static final class CheckOne {
    private CheckOne() {}

    public static void main(String[] args) throws ModelRejectedException {
      ModelBundle.of(TestModels.onnx(1));
    }
  }

  /**
   * Prints by how many megabytes the process grows with 2000 sessions, and with 100,000 pairs of
   * tensors.
   */
  static final class NativeMemory {
    private NativeMemory() {}

    public static void main(String[] args) throws ModelRejectedException, IOException {
      byte[] onnx = TestModels.onnx(32, 64, 32);
      byte[] broken = TestModels.changed(model -> model.getGraphBuilder().clearInput());
      ModelBundle bundle = ModelBundle.of(onnx);
      openAndClose(bundle, onnx, broken, 200);
      long before = ChildJvm.residentBytes();
      openAndClose(bundle, onnx, broken, 2000);
      System.out.println((ChildJvm.residentBytes() - before) >> 20);

      try (OnnxScorer scorer = new OnnxScorer(ModelBundle.of(TestModels.onnx(1)))) {
        alternate(scorer, 5_000);
        before = ChildJvm.residentBytes();
        alternate(scorer, 100_000);
        System.out.println((ChildJvm.residentBytes() - before) >> 20);
      }
    }

    private static void openAndClose(ModelBundle bundle, byte[] onnx, byte[] broken, int times)
        throws ModelRejectedException {
      for (int i = 0; i < times; i++) {
        try (OnnxScorer scorer = new OnnxScorer(bundle)) {
          scorer.input(4);
          scorer.score(4);
        }
        if (i % 4 == 0) {
          ModelBundle.of(onnx);
          assertThatThrownBy(() -> ModelBundle.of(broken))
              .isInstanceOf(ModelRejectedException.class);
        }
      }
    }

    private static void alternate(OnnxScorer scorer, int times) {
      scorer.input(1025);
      for (int i = 0; i < times; i++) {
        // Numbers of rows that share a place: each call has new tensors.
        scorer.score(i % 2 == 0 ? 1 : 1025);
      }
    }
  }

  private static OnnxScorer scorer() throws ModelRejectedException {
    return new OnnxScorer(ModelBundle.of(TestModels.onnx(4, 3)));
  }

  private static float[] score(OnnxScorer scorer, float[] rows, int features, int from, int count) {
    scorer.input(count).put(rows, from * features, count * features);
    float[] scores = new float[count];
    scorer.score(count).get(scores);
    return scores;
  }
}
