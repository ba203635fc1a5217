package org.qrepo.publish;

import java.time.Duration;
import java.util.List;

/**
 * What a publisher asks of {@link Store#lock}.
 *
 * @param patience how long to wait for a holder to finish
 * @param foreign names of lock files that other tools honour in the same directory, repo-add's
 *     {@code NAME.db.tar.gz.lck}: they are respected when held and made while this lock is held
 */
public record LockRequest(Duration patience, List<StoreKey> foreign) {
  public LockRequest {
    foreign = List.copyOf(foreign);
  }
}
