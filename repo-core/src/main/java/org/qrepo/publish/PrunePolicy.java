package org.qrepo.publish;

import java.time.Duration;

/**
 * What a prune keeps, and how long what it does not keep stays.
 *
 * @param keep how many generations before the live one are kept, whatever their age; not negative
 * @param grace how long a generation is kept after another one took its place, for clients that
 *     still hold its database; not negative
 * @param delay how long what is to go stays announced before it may be deleted: longer than any
 *     publish takes; not negative
 */
public record PrunePolicy(int keep, Duration grace, Duration delay) {
  /** Three parents, thirty days, a day. */
  public static final PrunePolicy DEFAULT =
      new PrunePolicy(3, Duration.ofDays(30), Duration.ofDays(1));

  public PrunePolicy {
    if (keep < 0 || grace.isNegative() || delay.isNegative()) {
      throw new IllegalArgumentException("a prune cannot keep less than nothing");
    }
  }

  /** With a delay of a day. */
  public PrunePolicy(int keep, Duration grace) {
    this(keep, grace, DEFAULT.delay());
  }
}
