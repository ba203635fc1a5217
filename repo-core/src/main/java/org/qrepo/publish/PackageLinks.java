package org.qrepo.publish;

import java.util.Optional;

/** Where the links among a store's names lead. */
final class PackageLinks {
  private static final int MOST_HOPS = 40;

  private final Store store;

  PackageLinks(Store store) {
    this.store = store;
  }

  /** Where a link points, as written; empty if the name is not a link. */
  Optional<String> target(StoreKey key) throws StoreException {
    return store.traits().links() ? store.readLink(key) : Optional.empty();
  }

  /**
   * Whether a name leads to something outside the store, over however many links: what lies there
   * may change or go without this repository.
   */
  boolean leadsOut(StoreKey key) throws StoreException {
    StoreKey at = key;
    for (int hop = 0; hop < MOST_HOPS; hop++) {
      Optional<String> target = targetWithin(at);
      if (target.isEmpty()) {
        return hop > 0 && !isWithin(at);
      }
      Optional<StoreKey> next = at.resolve(target.get());
      if (next.isEmpty()) {
        return true;
      }
      at = next.get();
    }
    return true;
  }

  private Optional<String> targetWithin(StoreKey key) throws StoreException {
    try {
      return target(key);
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.DENIED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private boolean isWithin(StoreKey key) throws StoreException {
    try {
      return store.stat(key).isPresent();
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.DENIED) {
        return false;
      }
      throw e;
    }
  }
}
