package org.qrepo.store.s3;

import org.qrepo.publish.StoreException;
import org.qrepo.store.Retries;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Requests, and again after a time if they may work then. The client itself repeats none: what
 * became of a write that ended unclear must be looked at first.
 */
final class Attempts {
  private final Failures failures;
  private final Retries retries;

  Attempts(Failures failures, Retries retries) {
    this.failures = failures;
    this.retries = retries;
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
    Retries.Series series = retries.begin();
    while (true) {
      try {
        T answer = request.send();
        series.succeeded();
        return answer;
      } catch (SdkException e) {
        series.awaitNext(failures.of(what, e), Failures.retryAfter(e));
      }
    }
  }
}
