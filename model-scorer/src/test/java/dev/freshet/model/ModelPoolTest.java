package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.freshet.model.ModelRejectedException.Reason;
import dev.freshet.model.train.OnnxExport;
import java.io.IOException;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(60)
class ModelPoolTest {
  private static final Set<String> KNOWN = Set.copyOf(TestModels.names(4));
  private static final byte[] ONNX = TestModels.onnx(4, 3);

  private final ModelPool pool = new ModelPool();

  @AfterEach
  void nothingLeaks() {
    pool.close();
    assertThat(pool.openSessions()).isZero();
  }

  @Test
  void scoresLikeAScorerOfItsOwn() throws Exception {
    float[] expected;
    try (OnnxScorer own = new OnnxScorer(ModelBundle.of(ONNX))) {
      expected = scores(own, 50);
    }
    try (ModelLease lease = pool.load(ONNX, KNOWN).get();
        OnnxScorer first = lease.newScorer();
        OnnxScorer second = lease.newScorer()) {
      assertThat(lease.bundle().name()).isEqualTo("default");
      assertThat(scores(first, 50)).isEqualTo(expected);
      assertThat(scores(second, 50)).isEqualTo(expected);
      assertThat(pool.openSessions()).isEqualTo(1);
    }
  }

  @Test
  void sameBytesShareASession() throws Exception {
    try (ModelLease first = pool.load(ONNX, KNOWN).get();
        ModelLease second = pool.load(ONNX.clone(), KNOWN, "cafe").get()) {
      assertThat(pool.openSessions()).isEqualTo(1);
      assertThat(second.bundle()).isSameAs(first.bundle());
      try (ModelLease other = pool.load(version("v2"), KNOWN).get()) {
        assertThat(other.bundle().version()).isEqualTo("v2");
        assertThat(pool.openSessions()).isEqualTo(2);
      }
      assertThat(pool.openSessions()).isEqualTo(1);
    }
    assertThat(pool.openSessions()).isZero();
    // And from the start again.
    pool.load(ONNX, KNOWN).get().close();
  }

  @Test
  void scorerKeepsTheSessionOpen() throws Exception {
    ModelLease lease = pool.load(ONNX, KNOWN).get();
    OnnxScorer scorer = lease.newScorer();
    float[] before = scores(scorer, 20);

    lease.close();
    lease.close();
    assertThat(pool.openSessions()).isEqualTo(1);
    assertThat(scores(scorer, 20)).isEqualTo(before);
    assertThatThrownBy(lease::newScorer)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("default v1")
        .hasMessageContaining("closed");

    scorer.close();
    scorer.close();
    assertThat(pool.openSessions()).isZero();
  }

  @Test
  void leaseThatNobodyClosesShows() throws Exception {
    ModelLease forgotten = pool.load(ONNX, KNOWN).get();
    try (ModelLease lease = pool.load(ONNX, KNOWN).get()) {
      lease.newScorer().close();
    }
    assertThat(pool.openSessions()).isEqualTo(1);
    forgotten.close();
  }

  @Test
  void loadsOnADaemonThreadOfItsOwn() throws Exception {
    Gate gate = new Gate();
    CompletableFuture<ModelLease> loading = pool.load(ONNX, gate);
    gate.awaitReached();
    assertThat(loading).isNotDone();
    assertThat(gate.thread.get()).isNotSameAs(Thread.currentThread());
    assertThat(gate.thread.get().isDaemon()).isTrue();
    gate.open();
    loading.get().close();
  }

