package org.qrepo.store;

import java.time.Duration;

/**
 * How often and for how long what failed is tried again. The wait before each further attempt is
 * drawn at random between nothing and a bound that doubles with every failure (full jitter), so
 * that publishers that failed together do not come back together.
 *
 * @param attempts at most, the first one included; at least 1
 * @param firstBound of the wait before the second attempt
 * @param longestBound of any wait that is our own choice
 * @param deadline after the first failure of a call no attempt begins later than this; a server
 *     that asks to wait for longer ends the call at once
 */
public record RetryPolicy(
    int attempts, Duration firstBound, Duration longestBound, Duration deadline) {
  /** Waits 15 seconds in all on average, half a minute at most. */
  public static final RetryPolicy STANDARD =
      new RetryPolicy(5, Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofMinutes(10));

  /** One attempt. */
  public static final RetryPolicy NONE =
      new RetryPolicy(1, Duration.ZERO, Duration.ZERO, Duration.ZERO);

  public RetryPolicy {
    if (attempts < 1) {
      throw new IllegalArgumentException(attempts + " attempts are less than one");
    }
  }

  /**
   * The same, but with that many attempts after the first.
   *
   * @param retries at least 0
   */
  public RetryPolicy withRetries(int retries) {
    return new RetryPolicy(retries + 1, firstBound, longestBound, deadline);
  }

  public RetryPolicy withDeadline(Duration bound) {
    return new RetryPolicy(attempts, firstBound, longestBound, bound);
  }

  /** The longest wait of our own choice after that many failures. */
  Duration bound(int failures) {
    Duration bound = firstBound;
    for (int i = 1; i < failures && bound.compareTo(longestBound) < 0; i++) {
      bound = bound.multipliedBy(2);
    }
    return bound.compareTo(longestBound) < 0 ? bound : longestBound;
  }
}
