package org.qrepo.store.local;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;

/** The time that is left for waiting, spent in growing steps. */
final class Patience {
  private static final long LONGEST_STEP = TimeUnit.MILLISECONDS.toNanos(200);
  private static final Duration FOREVER = Duration.ofDays(3650);

  private final long start = System.nanoTime();
  private final long granted;
  private long step = TimeUnit.MILLISECONDS.toNanos(5);

  Patience(Duration granted) {
    this.granted = (granted.compareTo(FOREVER) > 0 ? FOREVER : granted).toNanos();
  }

  /** Waits a little; false if no time is left. */
  boolean waitALittle() throws StoreException {
    long left = left();
    if (left <= 0) {
      return false;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(Math.min(left, step));
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    step = Math.min(step * 2, LONGEST_STEP);
    return true;
  }

  /** Waits for a permit; false if none was free in time. */
  boolean acquire(Semaphore gate) throws StoreException {
    try {
      return gate.tryAcquire(Math.max(0, left()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private long left() {
    return granted - (System.nanoTime() - start);
  }

  private static StoreException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new StoreException(Kind.PERMANENT, "interrupted while waiting for the lock", e);
  }
}
