package org.qrepo.audit;

import org.qrepo.Finding;
import org.qrepo.RefusedException;

/**
 * How much an audit looks at before it gives up. Clients try a package that cannot be installed
 * again for everything that needs it, which hostile databases can make them do without end.
 */
final class Effort {
  /** Real distributions take a few thousand looks for each package. */
  private static final long MOST = 200_000_000;

  /** A failure is kept and printed, so it counts for more than a look. */
  private static final int FAILURE = 400;

  private long left = MOST;

  /** Counts a dependency that cannot be satisfied. */
  void fail() {
    spend(FAILURE);
  }

  /**
   * Counts a look at so many packages.
   *
   * @throws RefusedException if it becomes too much
   */
  void spend(int packages) {
    left -= 1 + packages;
    if (left < 0) {
      throw new RefusedException(
          Finding.of(
              "audit-without-end",
              "audit",
              "the databases lead from package to package without end",
              "pacman would not come to an end with them either",
              "make sure that they are the distribution's: fetch them anew over https"));
    }
  }
}
