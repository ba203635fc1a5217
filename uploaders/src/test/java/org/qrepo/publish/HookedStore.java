package org.qrepo.publish;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullMarked;
import org.qrepo.store.InterceptingStore;
import org.qrepo.store.StoreCall;

/** A store before each call of which something else happens. */
@NullMarked
final class HookedStore extends InterceptingStore {
  private final Hook hook;
  private final AtomicInteger count = new AtomicInteger();

  HookedStore(Store inner, Hook hook) {
    super(inner);
    this.hook = hook;
  }

  /** What happens before a call; its failure is the call's. */
  @FunctionalInterface
  interface Hook {
    void before(int number, StoreCall call) throws StoreException;
  }

  int count() {
    return count.get();
  }

  @Override
  protected <T> T around(StoreCall call, Action<T> action) throws StoreException {
    hook.before(count.incrementAndGet(), call);
    return action.run();
  }
}
