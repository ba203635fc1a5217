package org.qrepo.store.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.qrepo.publish.StoreException;

/**
 * Removes what dead publishers left: unfinished files that nobody has written to for an hour, or a
 * day if their sending may go on, and locks that were taken away. A publisher whose file it takes
 * nevertheless fails and can run again.
 */
public final class LeaseSweep implements Lease.Sweep {
  /** For how long an unfinished file may be somebody's who lives. */
  public static final Duration ABANDONED = Duration.ofHours(1);

  private final LockFolder ground;
  private final Duration life;

  /**
   * @param life of a lock
   */
  public LeaseSweep(LockFolder ground, Duration life) {
    this.ground = ground;
    this.life = life;
  }

  @Override
  public void run() throws StoreException {
    List<LockFolder.Left> files = ground.unfinished();
    List<LockFolder.Left> locks =
        ground.locks(life).stream().filter(lock -> FolderClaim.isTakenAway(lock.name())).toList();
    if (files.isEmpty() && locks.isEmpty()) {
      return;
    }
    Instant now = ground.now();
    for (LockFolder.Left file : files) {
      if (file.isAbandoned(now)) {
        ground.removeUnfinished(file.name());
      }
    }
    for (LockFolder.Left lock : locks) {
      if (lock.isAbandoned(now)) {
        ground.drop(lock.name());
      }
    }
  }
}
