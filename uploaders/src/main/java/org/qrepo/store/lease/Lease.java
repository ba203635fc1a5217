package org.qrepo.store.lease;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreLock;

/**
 * An exclusive lock for a while: it is renewed as long as it is open, by a thread of its own, and a
 * holder who could not do that in time finds out before its next write.
 */
public final class Lease implements StoreLock {
  private static final int RENEWALS = 4;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Claim claim;
  private final List<ForeignLock> foreign = new ArrayList<>();
  private final ScheduledExecutorService renewal;
  private @Nullable ScheduledFuture<?> regular;
  private boolean taken;
  private boolean lost;
  private boolean closed;
  private boolean givenUp;

  private Lease(Claim claim) {
    this.claim = claim;
    this.renewal =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "lease");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** What tells one holder from all others. */
  public static String newId() {
    byte[] bytes = new byte[8];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** What the new holder of a lock does first. */
  @FunctionalInterface
  public interface Sweep {
    void run() throws StoreException;
  }

  /**
   * Waits for a claim and holds it.
   *
   * @param id of {@link #newId}, the holder's
   * @param life how long a claim holds without being renewed
   * @throws org.qrepo.publish.LockedException if it cannot be had in time
   */
  public static Lease acquire(
      Claim claim, String id, Duration life, LockRequest request, ForeignFiles files, Sweep sweep)
      throws StoreException {
    Lease lease = new Lease(claim);
    try {
      Patience patience = new Patience(request.patience());
      lease.enter(patience);
      lease.renewRegularly(life);
      for (StoreKey key : request.foreign()) {
        lease.foreign.add(ForeignLock.take(files, key, id, patience));
      }
      sweep.run();
      return lease;
    } catch (StoreException | RuntimeException e) {
      lease.abandon(e);
      throw e;
    }
  }

  @Override
  public synchronized void confirm() throws StoreException {
    if (closed || lost) {
      throw lost("the lock in " + claim.place() + " is no longer this publisher's");
    }
    renew();
    for (ForeignLock file : foreign) {
      if (!file.isHeld()) {
        throw lost(file.key() + " was removed or replaced while this publisher held it");
      }
    }
  }

  @Override
  public void close() throws StoreException {
    // Who is interrupted gives it up all the same.
    boolean interrupted = Thread.interrupted();
    try {
      if (regular != null) {
        regular.cancel(false);
      }
      renewal.shutdown();
      giveUp(interrupted);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * @param brokenOff whether the user may have stopped it between two steps of taking the claim
   */
  private synchronized void giveUp(boolean brokenOff) throws StoreException {
    closed = true;
    if (!(taken || brokenOff) || givenUp || !claim.isReachable()) {
      return;
    }
    for (ForeignLock file : foreign) {
      file.release();
    }
    claim.giveUp();
    givenUp = true;
  }

  private synchronized void enter(Patience patience) throws StoreException {
    while (!claim.take()) {
      if (!patience.waitALittle()) {
        throw claim.refusal();
      }
    }
    taken = true;
  }

  private void renewRegularly(Duration life) {
    long period = Math.max(1, life.toMillis() / RENEWALS);
    regular =
        renewal.scheduleWithFixedDelay(this::renewQuietly, period, period, TimeUnit.MILLISECONDS);
  }

  @SuppressWarnings("EmptyCatch") // the next try may succeed, and confirm tells
  private synchronized void renewQuietly() {
    try {
      if (!closed && !lost) {
        renew();
      }
    } catch (StoreException ignored) {
    }
  }

  private void renew() throws StoreException {
    if (!claim.renew()) {
      lost = true;
      throw lost("the lock in " + claim.place() + " was taken by another publisher");
    }
  }

  private void abandon(Exception reason) {
    try {
      close();
    } catch (StoreException e) {
      reason.addSuppressed(e);
    }
  }

  private static StoreException lost(String message) {
    return new StoreException(Kind.CONFLICT, message + "; nothing more is written, run it again");
  }
}
