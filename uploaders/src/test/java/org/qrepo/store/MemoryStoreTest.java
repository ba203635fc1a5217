package org.qrepo.store;

import org.qrepo.publish.Store;

class MemoryStoreTest extends StoreContract {
  private MemoryStore store = MemoryStore.withLinks();

  @Override
  protected Store create() {
    store = MemoryStore.withLinks();
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
