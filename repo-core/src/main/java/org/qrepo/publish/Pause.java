package org.qrepo.publish;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;

/** Lets time pass, and tells how much of it did. */
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

  /** By the machine's own clock, which goes on while the machine is suspended. */
  default Instant now() {
    return Instant.now();
  }
}
