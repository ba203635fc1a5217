package org.qrepo.store;

import org.qrepo.publish.Store;

/** The double of a store with conditional writes, and neither links nor a lock. */
class ConditionalMemoryStoreTest extends StoreContract {
  private MemoryStore store = MemoryStore.conditional();

  @Override
  protected Store create() {
    store = MemoryStore.conditional();
    return store;
  }

  @Override
  protected Store another() {
    return store.another();
  }

  @Override
  protected long big() {
    return 20_000_000;
  }
}
