package org.qrepo.publish;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A few threads that do the same thing to many items. */
final class Workers implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final ExecutorService threads;

  Workers(int count) {
    threads =
        Executors.newFixedThreadPool(
            count,
            task -> {
              Thread thread = new Thread(task, "qrepo-worker");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** A piece of work on one item. */
  @FunctionalInterface
  interface Work<T, R> {
    R on(T item) throws IOException;
  }

  /**
   * The results in the order of the items, when all are done. After a failure no further item is
   * begun; the first one, in the order of the items, is thrown when every item that had begun has
   * ended. After an interruption they get a moment to tidy up, and no further work is taken.
   */
  <T, R> List<R> map(Collection<T> items, Work<T, R> work) throws IOException {
    AtomicBoolean failed = new AtomicBoolean();
    List<Future<Optional<R>>> futures = new ArrayList<>(items.size());
    for (T item : items) {
      futures.add(threads.submit(() -> unlessFailed(failed, item, work)));
    }
    List<R> results = new ArrayList<>(items.size());
    List<Throwable> failures = new ArrayList<>();
    for (Future<Optional<R>> future : futures) {
      try {
        future.get().ifPresent(results::add);
      } catch (ExecutionException e) {
        failures.add(e.getCause());
      } catch (InterruptedException e) {
        failed.set(true);
        close();
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
    }
    if (!failures.isEmpty()) {
      rethrow(failures.get(0));
    }
    return results;
  }

  private static <T, R> Optional<R> unlessFailed(AtomicBoolean failed, T item, Work<T, R> work)
      throws IOException {
    if (failed.get()) {
      return Optional.empty();
    }
    boolean done = false;
    try {
      R result = work.on(item);
      done = true;
      return Optional.of(result);
    } finally {
      if (!done) {
        failed.set(true);
      }
    }
  }

  private static void rethrow(Throwable failure) throws IOException {
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    throw new IllegalStateException(failure);
  }

  /**
   * Interrupts what is still at work, once, and gives it a moment to let go of files and locks: a
   * second time would strike who is doing so.
   */
  @Override
  public void close() {
    if (!threads.isShutdown()) {
      threads.shutdownNow();
    }
    boolean interrupted = Thread.interrupted();
    try {
      if (!threads.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
