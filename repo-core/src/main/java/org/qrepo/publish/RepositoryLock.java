package org.qrepo.publish;

import java.time.Duration;
import java.util.Set;
import org.qrepo.io.Compression;

/**
 * The lock that publishers of one repository, and repo-add, keep each other out with. Stores that
 * have none give one that keeps nobody out.
 */
final class RepositoryLock {
  /** Holds nothing. */
  static final StoreLock NONE =
      new StoreLock() {
        @Override
        public void confirm() {}

        @Override
        public void close() {}
      };

  private final Store store;
  private final LockRequest request;

  /**
   * @param patience how long to wait for another publisher
   */
  RepositoryLock(RepositorySpec spec, Store store, Duration patience) {
    this(spec, store, Set.of(spec.compression()), patience);
  }

  /**
   * @param databases the compressions of the databases that repo-add is to be kept from
   * @param patience how long to wait for another publisher
   */
  RepositoryLock(RepositorySpec spec, Store store, Set<Compression> databases, Duration patience) {
    this(store, new LockRequest(patience, new Names(spec.name()).repoAddLocks(databases)));
  }

  RepositoryLock(Store store, LockRequest request) {
    this.store = store;
    this.request = request;
  }

  /** How long to wait for another publisher. */
  Duration patience() {
    return request.patience();
  }

  /**
   * Waits for the lock and holds it.
   *
   * @throws LockedException if another publisher held it too long
   */
  StoreLock take() throws StoreException {
    if (!store.traits().exclusive()) {
      return NONE;
    }
    return store.lock(request);
  }
}
