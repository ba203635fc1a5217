package org.qrepo.publish;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** How one publisher gets along with others that work on the same repository. */
final class Rivals {
  private static final int MOST_DOUBLINGS = 6;

  private final Store store;
  private final RepositoryLock lock;
  private final int attempts;
  private final Pause pause;
  private Instant begin;

  /**
   * @param lock what keeps them apart where the store has one
   * @param attempts how often to try at least; at least 1
   */
  Rivals(Store store, RepositoryLock lock, int attempts, Pause pause) {
    this.store = store;
    this.lock = lock;
    this.attempts = attempts;
    this.pause = pause;
    this.begin = pause.now();
  }

  /**
   * Whether to try: a few times, and where no lock gives each its turn as long as patience lasts.
   */
  boolean mayTry(int attempt) {
    if (attempt == 1) {
      begin = pause.now();
    }
    return attempt <= attempts || (!store.traits().exclusive() && isWithin(lock.patience(), begin));
  }

  ConflictException lostAll(int attempts) {
    return new ConflictException(
        "other publishers changed "
            + store.location()
            + " in each of "
            + attempts
            + " attempts; nothing of this change is live. Run it again.");
  }

  /** What is done while other publishers are kept out. */
  @FunctionalInterface
  interface Commit<T> {
    T under(StoreLock lock) throws IOException, SupersededException;
  }

  /**
   * The first attempt takes its chance without a lock; after a lost race the lock is held
   * throughout.
   */
  StoreLock forAttempt(int attempt) throws StoreException {
    return attempt > 1 && store.traits().exclusive() ? lock() : RepositoryLock.NONE;
  }

  /**
   * Waits for a publisher that is at work now, before anything is written: the lock itself is taken
   * for the commit alone, so that a long upload keeps nobody waiting.
   */
  void requireNobodyElse(StoreLock held) throws StoreException {
    if (held == RepositoryLock.NONE && store.traits().exclusive()) {
      lock().close();
    }
  }

  /** Runs a commit under the lock: the one that is held, or one that is taken for it. */
  <T> T locked(StoreLock held, Commit<T> commit) throws IOException, SupersededException {
    if (held != RepositoryLock.NONE || !store.traits().exclusive()) {
      return commit.under(held);
    }
    try (StoreLock lock = lock()) {
      return commit.under(lock);
    }
  }

  /** After a lost race, where no lock gives the next attempt its turn. */
  void backOff(int attempt) throws IOException {
    if (!store.traits().exclusive()) {
      long most = 200L << Math.min(attempt, MOST_DOUBLINGS);
      pause.sleep(Duration.ofMillis(ThreadLocalRandom.current().nextLong(50, most)));
    }
  }

  /**
   * A prune may delete what was announced a day before: who looked at the repository earlier than
   * that, and was suspended since, say, looks again.
   */
  void requireRecent(Instant look) throws SupersededException {
    if (!isWithin(PrunePolicy.DEFAULT.delay(), look)) {
      throw new SupersededException(
          "it took longer than what is announced for deletion is kept: looking again");
    }
  }

  private boolean isWithin(Duration time, Instant since) {
    return Duration.between(since, pause.now()).compareTo(time) < 0;
  }

  private StoreLock lock() throws StoreException {
    return lock.take();
  }
}
