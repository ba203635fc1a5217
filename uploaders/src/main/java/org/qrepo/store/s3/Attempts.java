package org.qrepo.store.s3;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Random;
import org.qrepo.publish.Pause;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Requests, and again after a time if they may work then. The client itself repeats none: what
 * became of a write that ended unclear must be looked at first.
 */
final class Attempts {
  private static final int MOST = 5;
  private static final Duration FIRST_WAIT = Duration.ofMillis(200);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final Failures failures;
  private final Pause pause;
  private final Random random = new Random();

  Attempts(Failures failures, Pause pause) {
    this.failures = failures;
    this.pause = pause;
  }

  /** One request, with what belongs to it. */
  @FunctionalInterface
  interface Request<T> {
    T send() throws StoreException;
  }

  /**
   * @param what was tried, as in {@code write qubes.db}
   */
  <T> T run(String what, Request<T> request) throws StoreException {
    for (int attempt = 1; ; attempt++) {
      try {
        return request.send();
      } catch (SdkException e) {
        StoreException failure = failures.of(what, e);
        if (failure.kind() != Kind.TRANSIENT || attempt == MOST) {
          throw failure;
        }
        rest(wait(attempt, e));
      }
    }
  }

  private Duration wait(int attempt, SdkException e) {
    long most = FIRST_WAIT.toMillis() << attempt;
    Duration own = Duration.ofMillis(most / 2 + random.nextLong(most / 2));
    Duration asked = Failures.retryAfter(e);
    Duration wait = own.compareTo(asked) > 0 ? own : asked;
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }

  private void rest(Duration wait) throws StoreException {
    try {
      pause.sleep(wait);
    } catch (InterruptedIOException e) {
      throw new StoreException(Kind.PERMANENT, "interrupted", e);
    }
  }
}
