package dev.freshet.client.shopper;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Threads that work until they are stopped; when one of them ends, all are to end. */
public final class BackgroundWork {

  /** What a thread does, for as long as {@link BackgroundWork#running}. */
  public interface Part {
    void run() throws IOException;
  }

  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** Starts a thread. */
  public void start(String name, Part part) {
    Thread thread =
        new Thread(
            () -> {
              try {
                part.run();
              } catch (IOException | RuntimeException e) {
                failure.compareAndSet(null, e);
              } finally {
                stopped.countDown();
              }
            },
            name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  public boolean running() {
    return stopped.getCount() > 0;
  }

  /** Waits for a thread to end, at most so long. */
  public void await(Duration time) throws InterruptedException {
    stopped.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Waits for a thread to end. */
  public void await() throws InterruptedException {
    stopped.await();
  }

  /** Tells all threads to end, and waits for it. */
  public void stop() throws InterruptedException {
    stopped.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /**
   * @throws IllegalStateException if a thread has failed, with why
   */
  public void check(String message) {
    if (failure.get() != null) {
      throw new IllegalStateException(message, failure.get());
    }
  }
}