  @Test
  void manyThreadsScoreWithOneSession() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (ModelLease lease = pool.load(ONNX, KNOWN).get();
        OnnxScorer scorer = lease.newScorer()) {
      float[] expected = scores(scorer, 200);
      Callable<Void> scoring =
          () -> {
            try (OnnxScorer own = lease.newScorer()) {
              for (int i = 0; i < 2000; i++) {
                int rows = 1 + i % 200;
                assertThat(scores(own, rows)).isEqualTo(Arrays.copyOf(expected, rows));
              }
            }
            return null;
          };
      for (Future<Void> done : threads.invokeAll(List.of(scoring, scoring, scoring, scoring))) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void refusesWithReasonAndLeavesOthersAlone() throws Exception {
    try (ModelLease running = pool.load(ONNX, KNOWN).get();
        OnnxScorer scorer = running.newScorer()) {
      float[] before = scores(scorer, 20);

      assertRefused(pool.load(new byte[] {1, 2, 3}, KNOWN), Reason.NOT_ONNX);
      byte[] truncated = Arrays.copyOf(ONNX, ONNX.length / 2);
      assertRefused(pool.load(truncated, KNOWN), Reason.NOT_ONNX);
      assertRefused(pool.load(version("v2"), Set.of("feature_0")), Reason.UNKNOWN_FEATURE);
      assertRefused(pool.load(version("v2"), KNOWN, "beef"), Reason.CATALOG_MISMATCH);
      byte[] nan =
          TestModels.changed(
              model ->
                  model.getGraphBuilder().getInitializerBuilderList().stream()
                      .filter(tensor -> tensor.getName().equals("biases_1"))
                      .forEach(
                          tensor ->
                              tensor.setRawData(
                                  ByteString.copyFrom(new byte[] {0, 0, (byte) 0xc0, 0x7f}))));
      assertRefused(pool.load(nan, KNOWN), Reason.SCORE_NOT_FINITE);
      // Of the very model that is running, too: that somebody may have it isn't that all may.
      assertRefused(pool.load(ONNX, Set.of("feature_0")), Reason.UNKNOWN_FEATURE);
      assertRefused(pool.load(ONNX, KNOWN, "beef"), Reason.CATALOG_MISMATCH);

      assertThat(pool.openSessions()).isEqualTo(1);
      assertThat(scores(scorer, 20)).isEqualTo(before);
    }
  }

  @Test
  void closingEndsLoadingAndNotWhatIsLeased() throws Exception {
    ModelLease lease = pool.load(ONNX, KNOWN).get();
    Gate gate = new Gate();
    CompletableFuture<ModelLease> loading = pool.load(version("v2"), gate);
    CompletableFuture<ModelLease> queued = pool.load(version("v3"), KNOWN);
    gate.awaitReached();

    pool.close();
    pool.close();
    gate.open();

    assertClosed(loading);
    assertClosed(queued);
    assertClosed(pool.load(ONNX, KNOWN));
    assertThat(pool.openSessions()).isEqualTo(1);
    try (OnnxScorer scorer = lease.newScorer()) {
      lease.close();
      assertThat(scores(scorer, 3)).hasSize(3);
    }
    assertThat(pool.openSessions()).isZero();
  }

  @Test
  void whatWasCancelledIsClosed() throws Exception {
    Gate gate = new Gate();
    CompletableFuture<ModelLease> loading = pool.load(ONNX, gate);
    CompletableFuture<ModelLease> queued = pool.load(version("v2"), KNOWN);
    gate.awaitReached();
    loading.cancel(false);
    queued.cancel(false);
    gate.open();
    try (ModelLease last = pool.load(version("v3"), KNOWN).get()) {
      assertThat(last.bundle().version()).isEqualTo("v3");
      assertThat(pool.openSessions()).isEqualTo(1);
    }
  }

  @Test
  void sharedPoolsAreOne() throws Exception {
    ModelPool one = ModelPool.shared();
    ModelPool other = ModelPool.shared();
    ModelLease first = one.load(ONNX, KNOWN).get();
    ModelLease second = other.load(ONNX, KNOWN).get();
    assertThat(second.bundle()).isSameAs(first.bundle());
    assertThat(one.openSessions()).isEqualTo(1);

    one.close();
    one.close();
    assertClosed(one.load(ONNX, KNOWN));
    other.load(version("v2"), KNOWN).get().close();
    other.close();
    assertClosed(other.load(ONNX, KNOWN));

    // Nothing of the old one is left to find.
    try (ModelPool next = ModelPool.shared()) {
      assertThat(next.openSessions()).isZero();
      try (ModelLease again = next.load(ONNX, KNOWN).get()) {
        assertThat(again.bundle()).isNotSameAs(first.bundle());
      }
    }
    first.close();
    assertThat(one.openSessions()).isEqualTo(1);
    second.close();
    assertThat(one.openSessions()).isZero();
  }

  @Test
  void modelsAreSwappedUnderLoad() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    AtomicReference<ModelLease> current = new AtomicReference<>(pool.load(ONNX, KNOWN).get());
    CountDownLatch swapped = new CountDownLatch(1);
    try {
      // The weights are the same, so the scores are: what matters is that there always are some.
      Future<Integer> scored =
          thread.submit(
              () -> {
                float[] expected = null;
                int versions = 0;
                while (swapped.getCount() > 0) {
                  ModelLease lease = current.get();
                  try (OnnxScorer scorer = lease.newScorer()) {
                    versions++;
                    while (current.get() == lease && swapped.getCount() > 0) {
                      float[] scores = scores(scorer, 30);
                      expected = expected == null ? scores : expected;
                      assertThat(scores).isEqualTo(expected);
                    }
                  } catch (IllegalStateException e) {
                    // It was swapped between the two lines: the next one is there.
                    assertThat(e).hasMessageContaining("this lease is closed");
                  }
                }
                return versions;
              });
      for (int i = 0; i < 100; i++) {
        current.getAndSet(pool.load(version("swap-" + i), KNOWN).get()).close();
      }
      swapped.countDown();
      assertThat(scored.get()).isPositive();
    } finally {
      thread.shutdownNow();
    }
    current.get().close();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void releasesNativeMemory() throws Exception {
    String[] lines = ChildJvm.run(NativeMemory.class).lines().toArray(String[]::new);
    assertThat(Long.parseLong(lines[lines.length - 1])).as("megabytes").isLessThan(30);
  }

  /** Prints by how many megabytes the process grows with 1000 models that are loaded and closed. */
  static final class NativeMemory {
    private NativeMemory() {}

    public static void main(String[] args)
        throws IOException, InterruptedException, ExecutionException {
      byte[] onnx = TestModels.onnx(32, 64, 32);
      try (ModelPool pool = new ModelPool()) {
        loadAndClose(pool, onnx, 200);
        long before = ChildJvm.residentBytes();
        loadAndClose(pool, onnx, 1000);
        System.out.println((ChildJvm.residentBytes() - before) >> 20);
      }
    }

    private static void loadAndClose(ModelPool pool, byte[] onnx, int times)
        throws InterruptedException, ExecutionException {
      Set<String> known = Set.copyOf(TestModels.names(32));
      for (int i = 0; i < times; i++) {
        try (ModelLease lease = pool.load(onnx, known).get();
            OnnxScorer scorer = lease.newScorer()) {
          scorer.input(4);
          scorer.score(4);
        }
        assertThat(pool.openSessions()).isZero();
      }
    }
  }

  private static void assertRefused(CompletableFuture<ModelLease> loading, Reason reason) {
    ExecutionException e = catchThrowableOfType(ExecutionException.class, loading::get);
    assertThat(e).hasCauseInstanceOf(ModelRejectedException.class);
    assertThat(((ModelRejectedException) e.getCause()).reason()).isEqualTo(reason);
  }

  private static void assertClosed(CompletableFuture<ModelLease> loading) {
    assertThatThrownBy(loading::get)
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("pool is closed");
  }

  private static byte[] version(String version) {
    ModelMetadata of = TestModels.metadata(4);
    return OnnxExport.toOnnx(
        TestModels.ranker(4, 3),
        new ModelMetadata(of.name(), version, of.featureNames(), of.catalogHash(), of.lineage()));
  }

  private static float[] scores(OnnxScorer scorer, int rows) {
    scorer.input(rows).put(TestModels.rows(rows, 4, 9));
    float[] scores = new float[rows];
    scorer.score(rows).get(scores);
    return scores;
  }

  /** The known features, at which whoever checks a model waits. */
  private static final class Gate extends AbstractSet<String> {
    final AtomicReference<Thread> thread = new AtomicReference<>();
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    @Override
    public int size() {
      thread.set(Thread.currentThread());
      reached.countDown();
      await(opened);
      return KNOWN.size();
    }

    @Override
    public Iterator<String> iterator() {
      return new ArrayList<>(KNOWN).iterator();
    }

    void awaitReached() {
      await(reached);
    }

    void open() {
      opened.countDown();
    }

    private static void await(CountDownLatch latch) {
      try {
        assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
