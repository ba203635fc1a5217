package org.qrepo.publish;

import java.io.InterruptedIOException;
import java.time.Duration;

/** Lets time pass. */
@FunctionalInterface
public interface Pause {
  /** Sleeps in real time. */
  Pause REAL =
      duration -> {
        try {
          Thread.sleep(duration.toMillis() + 1);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted");
        }
      };

  void sleep(Duration duration) throws InterruptedIOException;
}
