package org.qrepo.publish;

import java.io.IOException;

/** Makes the plan for an intent from the repository as it is now; asked anew for each attempt. */
@FunctionalInterface
interface Drafter {
  /**
   * A plan on the repository as it is now.
   *
   * @throws org.qrepo.RefusedException with everything that is wrong with the intent, if anything
   *     is
   */
  Draft draft(Scratch scratch) throws IOException;
}
