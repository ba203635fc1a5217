package org.qrepo.store.s3;

import org.jspecify.annotations.Nullable;
import org.qrepo.publish.Tag;

/**
 * What must be there for a write to have its effect.
 *
 * @param expected {@link Tag#ABSENT}: nothing
 * @param sent whether the server is asked to see to it
 */
record Precondition(Tag expected, boolean sent) {
  /** The header's value; none if there is no such header. */
  @Nullable String ifMatch() {
    return sent && !expected.equals(Tag.ABSENT) ? expected.value() : null;
  }

  @Nullable String ifNoneMatch() {
    return sent && expected.equals(Tag.ABSENT) ? "*" : null;
  }
}
