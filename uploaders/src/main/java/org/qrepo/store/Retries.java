package org.qrepo.store;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.qrepo.publish.Pause;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;

/**
 * Decides whether a failed call of a store is tried again, and waits until then. A store whose call
 * failed in every attempt is taken for gone: until a call succeeds, each further one has a single
 * attempt, so that what is done on the way out does not wait for the same server again and again.
 *
 * <p>This is code of our own, not a library: what matters is decided between the attempts (what a
 * server asks for, what a write left behind, whether the lock is still held), which a library calls
 * back for, and the rest is the arithmetic of {@link RetryPolicy}.
 */
public final class Retries {
  private final RetryPolicy policy;
  private final Pause pause;
  private final RandomGenerator random;
  private final Retry.Listener listener;
  private volatile boolean gone;

  /**
   * Retries of one store.
   *
   * @param listener hears of every wait
   */
  public Retries(RetryPolicy policy, Pause pause, RandomGenerator random, Retry.Listener listener) {
    this.policy = policy;
    this.pause = pause;
    this.random = random;
    this.listener = listener;
  }

  /** The attempts of one call begin. */
  public Series begin() {
    return new Series();
  }

  Instant now() {
    return pause.now();
  }

  /** The attempts of one call, by one thread. */
  public final class Series {
    private int failures;
    private Optional<Instant> since = Optional.empty();

    /** The call did what was asked, or moved on: failures are counted anew. */
    public void succeeded() {
      gone = false;
      failures = 0;
      since = Optional.empty();
    }

    /**
     * Returns when it is time for the next attempt.
     *
     * @throws StoreException the failure itself if there is no further attempt; kind PERMANENT if
     *     the thread was interrupted
     */
    public void awaitNext(StoreException failure) throws StoreException {
      awaitNext(failure, failure.waitTime().orElse(Duration.ZERO));
    }

    /**
     * The same.
     *
     * @param asked how long the server asks to wait; zero if it does not
     */
    public void awaitNext(StoreException failure, Duration asked) throws StoreException {
      if (failure.kind() != Kind.TRANSIENT) {
        throw failure;
      }
      failures++;
      Instant now = pause.now();
      Instant first = since.orElse(now);
      since = Optional.of(first);
      Duration wait = wait(asked);
      boolean late = Duration.between(first, now).plus(wait).compareTo(policy.deadline()) > 0;
      if (gone || late || failures >= policy.attempts()) {
        gone = true;
        throw failures == 1 ? failure : exhausted(failure);
      }
      listener.on(new Retry(wait, failures + 1, policy.attempts(), failure));
      rest(wait, failure);
    }

    private Duration wait(Duration asked) {
      long bound = policy.bound(failures).toMillis();
      Duration own = Duration.ofMillis(random.nextLong(bound + 1));
      return own.compareTo(asked) > 0 ? own : asked;
    }

    private StoreException exhausted(StoreException failure) {
      String[] lines = String.valueOf(failure.getMessage()).split("\n", 2);
      String rest = lines.length > 1 ? "\n" + lines[1] : "";
      String message = lines[0] + " (tried " + failures + " times)" + rest;
      return new StoreException(failure.kind(), message, failure);
    }
  }

  private void rest(Duration wait, StoreException failure) throws StoreException {
    try {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted");
      }
      pause.sleep(wait);
    } catch (InterruptedIOException e) {
      StoreException stopped =
          new StoreException(Kind.PERMANENT, "interrupted, after: " + failure.getMessage(), e);
      stopped.addSuppressed(failure);
      throw stopped;
    }
  }
}
