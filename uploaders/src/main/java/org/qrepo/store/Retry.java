package org.qrepo.store;

import java.time.Duration;
import org.qrepo.publish.StoreException;

/**
 * What is about to be tried again.
 *
 * @param delay before it is
 * @param attempt the number of the attempt to come, counted from 1
 * @param attempts how many there are at most
 * @param reason why the last one failed
 */
public record Retry(Duration delay, int attempt, int attempts, StoreException reason) {
  /** Hears of it before the wait; called from several threads. */
  @FunctionalInterface
  public interface Listener {
    Listener NONE = retry -> {};

    void on(Retry retry);
  }
}
