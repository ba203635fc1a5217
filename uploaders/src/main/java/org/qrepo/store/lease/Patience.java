package org.qrepo.store.lease;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;

/** The time that is left for waiting, spent in growing steps that differ between rivals. */
final class Patience {
  private static final long LONGEST_STEP = 1000;
  private static final Duration FOREVER = Duration.ofDays(3650);

  private final long start = System.nanoTime();
  private final long granted;
  private long step = 20;

  Patience(Duration granted) {
    this.granted = (granted.compareTo(FOREVER) > 0 ? FOREVER : granted).toNanos();
  }

  /** Waits a little; false if no time is left. */
  boolean waitALittle() throws StoreException {
    long left = granted - (System.nanoTime() - start);
    if (left <= 0) {
      return false;
    }
    long wanted = TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(step) + step);
    try {
      TimeUnit.NANOSECONDS.sleep(Math.min(left, wanted));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(Kind.PERMANENT, "interrupted while waiting for the lock", e);
    }
    step = Math.min(step * 2, LONGEST_STEP);
    return true;
  }
}
