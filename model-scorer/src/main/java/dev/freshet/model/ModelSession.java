package dev.freshet.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One ONNX Runtime session, shared by all holders of a reference and closed with the last
 * reference: never during a running call, and never later. Any number of threads may run it at
 * once. Thread-safe.
 */
final class ModelSession {
  private static final long START_STACK_BYTES = 16L << 20;

  private final ModelBundle bundle;
  private final OrtSession session;
  private final Consumer<ModelSession> afterClose;
  private final AtomicInteger references = new AtomicInteger(1);

  private ModelSession(ModelBundle bundle, OrtSession session, Consumer<ModelSession> afterClose) {
    this.bundle = bundle;
    this.session = session;
    this.afterClose = afterClose;
  }

  /**
   * Opens a session, of which the caller holds the first reference.
   *
   * @param afterClose called once, by the thread that gives the last reference back
   * @throws IllegalStateException if the runtime fails to open what the bundle's check had opened
   *     before, such as for lack of memory
   */
  static ModelSession open(ModelBundle bundle, Consumer<ModelSession> afterClose) {
    try {
      return new ModelSession(bundle, openOrt(bundle.onnxUncopied()), afterClose);
    } catch (OrtException e) {
      throw failed(bundle, "can't be opened", e);
    }
  }

  static OrtEnvironment environment() {
    return OnnxRuntime.ENVIRONMENT;
  }

  /** Made once; a class of its own, so that it is made when first needed. */
  private static final class OnnxRuntime {
    static final OrtEnvironment ENVIRONMENT = start();
  }

  /**
   * The runtime has the whole command line of the process on its stack as it starts: a long one,
   * such as a class path that names every jar, overflows an ordinary stack and ends the process
   * without a message. So it starts on a thread with a larger stack.
   */
  private static OrtEnvironment start() {
    return CompletableFuture.supplyAsync(
            // Every failure is an exception, so nothing is written to stderr.
            () -> OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "freshet"),
            task -> new Thread(null, task, "freshet-onnx-start", START_STACK_BYTES).start())
        .join();
  }

  /**
   * Opens a session as it serves: on the calling thread alone (a pool is slower for small batches
   * on busy cores), fully optimised, silent.
   */
  static OrtSession openOrt(byte[] onnx) throws OrtException {
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setExecutionMode(ExecutionMode.SEQUENTIAL);
      options.setOptimizationLevel(OptLevel.ALL_OPT);
      // Also set here, as other code in this process may have created the environment first, with a
      // more verbose log level.
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      return environment().createSession(onnx, options);
    }
  }

  ModelBundle bundle() {
    return bundle;
  }

  /** Returns the session; only a holder of a reference may use it. */
  OrtSession ort() {
    return session;
  }

  /** Takes a further reference, unless the last one was already released. */
  boolean tryRetain() {
    int held = references.get();
    while (held > 0) {
      if (references.compareAndSet(held, held + 1)) {
        return true;
      }
      held = references.get();
    }
    return false;
  }

  /** Releases a reference; each is released exactly once. */
  void release() {
    if (references.decrementAndGet() == 0) {
      try {
        session.close();
      } catch (OrtException e) {
        throw failed(bundle, "can't be closed", e);
      } finally {
        afterClose.accept(this);
      }
    }
  }

  static IllegalStateException failed(ModelBundle bundle, String what, OrtException cause) {
    return new IllegalStateException(
        "model %s %s %s: %s".formatted(bundle.name(), bundle.version(), what, cause.getMessage()),
        cause);
  }
}
