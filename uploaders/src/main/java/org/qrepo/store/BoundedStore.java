package org.qrepo.store;

import java.util.concurrent.Semaphore;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreTraits;

/** A store to which a bounded number of objects is written at a time. */
public final class BoundedStore extends InterceptingStore {
  private final int bound;
  private final Semaphore turns;

  /**
   * @param bound at least 1; it is the store's parallelism from now on
   */
  public BoundedStore(Store inner, int bound) {
    super(inner);
    if (bound < 1) {
      throw new IllegalArgumentException(bound + " transfers at a time are too few");
    }
    this.bound = bound;
    this.turns = new Semaphore(bound, true);
  }

  @Override
  public StoreTraits traits() {
    StoreTraits traits = inner().traits();
    return new StoreTraits(
        traits.links(), traits.exclusive(), traits.conditional(), traits.lists(), bound);
  }

  @Override
  protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
    if (call.verb() != Verb.PUT_ONCE && call.verb() != Verb.SWAP) {
      return action.run();
    }
    try {
      turns.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(Kind.PERMANENT, "interrupted", e);
    }
    try {
      return action.run();
    } finally {
      turns.release();
    }
  }
}
