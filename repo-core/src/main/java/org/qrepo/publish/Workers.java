package org.qrepo.publish;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A few threads that do the same thing to many items. */
final class Workers implements AutoCloseable {
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
   * The results in the order of the items, when all are done. The first failure, in that order, is
   * thrown after every item that had begun has ended; items that had not begun are left out.
   */
  <T, R> List<R> map(Collection<T> items, Work<T, R> work) throws IOException {
    List<Future<R>> futures = new ArrayList<>(items.size());
    for (T item : items) {
      futures.add(threads.submit(() -> work.on(item)));
    }
    List<R> results = new ArrayList<>(items.size());
    Throwable failure = null;
    for (Future<R> future : futures) {
      if (failure != null) {
        future.cancel(false);
      }
      try {
        if (!future.isCancelled()) {
          results.add(future.get());
        }
      } catch (ExecutionException e) {
        failure = failure == null ? e.getCause() : failure;
      } catch (InterruptedException e) {
        futures.forEach(f -> f.cancel(true));
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
    }
    if (failure != null) {
      rethrow(failure);
    }
    return results;
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

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
