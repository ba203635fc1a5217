package org.qrepo.store;

import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;

/**
 * A store that can be read and nothing else. A dry run plans against it: were there a way from
 * planning to a write or a lock, it would end here as a programming error, and nothing would have
 * been written.
 */
public final class DryRunStore extends InterceptingStore {
  public DryRunStore(Store inner) {
    super(inner);
  }

  /**
   * @throws IllegalStateException if the call writes
   */
  @Override
  protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
    if (call.verb().writes()) {
      throw new IllegalStateException("a dry run must not write, but came to " + call);
    }
    return action.run();
  }
}
